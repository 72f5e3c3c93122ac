import type { Column } from '../../catalog/index.js';
import type { Model } from '../../model/index.js';
import { ColumnUses } from './column-uses.js';
import type { Cell, DataRow } from './dataset.js';
import { sameKey } from './fit.js';
import { keyOfType, relationFields, type Layout, type Leading, type TableLayout } from './layout.js';
import { ownerValues } from './owner-values.js';
import type { Random } from './random.js';
import { drawValue, evenNumber, linkText } from './values.js';

export type Row = Record<string, Cell>;

const NULL_CHANCE = 0.15;
const DANGLING_CHANCE = 0.12;
const OWNED_CHANCE = 0.7;
const HOSTILE_KEY_CHANCE = 0.1;
const TOGETHER_CHANCE = 0.85;
const TWICE_CHANCE = 0.2;
const ATTEMPTS = 8;

/** Makes rows, one at a time, of tables that are laid out. */
export class RowMaker {
  readonly #model: Model;
  readonly #layout: Layout;
  readonly #rows: ReadonlyMap<string, readonly DataRow[]>;
  readonly #owners = new Map<string, readonly string[]>();
  readonly #leading = new Map<string, readonly Leading[]>();
  readonly #uses: ColumnUses;
  readonly #usual: number;

  /**
   * @param rows those that are there, of which references and relations take theirs; may grow meanwhile
   * @param usual of how many rows dimensions are those of the first; where there are any, what is added up is of one size, or
   * hardly a sum would ever be told: one that a single part makes most of is not
   */
  constructor(model: Model, layout: Layout, rows: ReadonlyMap<string, readonly DataRow[]>, usual = 0) {
    this.#model = model;
    this.#layout = layout;
    this.#rows = rows;
    this.#uses = new ColumnUses(model);
    this.#usual = usual;
  }

  /** A row that the table takes beside those in `taken`; null where none was found. */
  make(table: TableLayout, place: number, taken: TakenKeys, random: Random): Row | null {
    for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
      const row: Row = {};
      if (!this.#refer(table, row, random)) continue;
      this.#likeFirst(table, row, random);
      for (const column of table.columns.values())
        if (row[column.name] === undefined) this.#fill(table, column, row, place, random);
      if (taken.add(row)) return row;
    }
    return null;
  }

  /** The row; or now and then, where the database lets it, one that has what another has: a link once more, a key once more. */
  again(table: TableLayout, row: Row, rows: readonly DataRow[], random: Random): Row {
    if (table.uniqueKeys.length > 0 || rows.length === 0 || !random.chance(TWICE_CHANCE)) return row;
    const other = random.pick(rows);
    const keys = table.types.flatMap(({ key }) => key.map(({ name }) => name));
    const names = table.types.length === 0 ? [...table.columns.keys()] : keys;
    const held = names.map((name) => {
      const column = table.columns.get(name);
      const value = other[name] ?? null;
      return [name, value === null || column === undefined ? value : recased(value, column, random)] as const;
    });
    return { ...row, ...Object.fromEntries(held) };
  }

