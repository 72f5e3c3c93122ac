import type { Column } from '../catalog/index.js';
import type { Cell, DataRow } from './dataset.js';
import type { Seen } from './grants.js';
import { better } from './grants.js';
import { keyOfType, type Layout, type Reference, type TableLayout } from './layout.js';
import type { Looks } from './look.js';
import { RowMaker, TakenKeys, type Row } from './make-rows.js';
import { neighbours } from './neighbours.js';
import {
  guardedLook,
  lookOfRow,
  recordKey,
  type Guarded,
  type Perspective,
  type TypeView,
} from './projection.js';
import type { Random } from './random.js';
import { Sight } from './sight.js';

/** A row of one data set and what stands in its place in another; null where there is none. */
export interface Pair {
  readonly before: DataRow | null;
  readonly after: DataRow | null;
}

export type Pairs = ReadonlyMap<string, readonly Pair[]>;

/** What a difference between twins is hidden by. */
export type HiddenBy = Exclude<Seen, 'CLEAR'> | 'AGGREGATE' | 'OUT_OF_SIGHT';

const CHANGE_CHANCE = 0.8;
const LINK_CHANCE = 0.3;
const PRESENCE_CHANCE = 0.25;
const TRIES = 6;

/** What a caller is given of one data set, and how it could be otherwise without their seeing it. */
export class Changes {
  readonly #looks: Looks;
  readonly #layout: Layout;
  readonly #tables: ReadonlyMap<string, readonly DataRow[]>;
  readonly #sight: Sight;
  readonly #views: ReadonlyMap<string, readonly TypeView[]>;
  readonly #maker: RowMaker;
  readonly #referred: ReadonlyMap<string, ReadonlySet<string>>;

