import type { RowMatch } from './policy.js';

/** Conjunction of row matches; empty means every row. */
export type RowCondition = readonly RowMatch[];

/** Rows on which something is granted. */
interface OnRows {
  readonly when: RowCondition;
}

function sameRows(a: RowCondition, b: RowCondition): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

/** Whether the arms' rows are all the rows of the type that the caller may see. */
export function coversRows(arms: readonly OnRows[], rows: readonly OnRows[]): boolean {
  return (
    arms.some((arm) => arm.when.length === 0) ||
    (rows.length > 0 && rows.every((row) => arms.some((arm) => sameRows(arm.when, row.when))))
  );
}
