import type { Model } from '../../model/index.js';
import type { Layout, TableLayout } from './layout.js';
import { RowMaker, TakenKeys, type Row } from './make-rows.js';
import type { Random } from './random.js';

/** Tables behind those that they refer to, and those that link others last; of a circle, in any order. */
export function inOrder(layout: Layout): readonly TableLayout[] {
  const ordered = new Map<string, TableLayout>();
  const visit = (table: TableLayout, path: readonly string[]): void => {
    if (ordered.has(table.key) || path.includes(table.key)) return;
    const led = table.types.length === 0 ? table.leading : [];
    for (const { to } of [...table.references, ...led]) {
      const there = layout.get(to);
      if (there !== undefined) visit(there, [...path, table.key]);
    }
    ordered.set(table.key, table);
  };
  for (const table of layout.values()) visit(table, []);
  return [...ordered.values()];
}

/** Tables that many others lead to need fewer rows than those that lead to them. */
const FEWEST = 0.4;

/** Of how many rows the dimensions are alike: of those of one data set, groups differ in size; of another they do not. */
const USUAL = [0, 0.5, 0.75];

/**
 * Rows for every table: hostile values, ties and nulls, most joins matched and some not, keys and foreign keys kept.
 * @param size rows of a table at most
 */
export function groundData(model: Model, layout: Layout, random: Random, size: number): Map<string, Row[]> {
  const tables = new Map<string, Row[]>([...layout.keys()].map((key) => [key, []]));
  const maker = new RowMaker(model, layout, tables, random.fork('usual').pick(USUAL));
  for (const table of inOrder(layout)) {
    const own = random.fork(table.key);
    const rows = tables.get(table.key) ?? [];
    const taken = new TakenKeys(table);
    const count = own.integer(Math.ceil(size * FEWEST), size);
    for (let place = 0; place < count; place += 1) {
      const row = maker.make(table, place, taken, own);
      if (row !== null) rows.push(maker.again(table, row, rows, own));
    }
  }
  return tables;
}
