import type { DataRow } from '../data/dataset.js';
import type { Hiding } from './hiding.js';
import type { TableLayout } from '../data/layout.js';
import { TakenKeys, type RowMaker } from '../data/make-rows.js';
import type { Random } from '../data/random.js';
import type { Pair } from './shuffle.js';

const LESS_CHANCE = 0.3;
const OTHER_CHANCE = 0.5;
const MORE_SHARE = 0.4;

/**
 * A table that only links others, with other links wherever the caller is not told of them: of records out of sight, of
 * nothing, and of what is linked by another row as well.
 */
export function changedLinks(hiding: Hiding, maker: RowMaker, table: TableLayout, random: Random): Pair[] {
  const rows = hiding.tables.get(table.key) ?? [];
  const taken = new TakenKeys(table, rows);
  const left = new Map<string, number>();
  const count = (row: DataRow, by: number): void => {
    for (const pair of hiding.links.of(table.key, row)) left.set(pair, (left.get(pair) ?? 0) + by);
  };
  for (const row of rows) count(row, 1);
  const tellsNothingNew = (row: DataRow): boolean =>
    hiding.links.of(table.key, row).every((pair) => (left.get(pair) ?? 0) > 0);
  const pairs = rows.map((before): Pair => {
    const isTold = hiding.links.of(table.key, before).some((pair) => (left.get(pair) ?? 0) < 2);
    if (isTold) return { before, after: before };
    if (random.chance(LESS_CHANCE)) {
      count(before, -1);
      return { before, after: null };
    }
    const other = random.chance(OTHER_CHANCE)
      ? maker.make(table, rows.length, new TakenKeys(table), random)
      : null;
    if (other === null || !tellsNothingNew(other) || !taken.move(before, other))
      return { before, after: before };
    count(before, -1);
    count(other, 1);
    return { before, after: other };
  });
  for (let i = 0; i < rows.length * MORE_SHARE; i += 1) {
    const made = maker.make(table, rows.length + i, new TakenKeys(table), random);
    const after = made === null ? null : maker.again(table, made, rows, random);
    if (after === null || !tellsNothingNew(after) || !taken.add(after)) continue;
    pairs.push({ before: null, after });
  }
  return pairs;
}
