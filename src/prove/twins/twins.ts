import type { Catalog } from '../../catalog/index.js';
import type { Model } from '../../model/index.js';
import type { ProveCaller } from '../sight/caller.js';
import { Changes } from './change.js';
import { Hiding, type HiddenBy } from './hiding.js';
import { shuffled as shuffledRows, type Pair } from './shuffle.js';
import type { DataRow, Dataset } from '../data/dataset.js';
import { groundData } from '../data/ground-data.js';
import { columnFields, keyOfType, layOut, type Layout, type TableLayout } from '../data/layout.js';
import { literalsOf, type Literals } from '../data/literals.js';
import { differences, project, type Difference, type Projection } from '../sight/projection.js';
import type { Random } from '../data/random.js';
import { secretsOf } from './secrets.js';
import { perspectiveOf, recordKey, type Perspective } from '../sight/views.js';

/** What twins are made for. */
export interface Ground {
  readonly model: Model;
  readonly catalogs: readonly Catalog[];
}

/** Data sets that are one to a caller, and differ in what is hidden from them. */
export interface Twins {
  readonly a: Dataset;
  /** Other hidden values, other rows out of sight, stored in another order. */
  readonly b: Dataset;
  /** The hidden values of `a`, given to other rows. */
  readonly shuffled: Dataset;
  /** Texts of hidden values of any of the three that stand nowhere in what the caller may see: none may ever be answered. */
  readonly secrets: readonly string[];
  /** Values to compare with, by coordinate: visible and hidden ones, and what is near them. */
  readonly literals: Literals;
  /** What differs from `a`, in `b` and `shuffled` together: values, and rows that are in one alone. */
  readonly varied: Readonly<Record<HiddenBy | 'ROWS', number>>;
  /** What was changed and taken back, since the caller would have seen it: tables, as `schema.table`. */
  readonly reverted: readonly string[];
}

/** A harness that is wrong would call a gateway wrong, or right: so what it relies on is checked every time. */
export class TwinsDifferError extends Error {
  override readonly name = 'TwinsDifferError';

  constructor(caller: ProveCaller, found: readonly Difference[]) {
    const where = found.slice(0, 5).map(({ type, record }) => `${type} ${record ?? 'in groups'}`);
    super(`twins that are not one to ${caller.name}: ${where.join(', ')}`);
  }
}

/**
 * Makes three data sets between which the caller is to see no difference.
 * @param size rows of a table at most
 */
export function makeTwins(
  { model, catalogs }: Ground,
  caller: ProveCaller,
  random: Random,
  size: number,
): Twins {
  const layout = layOut(model, catalogs);
  const perspective = perspectiveOf(model, caller);
  const ground = groundData(model, layout, random.fork('rows'), size);
  const making = new Making(layout, sealed(layout, ground, perspective), perspective);
  const b = making.twin(
    new Changes(model, making.hiding).changed(random.fork('changes')),
    random.fork('order'),
  );
  const shuffled = making.twin(
    shuffledRows(making.hiding, random.fork('shuffle')),
    random.fork('shuffled order'),
  );
  const a: Dataset = { tables: making.tables };
  assertTwins(model, caller, a, b.dataset, shuffled.dataset);
  const varied = making.count([...b.pairs, ...shuffled.pairs]);
  assertVaried(caller, making.hidden(), varied);
  return {
    a,
    b: b.dataset,
    shuffled: shuffled.dataset,
    secrets: secretsOf([a, b.dataset, shuffled.dataset], making.seen, model),
    literals: literalsOf([a, b.dataset], model, random.fork('literals')),
    varied,
    reverted: [...new Set([...b.reverted, ...shuffled.reverted])],
  };
}

/**
 * Holds data sets to be one to the caller.
 * @throws TwinsDifferError naming some of the records that are not
 */
export function assertTwins(
  model: Model,
  caller: ProveCaller,
  a: Dataset,
  ...others: readonly Dataset[]
): void {
  const perspective = perspectiveOf(model, caller);
  const seen = project(perspective, a);
  for (const other of others) {
    const found = differences(seen, project(perspective, other));
    if (found.length > 0) throw new TwinsDifferError(caller, found);
  }
}

