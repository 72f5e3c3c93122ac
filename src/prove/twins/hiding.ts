import type { Cell, DataRow } from '../data/dataset.js';
import { better, type Seen } from '../sight/grants.js';
import { keyOfType, type Layout, type TableLayout } from '../data/layout.js';
import type { Looks } from '../sight/look.js';
import { Links } from '../sight/links.js';
import { guardedLook, lookOfRow } from '../sight/projection.js';
import { Sight } from '../sight/sight.js';
import { entityOf, recordKey, type Guarded, type Perspective, type TypeView } from '../sight/views.js';

/** What a difference between twins is hidden by. */
export type HiddenBy = Exclude<Seen, 'CLEAR'> | 'AGGREGATE' | 'OUT_OF_SIGHT';

/** What of one data set is hidden from a caller, cell by cell. */
export class Hiding {
  readonly layout: Layout;
  readonly tables: ReadonlyMap<string, readonly DataRow[]>;
  readonly links: Links;
  readonly #looks: Looks;
  readonly #sight: Sight;
  readonly #views: ReadonlyMap<string, readonly TypeView[]>;
  readonly #referred: ReadonlyMap<string, ReadonlySet<string>>;

  constructor(layout: Layout, tables: ReadonlyMap<string, readonly DataRow[]>, perspective: Perspective) {
    const { model, caller, views, looks } = perspective;
    this.layout = layout;
    this.tables = tables;
    this.#looks = looks;
    this.#sight = new Sight(model, caller, tables);
    this.links = new Links(perspective, this.#sight);
    this.#views = new Map(
      [...layout.keys()].map((key) => [key, views.filter(({ type }) => keyOfType(type) === key)]),
    );
    this.#referred = referredColumns(layout);
  }

  /** The types as which the caller sees a row. @param inPlaceOf a row of the data that is not beside it */
  seenAs(table: TableLayout, row: DataRow, inPlaceOf: DataRow = row): readonly TypeView[] {
    return (this.#views.get(table.key) ?? []).filter(({ type }) => this.#sight.sees(type, row, inPlaceOf));
  }

  /** Those as which it has a part in what the caller sees, if only by sharing its key with another. */
  countedAs(table: TableLayout, row: DataRow): readonly TypeView[] {
    return (this.#views.get(table.key) ?? []).filter(({ type }) => this.#sight.counts(type, row));
  }

  /** The entity that a guarded value counts for. */
  entity(guarded: Guarded, row: DataRow): string | null {
    return entityOf(guarded, row, this.#sight);
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

  /** Columns that stay: what others lead to by, and of a row in sight what tells it apart and joins it to others. */
  fixed(table: TableLayout, row: DataRow): ReadonlySet<string> {
    const seen = this.seenAs(table, row).flatMap(({ reachedBy, relations, guarded, onWay }) => [
      ...reachedBy,
      ...relations.flatMap(({ from }) => from.map(({ name }) => name)),
      ...guarded.flatMap(({ dimensions }) => dimensions),
      ...onWay,
      ...this.links.columns(table.key),
    ]);
    const keys = this.countedAs(table, row).flatMap(({ type }) => type.key.map(({ name }) => name));
    return new Set([...(this.#referred.get(table.key) ?? []), ...keys, ...seen]);
  }

  /** Whether a column tells which rows belong together, or whose they are. */
  leads(table: TableLayout, name: string): boolean {
    return table.links.has(name) || table.owners.has(name);
  }

  /** What the caller can tell of a value in a row that they see as these types. */
  lookOfCell(
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

  /** Whether the caller cannot tell the two apart, as far as the row itself says. */
  isUnseen(table: TableLayout, before: DataRow, after: DataRow, views: readonly TypeView[]): boolean {
    const same = (view: TypeView): boolean =>
      lookOfRow(view, before, this.#sight, this.#looks) === lookOfRow(view, after, this.#sight, this.#looks);
    const counted = this.countedAs(table, before);
    const stillCounted = this.countedAs(table, after);
    if (stillCounted.length !== counted.length || !stillCounted.every((view) => counted.includes(view)))
      return false;
    const now = this.seenAs(table, after, before);
    return now.length === views.length && now.every((view) => views.includes(view) && same(view));
  }

  /** Guarded fields of which some group may be told. */
  activeGuards(table: TableLayout): readonly Guarded[] {
    return (this.#views.get(table.key) ?? []).flatMap(({ type, guarded }) => {
      const rows = (this.tables.get(table.key) ?? []).filter((row) => this.#sight.sees(type, row));
      return guarded.filter((each) => guardedLook(each, rows, this.#sight) !== '');
    });
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
