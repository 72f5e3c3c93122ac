import { CordonError } from '../base/index.js';
import type { CallerLimits } from '../policy/index.js';
import { groupsOf } from './aggregate-arguments.js';
import type { FieldArguments } from './argument-shape.js';
import { recordsOf } from './arguments.js';
import type { Collected } from './collect.js';

/** What one operation may ask for. */
export type OperationLimits = Pick<
  CallerLimits,
  'relationsDeep' | 'aliases' | 'rootFields' | 'reach' | 'cost'
>;

/** What a count, a sum or a grouping costs: it reads every record that matches, of which a page shows a few. */
const costOfAll = 20;
const overAll: ReadonlySet<string> = new Set(['totalCount', 'aggregate', 'groupBy']);

/** Where a field stands. */
interface Place {
  /** Rows above it, at most. */
  readonly rows: number;
  /** How often the list around it is searched for. */
  readonly searches: number;
  /** Fields of records above it. */
  readonly deep: number;
}

function over(limit: string, max: number): CordonError {
  return new CordonError('OPERATION_TOO_LARGE', {
    message: `The operation is over the limit of ${max} ${limit}.`,
  });
}

class Sums {
  #aliases = 0;
  #reach = 0;
  #cost = 0;
  readonly #limits: OperationLimits;
  readonly #pageOf: (field: Collected) => FieldArguments | null;

  constructor(limits: OperationLimits, pageOf: (field: Collected) => FieldArguments | null) {
    this.#limits = limits;
    this.#pageOf = pageOf;
  }

  add(field: Collected, place: Place): void {
    const { rows, searches, deep } = place;
    const page = () => this.#pageOf(field)?.page ?? 1;
    const isRecords =
      recordsOf(field) !== null && field.definition.name !== 'nodes' && field.definition.name !== 'node';
    if (field.responseName !== field.definition.name) this.#aliases += 1;
    if (isRecords) {
      this.#reach += rows * page();
      // Each list is a search of its own for every row above it, whatever it finds.
      this.#cost += rows + rows * page();
    } else if (groupsOf(field) !== null) this.#reach += rows * page();
    if (isOverAll(field)) this.#cost += searches * costOfAll;
    this.#check(isRecords ? deep : deep - 1);
    const below = isRecords ? { rows: rows * page(), searches: rows, deep: deep + 1 } : place;
    for (const child of field.children ?? []) this.add(child, below);
  }

  #check(relationsDeep: number): void {
    const limits = this.#limits;
    if (this.#aliases > limits.aliases) throw over('aliases', limits.aliases);
    if (this.#reach > limits.reach) throw over('rows in reach', limits.reach);
    if (this.#cost > limits.cost) throw over('cost, which is lists by their pages', limits.cost);
    if (relationsDeep > limits.relationsDeep) throw over('relations in depth', limits.relationsDeep);
  }
}

function isOverAll({ definition, parent }: Collected): boolean {
  const meaning = parent.extensions['cordon'] as Collected['meaning'];
  return meaning?.kind === 'connection' && overAll.has(definition.name);
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
  const sums = new Sums(limits, pageOf);
  for (const root of roots) sums.add(root, { rows: 1, searches: 1, deep: 0 });
}