/** Fewer hidden values than this may by chance be the same in all data sets. */
const HIDDEN_MIN = 50;

/** Twins that hardly differ would prove nothing. */
function assertVaried({ name }: ProveCaller, hidden: number, varied: Twins['varied']): void {
  const count = Object.values(varied).reduce((sum, each) => sum + each, 0);
  if (hidden >= HIDDEN_MIN && count * 10 < hidden)
    throw new Error(`of ${hidden} values that are hidden from ${name}, twins differ in ${count} only`);
}

/**
 * Only the product's cipher makes ciphertexts, and a value that does not open fails: where the caller has a right to open
 * some, all are null, or where they may not be, alike.
 */
function sealed(
  layout: Layout,
  tables: ReadonlyMap<string, readonly DataRow[]>,
  perspective: Perspective,
): ReadonlyMap<string, readonly DataRow[]> {
  const hiding = new Hiding(layout, tables, perspective);
  return new Map(
    [...tables].map(([key, rows]) => {
      const table = layout.get(key);
      const opened = [...(table?.encrypted ?? [])].filter((column) =>
        rows.some((row) => table !== undefined && hiding.hiddenBy(table, row, column) === null),
      );
      if (table === undefined || opened.length === 0) return [key, rows];
      const blank = Object.fromEntries(
        opened.map((column) => [column, table.columns.get(column)?.notNull === true ? '\\x00' : null]),
      );
      return [key, rows.map((row) => ({ ...row, ...blank }))];
    }),
  );
}

interface Made {
  readonly dataset: Dataset;
  readonly pairs: readonly (readonly [TableLayout, Pair])[];
  readonly reverted: readonly string[];
}

/** One set of twins while it is made. */
class Making {
  readonly tables: ReadonlyMap<string, readonly DataRow[]>;
  readonly hiding: Hiding;
  readonly seen: Projection;
  readonly #layout: Layout;
  readonly #perspective: Perspective;

  constructor(layout: Layout, tables: ReadonlyMap<string, readonly DataRow[]>, perspective: Perspective) {
    this.tables = tables;
    this.hiding = new Hiding(layout, tables, perspective);
    this.seen = project(perspective, { tables });
    this.#layout = layout;
    this.#perspective = perspective;
  }