  constructor(
    layout: Layout,
    tables: ReadonlyMap<string, readonly DataRow[]>,
    { model, caller, views, looks }: Perspective,
  ) {
    this.#looks = looks;
    this.#layout = layout;
    this.#tables = tables;
    this.#sight = new Sight(model, caller, tables);
    this.#views = new Map(
      [...layout.keys()].map((key) => [key, views.filter(({ type }) => keyOfType(type) === key)]),
    );
    this.#maker = new RowMaker(model, layout, tables);
    this.#referred = referredColumns(layout);
  }

  /** The types as which the caller sees a row. */
  seenAs(table: TableLayout, row: DataRow): readonly TypeView[] {
    return (this.#views.get(table.key) ?? []).filter(({ type }) => this.#sight.sees(type, row));
  }

  /** What a value is hidden by; null where the caller reads it, or might. */
  hiddenBy(table: TableLayout, row: DataRow, column: string): HiddenBy | null {
    const views = this.seenAs(table, row);
    if (views.length === 0) return 'OUT_OF_SIGHT';
    const exposures = views.flatMap(({ type, fields }) =>
      fields
        .filter((field) => field.column.name === column)
        .map(({ mark }) => this.#sight.cell(type, mark, row)),
    );
    const seen = exposures.reduce(better, 'HIDDEN');
    if (seen === 'CLEAR') return null;
    const isComputed = views.some(({ guarded }) => guarded.some(({ field }) => field.column.name === column));
    return isComputed && seen === 'HIDDEN' ? 'AGGREGATE' : seen;
  }

  /** Every table with as much changed as the caller cannot see. */
  changed(random: Random): Map<string, Pair[]> {
    const pairs = new Map(
      [...this.#layout.values()].map((table) => [
        table.key,
        this.#changedTable(table, random.fork(table.key)),
      ]),
    );
    for (const { key, references } of this.#layout.values())
      for (const reference of references)
        keepReferred(reference, pairs.get(key) ?? [], pairs.get(reference.to) ?? []);
    return pairs;
  }

  #changedTable(table: TableLayout, random: Random): Pair[] {
    const rows = this.#tables.get(table.key) ?? [];
    const taken = new TakenKeys(table, rows);
    const active = this.#activeGuards(table);
    const pairs = rows.map((before): Pair => {
      if (this.#mayBeAbsent(table, before) && random.chance(PRESENCE_CHANCE)) return { before, after: null };
      return { before, after: this.#changedRow(table, before, active, taken, random) };
    });
    return [
      ...this.#permuted(table, pairs, active, random),
      ...this.#added(table, rows.length, taken, random),
    ];
  }

  /** Whether nothing that is left would miss the row: the caller does not see it, and no foreign key leads to it. */
  #mayBeAbsent(table: TableLayout, row: DataRow): boolean {
    if (this.seenAs(table, row).length > 0) return false;
    const referring = [...this.#layout.values()].flatMap((other) =>
      other.references.filter(({ to }) => to === table.key).map((reference) => ({ other, reference })),
    );
    return referring.every(({ other, reference: { columns, toColumns } }) =>
      (this.#tables.get(other.key) ?? []).every((each) =>
        columns.some((name, i) => each[name] == null || each[name] !== row[toColumns[i] ?? '']),
      ),
    );
  }

  /** Rows that the caller does not see and that were not there. */
  #added(table: TableLayout, count: number, taken: TakenKeys, random: Random): Pair[] {
    const added: Pair[] = [];
    for (let i = 0; i < count * PRESENCE_CHANCE; i += 1) {
      const after = this.#maker.make(table, count + i, taken, random);
      if (after !== null && this.seenAs(table, after).length === 0) added.push({ before: null, after });
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
    const views = this.seenAs(table, before);
    const fixed = this.#fixed(table, views);
    const after: Row = { ...before };
    for (const column of table.columns.values()) {
      const { name } = column;
      if (fixed.has(name)) continue;
      if (views.length > 0 && active.some(({ field }) => field.column.name === name)) continue;
      if (this.#leads(table, name)) {
        if (random.chance(LINK_CHANCE)) this.#relink(table, name, after, fixed, random);
      } else if (random.chance(CHANGE_CHANCE))
        after[name] = this.#changedCell(table, column, before, views, random);
    }
    return this.#isUnseen(table, before, after, views) && taken.move(before, after) ? after : before;
  }

  #leads(table: TableLayout, name: string): boolean {
    return table.links.has(name) || table.owners.has(name);
  }

  /** Columns that stay: what others lead to by, and of a row in sight what tells it apart and joins it to others. */
  #fixed(table: TableLayout, views: readonly TypeView[]): ReadonlySet<string> {
    const seen = views.flatMap(({ type, reachedBy, relations, guarded }) => [
      ...type.key.map(({ name }) => name),
      ...reachedBy,
      ...relations.flatMap(({ from }) => from.map(({ name }) => name)),
      ...guarded.flatMap(({ entity, dimensions }) => [...entity, ...dimensions]),
    ]);
    return new Set([...(this.#referred.get(table.key) ?? []), ...seen]);
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
    const look = this.#lookOfCell(name, value, before, views);
    if (look.isClear) return value;
    const near = value === null || look.isNothing ? [] : neighbours(value, type, random);
    for (let i = 0; i < TRIES; i += 1) {
      const other = near[i] ?? this.#maker.value(table, column, random);
      if (other !== value && this.#lookOfCell(name, other, before, views).text === look.text) return other;
    }
    return value;
  }

  #lookOfCell(
    column: string,
    value: Cell,
    row: DataRow,
    views: readonly TypeView[],
  ): { readonly text: string; readonly isClear: boolean; readonly isNothing: boolean } {
    let isClear = false;
    const looks = views.flatMap(({ type, fields }) =>
      fields
        .filter((field) => field.column.name === column)
        .map((field) => {
          const seen = this.#sight.cell(type, field.mark, row);
          isClear ||= seen === 'CLEAR' && field.type.kind !== 'composite';
          return this.#looks.of(
            field,
            value,
            (mark) => this.#sight.cell(type, mark, row),
            recordKey(type, row),
          );
        }),
    );
    const text = looks.join('\0');
    return { text, isClear, isNothing: looks.every((look) => look === '') };
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

  /** Whether the caller cannot tell the two apart, as far as the row itself says. */
  #isUnseen(table: TableLayout, before: DataRow, after: DataRow, views: readonly TypeView[]): boolean {
    const same = (view: TypeView): boolean =>
      lookOfRow(view, before, this.#sight, this.#looks) === lookOfRow(view, after, this.#sight, this.#looks);
    const now = this.seenAs(table, after);
    return now.length === views.length && now.every((view) => views.includes(view) && same(view));
  }

  /** Guarded fields of which some group may be told. */
  #activeGuards(table: TableLayout): readonly Guarded[] {
    return (this.#views.get(table.key) ?? []).flatMap(({ type, guarded }) => {
      const rows = (this.#tables.get(table.key) ?? []).filter((row) => this.#sight.sees(type, row));
      return guarded.filter((each) => guardedLook(each, type, rows) !== '');
    });
  }

  /** Guarded values exchanged among rows of one entity and group: no sum tells whose a part is. */
  #permuted(table: TableLayout, pairs: readonly Pair[], active: readonly Guarded[], random: Random): Pair[] {
    const result = [...pairs];
    for (const { field, entity, dimensions } of active) {
      const { name } = field.column;
      const type = table.types.find((each) => each.fields.get(field.name) === field);
      const isOwn = type?.key.every((column) => entity.includes(column.name)) === true;
      const groups = new Map<string, number[]>();
      result.forEach(({ before, after }, i) => {
        if (before === null || after === null) return;
        const views = this.seenAs(table, before);
        if (views.length === 0) return;
        const by = [...dimensions, ...(isOwn ? [] : entity)].map((column) => before[column] ?? null);
        const look = this.#lookOfCell(name, before[name] ?? null, before, views);
        if (look.isClear) return;
        const group = JSON.stringify([by, look.text]);
        groups.set(group, [...(groups.get(group) ?? []), i]);
      });
      for (const places of groups.values()) exchange(result, places, name, random);
    }
    return result;
  }

  /** The hidden values of this data set, given to other rows. */
  shuffled(random: Random): Map<string, Pair[]> {
    return new Map(
      [...this.#layout.values()].map((table) => [
        table.key,
        this.#shuffledTable(table, random.fork(table.key)),
      ]),
    );
  }

  #shuffledTable(table: TableLayout, random: Random): Pair[] {
    const rows = this.#tables.get(table.key) ?? [];
    const active = this.#activeGuards(table);
    const pairs = rows.map((row): Pair => ({ before: row, after: row }));
    const unique = new Set(table.uniqueKeys.filter((key) => key.length > 1).flat());
    for (const { name } of table.columns.values()) {
      if (
        this.#leads(table, name) ||
        unique.has(name) ||
        active.some(({ field }) => field.column.name === name)
      )
        continue;
      const groups = new Map<string, number[]>();
      rows.forEach((row, i) => {
        const views = this.seenAs(table, row);
        if (this.#fixed(table, views).has(name)) return;
        const look = this.#lookOfCell(name, row[name] ?? null, row, views);
        if (look.isClear) return;
        // In sight or not, what gives nothing away is exchanged with all that does not.
        const group = look.isNothing ? '' : look.text;
        groups.set(group, [...(groups.get(group) ?? []), i]);
      });
      for (const places of groups.values()) exchange(pairs, places, name, random);
    }
    return this.#permuted(table, pairs, active, random);
  }
}

