import type { Catalog, Column, ColumnName, Derived, Lineage, Table } from '../catalog/index.js';
import { AttributeMarks, isComposite, type CompositeMarks } from './composite-marks.js';
import { evidenceOf, type Evidence } from './evidence.js';
import { suggestedClasses, type Judgement } from './judgement.js';
import { judge, judgeComment } from './rules.js';
import type { TableSample } from './sample.js';
import { seenColumns, type Seen } from './seen.js';
import { wordsOf } from './words.js';

/** One source as it was read. */
export interface ReadSource {
  readonly catalog: Catalog;
  readonly lineage: Lineage;
  /** By `tableId`. */
  readonly samples: ReadonlyMap<string, TableSample>;
}

/** What is suggested for a table: column → why it is secret; other columns are open. */
export type TableMarks = ReadonlyMap<string, Judgement>;

export function tableId(schema: string, table: string): string {
  return JSON.stringify([schema, table]);
}

/** What is suggested for a source. */
export interface SourceMarks {
  /** By `tableId`; a column of composites is as secret as the strictest of what is within. */
  readonly tables: ReadonlyMap<string, TableMarks>;
  readonly composites: CompositeMarks;
}

/** Suggested marks of every table of a source, and of the composites in them. */
export function suggestMarks({ catalog, lineage, samples }: ReadSource): SourceMarks {
  // A table with generated columns may be a partition as well.
  const generated = lineage.filter(({ kind }) => kind === 'generated');
  const others = lineage.filter(({ kind }) => kind !== 'generated');
  const derived = new Map(others.map((each) => [tableId(each.schema, each.table), each]));
  const marks = new Map<string, Map<string, Judgement>>();
  const composites = new AttributeMarks();
  for (const table of catalog.tables) {
    const id = tableId(table.schema, table.name);
    marks.set(id, judgeTable(table, evidenceOfSample(samples.get(id)), derived.get(id), composites));
  }
  // Each round marks more attributes, until there is nothing more to follow.
  for (let grown = true; grown;) {
    for (const table of catalog.tables) sumUp(table, marks, composites);
    // Keys before what is computed from them.
    for (const table of catalog.tables) followForeignKeys(table, marks);
    for (const each of generated) followLineage(each, marks.get(tableId(each.schema, each.table)), marks);
    for (const [id, each] of derived) followLineage(each, marks.get(id), marks);
    grown = catalog.tables.map((table) => markWholes(table, marks, composites)).includes(true);
  }
  return { tables: marks, composites };
}

function compositesOf(table: Table): readonly Column[] {
  return [...table.columns.values()].filter(isComposite);
}

/** Says of columns of composites what is said of their attributes. */
function sumUp(table: Table, marks: Marks, composites: AttributeMarks): void {
  const own = marks.get(tableId(table.schema, table.name));
  for (const { name, type } of compositesOf(table)) {
    const judgement = composites.within(type);
    if (judgement !== null && own?.has(name) !== true) own?.set(name, judgement);
  }
}

/** Says of attributes what is said of their columns as a whole: that they are made of secrets. */
function markWholes(table: Table, marks: Marks, composites: AttributeMarks): boolean {
  const own = marks.get(tableId(table.schema, table.name));
  const grown = compositesOf(table).map((column) => {
    const judgement = own?.get(column.name);
    const isSaid =
      judgement === undefined || (judgement.kind === 'within' && composites.within(column.type) !== null);
    return !isSaid && composites.markWhole(column, judgement);
  });
  return grown.includes(true);
}

/** What a sample says of its columns. */
export function evidenceOfSample(sample: TableSample | undefined): ReadonlyMap<string, Evidence> {
  if (sample === undefined || sample.rows.length === 0) return new Map();
  return evidenceOf(sample.rows, sample.columns);
}

function judgeTable(
  table: Table,
  evidence: ReadonlyMap<string, Evidence>,
  derived: Derived | undefined,
  composites: AttributeMarks,
): Map<string, Judgement> {
  const marks = new Map<string, Judgement>();
  // A partition is judged as the table whose rows it holds.
  if (derived?.kind === 'partition') return marks;
  for (const [name, seen] of seenColumns(table, evidence)) {
    const behind = derived?.columns.get(name);
    if (behind !== undefined && behind.length > 0 && !standsByItself(seen)) continue;
    const column = table.columns.get(name);
    const comment = column?.comment ?? null;
    if (column !== undefined && isComposite(column)) {
      composites.judge(table.name, column, comment, evidence);
      continue;
    }
    const judgement = judge(seen) ?? (comment === null ? null : judgeComment(seen, wordsOf(comment)));
    if (judgement !== null) marks.set(name, judgement);
  }
  return marks;
}

/**
 * Whether a column of a view is judged by its own name, beside what it is computed from: a town of a list becomes
 * somebody's town in a view of customers.
 */
function standsByItself({ table }: Seen): boolean {
  return table === 'customer' || table === 'supplier' || table === 'person';
}

type Marks = ReadonlyMap<string, Map<string, Judgement>>;

/** A column that points to a secret key says the same as the key. */
function followForeignKeys(table: Table, marks: Marks): void {
  const own = marks.get(tableId(table.schema, table.name));
  for (const { columns, schema, table: to, toColumns } of table.foreignKeys) {
    columns.forEach((column, i) => {
      const target = toColumns[i] ?? '';
      const judgement = marks.get(tableId(schema, to))?.get(target);
      if (judgement === undefined || own === undefined || own.has(column)) return;
      own.set(column, { ...judgement, because: `as ${to}.${target}, to which it points` });
    });
  }
}

/** A column computed from secret ones is as secret as they are. */
function followLineage(
  { columns, kind, parent }: Derived,
  own: Map<string, Judgement> | undefined,
  marks: Marks,
): void {
  for (const [column, behind] of columns) {
    if (own === undefined || own.has(column)) continue;
    const secret = behind.flatMap((each) => {
      const judgement = marks.get(tableId(each.schema, each.table))?.get(each.column);
      return judgement === undefined ? [] : [{ from: each, judgement }];
    });
    const strictest = suggestedClasses.find((name) =>
      secret.some(({ judgement }) => judgement.secretClass === name),
    );
    const [first] = secret.filter(({ judgement }) => judgement.secretClass === strictest);
    if (first === undefined) continue;
    const sources = secret.map(({ from }) => nameOf(from)).join(', ');
    const isWithin = secret.every(({ judgement }) => judgement.kind === 'within');
    own.set(column, {
      secretClass: first.judgement.secretClass,
      kind: behind.length === 1 || isWithin ? first.judgement.kind : 'derived',
      because:
        kind === 'partition' ? `as in ${parent?.table ?? ''}, of which this is a part` : `from ${sources}`,
    });
  }
}

function nameOf({ table, column }: ColumnName): string {
  return `${table}.${column}`;
}
