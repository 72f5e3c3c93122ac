import { CordonError } from '../base/index.js';
import type { FieldArguments } from './argument-shape.js';
import { recordsOf } from './arguments.js';
import type { Collected } from './collect.js';

/** What one operation may ask for. */
export interface OperationLimits {
  readonly relationsDeep: number;
  readonly aliases: number;
  readonly rootFields: number;
  /** Rows an operation can reach: page sizes multiplied down the tree. */
  readonly reach: number;
}

interface Sums {
  aliases: number;
  reach: number;
}

function over(limit: string, max: number): CordonError {
  return new CordonError('OPERATION_TOO_LARGE', {
    message: `The operation is over the limit of ${max} ${limit}.`,
  });
}

function add(
  field: Collected,
  rows: number,
  deep: number,
  limits: OperationLimits,
  pageOf: (field: Collected) => FieldArguments | null,
  sums: Sums,
): void {
  if (field.responseName !== field.definition.name) sums.aliases += 1;
  if (sums.aliases > limits.aliases) throw over('aliases', limits.aliases);
  const isRecords =
    recordsOf(field) !== null && field.definition.name !== 'nodes' && field.definition.name !== 'node';
  const below = isRecords ? rows * (pageOf(field)?.page ?? 1) : rows;
  const deeper = isRecords ? deep + 1 : deep;
  if (isRecords) sums.reach += below;
  if (sums.reach > limits.reach) throw over('rows in reach', limits.reach);
  // The root field itself is no relation.
  if (deeper - 1 > limits.relationsDeep) throw over('relations in depth', limits.relationsDeep);
  for (const child of field.children ?? []) add(child, below, deeper, limits, pageOf, sums);
}

/**
 * Holds an operation to its limits, in one walk over the merged selection.
 * @throws CordonError OPERATION_TOO_LARGE, naming the limit
 */
export function checkCost(
  roots: readonly Collected[],
  limits: OperationLimits,
  pageOf: (field: Collected) => FieldArguments | null,
): void {
  if (roots.length > limits.rootFields) throw over('root fields', limits.rootFields);
  const sums: Sums = { aliases: 0, reach: 0 };
  for (const root of roots) add(root, 1, 0, limits, pageOf, sums);
}