  /** A value for a column that leads nowhere. */
  value(table: TableLayout, column: Column, random: Random): Cell {
    if (!column.notNull && random.chance(NULL_CHANCE)) return null;
    const { keptNames, isSummed } = this.#uses.of(table, column);
    if (this.#usual > 0 && isSummed) return evenNumber(column.type, random);
    return drawValue(column.type, keptNames, random);
  }

  owners(table: TableLayout, column: Column): readonly string[] {
    const id = `${table.key} ${column.name}`;
    const made =
      this.#owners.get(id) ?? ownerValues(column, table.owners.get(column.name) ?? [], this.#model);
    this.#owners.set(id, made);
    return made;
  }

  /** Gives a row the dimensions of the first, most often where they are to be. */
  #likeFirst(table: TableLayout, row: Row, random: Random): void {
    const [first] = this.#rows.get(table.key) ?? [];
    if (first === undefined || !random.chance(this.#usual)) return;
    for (const column of table.columns.values()) {
      const { name } = column;
      if (this.#uses.of(table, column).isDimension && !table.links.has(name) && !table.owners.has(name))
        row[name] ??= first[name] ?? null;
    }
  }

  /** Takes what foreign keys lead to from rows that are there; false where one that must lead somewhere cannot. */
  #refer(table: TableLayout, row: Row, random: Random): boolean {
    for (const { columns, to, toColumns } of table.references) {
      const isSet = columns.map((name) => row[name]);
      const found = (this.#rows.get(to) ?? []).filter((other) =>
        columns.every(
          (name, i) => isSet[i] === undefined || holdsSame(table, name, isSet[i], other[toColumns[i] ?? '']),
        ),
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
        columns.forEach((name, i) => {
          const held = other[toColumns[i] ?? ''] ?? null;
          const column = table.columns.get(name);
          row[name] ??= held === null || column === undefined ? held : recased(held, column, random);
        });
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
    return found.filter((row) => {
      const there = row[toColumns[owner] ?? ''];
      return values.some((value) => holdsSame(table, column.name, value, there));
    });
  }

  #fill(table: TableLayout, column: Column, row: Row, place: number, random: Random): void {
    const { name, type, notNull } = column;
    const isKey = table.uniqueKeys.some((key) => key.includes(name)) && table.links.has(name);
    if (isKey) {
      // A materialized view may have a key with nulls in it.
      const isNull = !notNull && random.chance(NULL_CHANCE);
      row[name] = isNull ? null : this.#keyValue(table, column, place, random);
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
    const leading = this.#leadingFrom(table).filter(({ from }) => from.includes(column.name));
    if (leading.length === 0 || random.chance(DANGLING_CHANCE)) return false;
    const { from, to, toColumns } = random.pick(leading);
    const there = this.#rows.get(to) ?? [];
    if (there.length === 0) return false;
    const other = random.pick(there);
    const value = other[toColumns[from.indexOf(column.name)] ?? ''];
    if (value == null) return false;
    row[column.name] = recased(value, column, random);
    // What leads there by several columns does so together, mostly.
    from.forEach((name, i) => {
      const beside = table.columns.get(name);
      const held = other[toColumns[i] ?? ''];
      if (row[name] === undefined && beside !== undefined && held != null && random.chance(TOGETHER_CHANCE))
        row[name] = recased(held, beside, random);
    });
    return true;
  }

  #leadingFrom(table: TableLayout): readonly Leading[] {
    let leading = this.#leading.get(table.key);
    if (leading === undefined) {
      const own = table.types.flatMap((type) =>
        relationFields(type).flatMap(({ target, from, to, through }): Leading[] => {
          const there = this.#model.types.get(target);
          const led = there === undefined ? undefined : this.#layout.get(keyOfType(there));
          if (led === undefined || through !== null) return [];
          const names = (columns: typeof from) => columns.map(({ name }) => name);
          return [{ from: names(from), to: led.key, toColumns: names(to) }];
        }),
      );
      leading = [...own, ...table.leading];
      this.#leading.set(table.key, leading);
    }
    return leading;
  }
}

/** Whether a column and what it refers to hold equal values; null is unlike any. */
export function holdsSame(
  { columns }: TableLayout,
  name: string,
  own: Cell | undefined,
  there: Cell | undefined,
): boolean {
  const type = columns.get(name)?.type;
  if (own == null || there == null || type === undefined) return false;
  return sameKey(own, type) === sameKey(there, type);
}

const asciiLetters = /[a-z]/gi;
const otherCase = (letter: string): string =>
  letter === letter.toLowerCase() ? letter.toUpperCase() : letter.toLowerCase();

/** A value as a column holds it that is equal to it: of `citext` perhaps in another case. */
export function recased(text: string, { type }: Column, random: Random): string {
  return type.kind === 'citext' && random.chance(0.5) ? text.replaceAll(asciiLetters, otherCase) : text;
}

/** Kinds of keys for which any value will do. */
const hostileKinds: ReadonlySet<string> = new Set([
  'text',
  'varchar',
  'citext',
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
