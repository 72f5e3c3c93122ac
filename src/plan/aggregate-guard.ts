import { CordonError } from '../base/index.js';
import type { ColumnField } from '../model/index.js';
import type { AggregateSite } from './aggregate-selection.js';
import type { WhereShape } from './argument-shape.js';

/** The one grouping that guarded aggregates of a type have in an operation, by the type's name. */
export type GuardedSites = Map<string, string>;

/** With each further dimension, groups hold fewer, and twice as many coarser groupings could tell them. */
const maxDimensions = 3;

const isDimension = ({ mark }: ColumnField): boolean => mark.kind === 'open' && mark.dimension;

/** Whether a filter reads dimensions only: a relation leads to other records. */
function readsDimensions(where: WhereShape | null): boolean {
  switch (where?.kind) {
    case undefined:
      return true;
    case 'and':
    case 'or':
      return where.terms.every(readsDimensions);
    case 'not':
      return readsDimensions(where.term);
    case 'compare':
    case 'isNull':
    case 'isEmpty':
    case 'at':
      return isDimension(where.field);
    case 'related':
      return false;
  }
}

/**
 * Holds a guarded aggregate to where it may stand. Two that differ by one record give that record away; so records are
 * chosen by dimensions alone, and all guarded aggregates of one type in an operation share one grouping and one filter. (A
 * plan does not know the values that a filter compares with, so two filtered connections count as two filters.)
 * @throws CordonError AGGREGATE_GUARDED
 */
export function guardSite(
  { field, access, page }: AggregateSite,
  by: readonly ColumnField[],
  sites: GuardedSites,
): void {
  const { name } = access.type;
  const refuse = (reason: string) => new CordonError('AGGREGATE_GUARDED', { message: reason });
  if (field.path.length > 1)
    throw refuse(`Secret values of ${name} are aggregated at the root of an operation, not below a record.`);
  if (!readsDimensions(page.shape.where))
    throw refuse(
      `Argument "where" of "${field.definition.name}" may use dimensions only beside aggregates of secret values.`,
    );
  if (!by.every(isDimension))
    throw refuse(
      `Argument "by" of "groupBy" may name dimensions only beside aggregates of secret values of ${name}.`,
    );
  if (by.length > maxDimensions)
    throw refuse(
      `Argument "by" of "groupBy" may name ${maxDimensions} dimensions at most beside aggregates of secret values of ${name}.`,
    );
  const filter = page.shape.where === null ? null : field.responseName;
  const grouping = JSON.stringify([filter, by.map((each) => each.name).sort()]);
  const before = sites.get(name);
  if (before !== undefined && before !== grouping)
    throw refuse(
      `Aggregates of secret values of ${name} share one grouping and one filter; send an operation for each.`,
    );
  sites.set(name, grouping);
}