/** Columns that foreign keys lead to, by table. */
function referredColumns(layout: Layout): ReadonlyMap<string, ReadonlySet<string>> {
  const found = new Map<string, Set<string>>();
  for (const { references } of layout.values()) {
    for (const { to, toColumns } of references)
      found.set(to, new Set([...(found.get(to) ?? []), ...toColumns]));
  }
  return found;
}

/** Brings back rows that went, where a foreign key leads to them from a row that is now there. */
function keepReferred({ columns, toColumns }: Reference, from: readonly Pair[], to: Pair[]): void {
  const leads = new Set(
    from.map(({ after }) => JSON.stringify(columns.map((name) => after?.[name] ?? null))),
  );
  to.forEach(({ before, after }, i) => {
    if (before === null || after !== null) return;
    if (leads.has(JSON.stringify(toColumns.map((name) => before[name] ?? null))))
      to[i] = { before, after: before };
  });
}

/** Gives the values of a column at these places to other ones of them. */
function exchange(pairs: Pair[], places: readonly number[], column: string, random: Random): void {
  const from = random.shuffle(places);
  const values = from.map((i) => pairs[i]?.after?.[column] ?? null);
  places.forEach((place, i) => {
    const pair = pairs[place];
    if (pair?.after != null)
      pairs[place] = { ...pair, after: { ...pair.after, [column]: values[i] ?? null } };
  });
}
