import type { Column } from '../catalog/index.js';
import type { Model, RelationField } from '../model/index.js';
import type { Cell, DataRow } from './dataset.js';
import { sameKey } from './fit.js';
import { keyOfType, relationFields, type Layout, type TableLayout } from './layout.js';
import { ownerValues } from './owner-values.js';
import type { Random } from './random.js';
import { drawValue, linkText } from './values.js';

export type Row = Record<string, Cell>;

const NULL_CHANCE = 0.15;
const DANGLING_CHANCE = 0.12;
const OWNED_CHANCE = 0.7;
const HOSTILE_KEY_CHANCE = 0.1;
const ATTEMPTS = 8;

/** A relation as seen from the table whose rows are made. */
interface Leading {
  readonly relation: RelationField;
  readonly to: string;
}

/** Makes rows, one at a time, of tables that are laid out. */
export class RowMaker {
  readonly #model: Model;
  readonly #layout: Layout;
  readonly #rows: ReadonlyMap<string, readonly DataRow[]>;
  readonly #owners = new Map<string, readonly string[]>();
  readonly #leading = new Map<string, readonly Leading[]>();
  readonly #names = new Map<Column, readonly string[]>();

  /** @param rows those that are there, of which references and relations take theirs; may grow meanwhile */
  constructor(model: Model, layout: Layout, rows: ReadonlyMap<string, readonly DataRow[]>) {
    this.#model = model;
    this.#layout = layout;
    this.#rows = rows;
  }

  /** A row that the table takes beside those in `taken`; null where none was found. */
  make(table: TableLayout, place: number, taken: TakenKeys, random: Random): Row | null {
    for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
      const row: Row = {};
      if (!this.#refer(table, row, random)) continue;
      for (const column of table.columns.values())
        if (row[column.name] === undefined) this.#fill(table, column, row, place, random);
      if (taken.add(row)) return row;
    }
    return null;
  }

  /** A value for a column that leads nowhere. */
  value(table: TableLayout, column: Column, random: Random): Cell {
    if (!column.notNull && random.chance(NULL_CHANCE)) return null;
    return drawValue(column.type, this.#keptNames(table, column), random);
  }

  owners(table: TableLayout, column: Column): readonly string[] {
    const id = `${table.key} ${column.name}`;
    const made =
      this.#owners.get(id) ?? ownerValues(column, table.owners.get(column.name) ?? [], this.#model);
    this.#owners.set(id, made);
    return made;
  }

  /** Takes what foreign keys lead to from rows that are there; false where one that must lead somewhere cannot. */
  #refer(table: TableLayout, row: Row, random: Random): boolean {
    for (const { columns, to, toColumns } of table.references) {
      const isSet = columns.map((name) => row[name]);
      const found = (this.#rows.get(to) ?? []).filter((other) =>
        columns.every((_, i) => isSet[i] === undefined || isSet[i] === other[toColumns[i] ?? '']),
      );
      const optional = columns.find(
        (name) => table.columns.get(name)?.notNull !== true && row[name] === undefined,
      );
      if (isSet.includes(null)) continue;
      if (optional !== undefined && (found.length === 0 || random.chance(NULL_CHANCE))) row[optional] = null;
      else {
        if (found.length === 0) return false;
        const owned = random.chance(OWNED_CHANCE) ? this.#owned(table, columns, toColumns, found) : [];
        const there = owned.length > 0 ? owned : found;
        // Some are led to by many, and some by none.
        const other = there[Math.floor((random.integer(0, 999) / 1000) ** 2 * there.length)] ?? {};
        columns.forEach((name, i) => (row[name] = other[toColumns[i] ?? ''] ?? null));
      }
    }
    return true;
  }

