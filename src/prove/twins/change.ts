import type { Column } from '../../catalog/index.js';
import type { Model } from '../../model/index.js';
import type { Cell, DataRow } from '../data/dataset.js';
import { sameKey } from '../data/fit.js';
import { changedLinks } from './change-links.js';
import type { Hiding } from './hiding.js';
import type { Reference, TableLayout } from '../data/layout.js';
import { holdsSame, RowMaker, TakenKeys, type Row } from '../data/make-rows.js';
import { neighbours } from '../data/neighbours.js';
import type { Random } from '../data/random.js';
import { exchangeGuarded, type Pair } from './shuffle.js';
import type { Guarded, TypeView } from '../sight/views.js';

const CHANGE_CHANCE = 0.8;
const LINK_CHANCE = 0.3;
const PRESENCE_CHANCE = 0.25;
const TRIES = 6;

/** How a data set could be otherwise without its caller's seeing it. */
export class Changes {
  readonly #hiding: Hiding;
  readonly #maker: RowMaker;

  constructor(model: Model, hiding: Hiding) {
    this.#hiding = hiding;
    this.#maker = new RowMaker(model, hiding.layout, hiding.tables);
  }

  /** Every table with as much changed as the caller cannot see. */
  changed(random: Random): Map<string, Pair[]> {
    const pairs = new Map(
      [...this.#hiding.layout.values()].map((table) => [
        table.key,
        this.#changedTable(table, random.fork(table.key)),
      ]),
    );
    for (const table of this.#hiding.layout.values())
      for (const reference of table.references)
        keepReferred(table, reference, pairs.get(table.key) ?? [], pairs.get(reference.to) ?? []);
    return pairs;
  }

  #changedTable(table: TableLayout, random: Random): Pair[] {
    const rows = this.#hiding.tables.get(table.key) ?? [];
    const taken = new TakenKeys(table, rows);
    if (table.types.length === 0) return changedLinks(this.#hiding, this.#maker, table, random);
    const active = this.#hiding.activeGuards(table);
    const pairs = rows.map((before): Pair => {
      if (this.#mayBeAbsent(table, before) && random.chance(PRESENCE_CHANCE)) return { before, after: null };
      return { before, after: this.#changedRow(table, before, active, taken, random) };
    });
    return [
      ...exchangeGuarded(this.#hiding, table, pairs, active, random),
      ...this.#added(table, rows.length, taken, random),
    ];
  }

  /** Whether nothing that is left would miss the row: the caller does not see it, and no foreign key leads to it. */
  #mayBeAbsent(table: TableLayout, row: DataRow): boolean {
    if (this.#hiding.countedAs(table, row).length > 0) return false;
    const referring = [...this.#hiding.layout.values()].flatMap((other) =>
      other.references.filter(({ to }) => to === table.key).map((reference) => ({ other, reference })),
    );
    return referring.every(({ other, reference: { columns, toColumns } }) =>
      (this.#hiding.tables.get(other.key) ?? []).every((each) =>
        columns.some((name, i) => !holdsSame(other, name, each[name], row[toColumns[i] ?? ''])),
      ),
    );
  }

  /** Rows that the caller does not see and that were not there. */
  #added(table: TableLayout, count: number, taken: TakenKeys, random: Random): Pair[] {
    const added: Pair[] = [];
    for (let i = 0; i < count * PRESENCE_CHANCE; i += 1) {
      const after = this.#maker.make(table, count + i, taken, random);
      if (after !== null && this.#hiding.countedAs(table, after).length === 0)
        added.push({ before: null, after });
    }
    return added;
  }

  #changedRow(
    table: TableLayout,
    before: DataRow,
    active: readonly Guarded[],
    taken: TakenKeys,
    random: Random,
  ): DataRow {
    const views = this.#hiding.seenAs(table, before);
    const fixed = this.#hiding.fixed(table, before);
    const after: Row = { ...before };
    for (const column of table.columns.values()) {
      const { name } = column;
      if (fixed.has(name)) continue;
      if (views.length > 0 && active.some(({ field }) => field.column.name === name)) continue;
      if (this.#hiding.leads(table, name)) {
        if (random.chance(LINK_CHANCE)) this.#relink(table, name, after, fixed, random);
      } else if (random.chance(CHANGE_CHANCE))
        after[name] = this.#changedCell(table, column, before, views, random);
    }
    return this.#hiding.isUnseen(table, before, after, views) && taken.move(before, after) ? after : before;
  }

  /** Another value with the same look, where one is found. */
  #changedCell(
    table: TableLayout,
    column: Column,
    before: DataRow,
    views: readonly TypeView[],
    random: Random,
  ): Cell {
    const { name, type } = column;
    const value = before[name] ?? null;
    const look = this.#hiding.lookOfCell(name, value, before, views);
    if (look.isClear) return value;
    const near = value === null || look.isNothing ? [] : neighbours(value, type, random);
    for (let i = 0; i < TRIES; i += 1) {
      const other = near[i] ?? this.#maker.value(table, column, random);
      if (other !== value && this.#hiding.lookOfCell(name, other, before, views).text === look.text)
        return other;
    }
    return value;
  }

  /** Another lead for a column, and for those that lead together with it. */
  #relink(table: TableLayout, name: string, row: Row, fixed: ReadonlySet<string>, random: Random): void {
    const together = table.references
      .filter(({ columns }) => columns.includes(name))
      .flatMap(({ columns }) => columns);
    const cleared = [...new Set([name, ...together])];
    if (cleared.some((each) => fixed.has(each))) return;
    const fresh = this.#maker.make(table, random.integer(0, 40), new TakenKeys(table), random);
    if (fresh !== null) for (const each of cleared) row[each] = fresh[each] ?? null;
  }
}

/** Brings back rows that went, where a foreign key leads to them from a row that is now there. */
function keepReferred(
  { columns: layout }: TableLayout,
  { columns, toColumns }: Reference,
  from: readonly Pair[],
  to: Pair[],
): void {
  const types = columns.map((name) => layout.get(name)?.type);
  const held = (row: DataRow | null, names: readonly string[]): string =>
    JSON.stringify(
      names.map((name, i) => {
        const value = row?.[name] ?? null;
        const type = types[i];
        return value === null || type === undefined ? value : sameKey(value, type);
      }),
    );
  const leads = new Set(from.map(({ after }) => held(after, columns)));
  to.forEach(({ before, after }, i) => {
    if (before === null || after !== null) return;
    if (leads.has(held(before, toColumns))) to[i] = { before, after: before };
  });
}