  /** The changed data, with whatever the caller would see after all taken back, bit by bit. */
  twin(changed: ReadonlyMap<string, readonly Pair[]>, random: Random): Made {
    const reverted = new Set<string>();
    let pairs = changed;
    for (const retreat of [this.#withoutRecords, this.#withoutLinks, this.#withoutTables]) {
      const found = differences(this.seen, this.#project(pairs));
      if (found.length === 0) break;
      pairs = retreat.call(this, pairs, found, reverted);
    }
    const tables = new Map(
      [...pairs].map(([key, rows]) => [
        key,
        random.fork(key).shuffle(rows.flatMap(({ after }) => (after === null ? [] : [after]))),
      ]),
    );
    const flat = [...pairs].flatMap(([key, rows]) => {
      const table = this.#layout.get(key);
      return table === undefined ? [] : rows.map((pair) => [table, pair] as const);
    });
    return { dataset: { tables }, pairs: flat, reverted: [...reverted] };
  }

  #project(pairs: ReadonlyMap<string, readonly Pair[]>): Projection {
    const tables = new Map(
      [...pairs].map(([key, rows]) => [key, rows.flatMap(({ after }) => (after === null ? [] : [after]))]),
    );
    return project(this.#perspective, { tables });
  }

  /** Takes back the records that differ, and rows that came or went in their tables. */
  #withoutRecords(
    pairs: ReadonlyMap<string, readonly Pair[]>,
    found: readonly Difference[],
    reverted: Set<string>,
  ): ReadonlyMap<string, readonly Pair[]> {
    return this.#each(pairs, (table, rows) => {
      const differing = found.filter(({ type }) => table.types.some(({ name }) => name === type));
      const isOdd = table.types.length === 0 && found.some(({ through }) => through !== undefined);
      if (differing.length === 0 && !isOdd) return rows;
      reverted.add(`${table.schema}.${table.name}`);
      if (isOdd) return rows.flatMap(({ before }) => (before === null ? [] : [{ before, after: before }]));
      const isDifferent = (row: DataRow): boolean =>
        table.types.some((type) =>
          differing.some((each) => each.type === type.name && each.record === recordKey(type, row)),
        );
      return rows.flatMap((pair) => {
        if (pair.before === null) return pair.after !== null && isDifferent(pair.after) ? [] : [pair];
        return isDifferent(pair.before) ? [{ before: pair.before, after: pair.before }] : [pair];
      });
    });
  }

  /** Takes back, everywhere, rows that came or went and columns that lead from one to another. */
  #withoutLinks(pairs: ReadonlyMap<string, readonly Pair[]>): ReadonlyMap<string, readonly Pair[]> {
    return this.#each(pairs, (table, rows) =>
      rows.flatMap(({ before, after }) => {
        if (before === null) return [];
        const leads = [...table.links, ...table.owners.keys()].map((name) => [name, before[name] ?? null]);
        return [{ before, after: { ...(after ?? before), ...(Object.fromEntries(leads) as DataRow) } }];
      }),
    );
  }

  /** Takes back whole tables: all of them, if this is not enough. */
  #withoutTables(
    pairs: ReadonlyMap<string, readonly Pair[]>,
    found: readonly Difference[],
    reverted: Set<string>,
  ): ReadonlyMap<string, readonly Pair[]> {
    const types = new Set(found.map(({ type }) => type));
    const differing = new Set(
      this.#perspective.views.filter(({ type }) => types.has(type.name)).map(({ type }) => keyOfType(type)),
    );
    const back = (all: boolean): ReadonlyMap<string, readonly Pair[]> =>
      this.#each(pairs, (table, rows) => {
        if (!all && !differing.has(table.key)) return rows;
        reverted.add(`${table.schema}.${table.name}`);
        return rows.flatMap(({ before }) => (before === null ? [] : [{ before, after: before }]));
      });
    const some = back(false);
    return differences(this.seen, this.#project(some)).length === 0 ? some : back(true);
  }

  #each(
    pairs: ReadonlyMap<string, readonly Pair[]>,
    change: (table: TableLayout, rows: readonly Pair[]) => readonly Pair[],
  ): ReadonlyMap<string, readonly Pair[]> {
    return new Map(
      [...pairs].map(([key, rows]) => {
        const table = this.#layout.get(key);
        return [key, table === undefined ? rows : change(table, rows)];
      }),
    );
  }

  /** How many values of the data set are hidden from the caller, but for what leads from row to row. */
  hidden(): number {
    let count = 0;
    for (const table of this.#layout.values())
      for (const row of this.tables.get(table.key) ?? [])
        for (const name of table.columns.keys()) {
          if (table.links.has(name) || table.owners.has(name)) continue;
          const by = this.hiding.hiddenBy(table, row, name);
          // Of what is masked a keyed mask may leave nothing to change.
          if (by !== null && by !== 'MASKED') count += 1;
        }
    return count;
  }

  count(pairs: readonly (readonly [TableLayout, Pair])[]): Twins['varied'] {
    const varied = { HIDDEN: 0, DENIED: 0, MASKED: 0, AGGREGATE: 0, OUT_OF_SIGHT: 0, ROWS: 0 };
    for (const [table, { before, after }] of pairs) {
      if (before === null || after === null) {
        varied.ROWS += 1;
        continue;
      }
      // What no field gives tells nobody that twins differ.
      const given = new Set(
        table.types.flatMap((type) => columnFields(type).map(({ column }) => column.name)),
      );
      for (const name of given) {
        if (before[name] === after[name]) continue;
        const by = this.hiding.hiddenBy(table, before, name);
        // Part of a composite may be hidden where the rest is not.
        varied[by ?? 'HIDDEN'] += 1;
      }
    }
    return varied;
  }
}