  /** Those by which the row would belong to somebody who asks: of a hundred accounts hardly a row would be in sight. */
  #owned(
    table: TableLayout,
    columns: readonly string[],
    toColumns: readonly string[],
    found: readonly DataRow[],
  ): readonly DataRow[] {
    const owner = columns.findIndex((name) => table.owners.has(name));
    const column = table.columns.get(columns[owner] ?? '');
    if (column === undefined) return [];
    const values = this.owners(table, column);
    return found.filter((row) => values.includes(row[toColumns[owner] ?? ''] ?? ''));
  }

  #fill(table: TableLayout, column: Column, row: Row, place: number, random: Random): void {
    const { name, type, notNull } = column;
    const isKey = table.uniqueKeys.some((key) => key.includes(name)) && table.links.has(name);
    if (isKey) {
      row[name] = this.#keyValue(table, column, place, random);
      return;
    }
    if (!table.links.has(name) && !table.owners.has(name)) {
      row[name] = this.value(table, column, random);
      return;
    }
    if (!notNull && random.chance(NULL_CHANCE)) row[name] = null;
    else if (table.owners.has(name)) row[name] = random.pick(this.owners(table, column));
    else if (!this.#follow(table, column, row, random))
      row[name] = linkText(type, random.integer(1, place + 2));
  }

  #keyValue(table: TableLayout, { name, type }: Column, place: number, random: Random): string {
    const isAlone = table.uniqueKeys.some((key) => key.length === 1 && key[0] === name);
    if (!table.owners.has(name) && random.chance(HOSTILE_KEY_CHANCE) && hostileKinds.has(type.kind))
      return drawValue(type, [], random);
    return linkText(type, isAlone ? place + 1 : random.integer(1, 6));
  }

  /** The join column of a relation: mostly what some record there has. */
  #follow(table: TableLayout, column: Column, row: Row, random: Random): boolean {
    const leading = this.#leadingFrom(table).filter(({ relation }) =>
      relation.from.some(({ name }) => name === column.name),
    );
    if (leading.length === 0 || random.chance(DANGLING_CHANCE)) return false;
    const { relation, to } = random.pick(leading);
    const there = this.#rows.get(to) ?? [];
    if (there.length === 0) return false;
    const other = random.pick(there);
    const value = other[relation.to[relation.from.findIndex(({ name }) => name === column.name)]?.name ?? ''];
    if (value == null) return false;
    row[column.name] = value;
    return true;
  }

  #leadingFrom(table: TableLayout): readonly Leading[] {
    let leading = this.#leading.get(table.key);
    if (leading === undefined) {
      leading = table.types.flatMap((type) =>
        relationFields(type).flatMap((relation): Leading[] => {
          const target = this.#model.types.get(relation.target);
          const to = target === undefined ? undefined : this.#layout.get(keyOfType(target));
          return to === undefined ? [] : [{ relation, to: to.key }];
        }),
      );
      this.#leading.set(table.key, leading);
    }
    return leading;
  }

  /** Names in the paths that masks keep of a document. */
  #keptNames(table: TableLayout, column: Column): readonly string[] {
    let names = this.#names.get(column);
    if (names === undefined) {
      names = table.types.flatMap((type) =>
        [...type.fields.values()].flatMap((field) =>
          field.kind === 'column' &&
          field.column.name === column.name &&
          field.mark.kind === 'secret' &&
          field.mark.mask.name === 'keep'
            ? field.mark.mask.paths.flatMap((path) => path.match(/\w+/g) ?? [])
            : [],
        ),
      );
      this.#names.set(column, names);
    }
    return names;
  }
}

/** Kinds of keys for which any value will do. */
const hostileKinds: ReadonlySet<string> = new Set([
  'text',
  'varchar',
  'int4',
  'int8',
  'numeric',
  'date',
  'timestamptz',
]);

/** What the unique keys of a table have taken. */
export class TakenKeys {
  readonly #table: TableLayout;
  readonly #taken: readonly Set<string>[];

  constructor(table: TableLayout, rows: readonly DataRow[] = []) {
    this.#table = table;
    this.#taken = table.uniqueKeys.map(() => new Set());
    for (const row of rows) this.#note(row);
  }

  /** Whether the row can be beside the others; if so, it is from now on. */
  add(row: DataRow): boolean {
    const keys = this.#keysOf(row);
    if (keys.some((key, i) => key !== null && this.#taken[i]?.has(key) === true)) return false;
    this.#note(row);
    return true;
  }

  /** Whether a row of theirs can become another; if so, both are taken from now on. */
  move(before: DataRow, after: DataRow): boolean {
    const old = this.#keysOf(before);
    const keys = this.#keysOf(after);
    if (keys.some((key, i) => key !== null && key !== old[i] && this.#taken[i]?.has(key) === true))
      return false;
    this.#note(after);
    return true;
  }

  #note(row: DataRow): void {
    this.#keysOf(row).forEach((key, i) => {
      if (key !== null) this.#taken[i]?.add(key);
    });
  }

  /** Nulls are unlike each other. */
  #keysOf(row: DataRow): (string | null)[] {
    return this.#table.uniqueKeys.map((columns) => {
      const values = columns.map((name) => {
        const type = this.#table.columns.get(name)?.type;
        const value = row[name] ?? null;
        return value === null || type === undefined ? null : sameKey(value, type);
      });
      return values.includes(null) ? null : JSON.stringify(values);
    });
  }
}
