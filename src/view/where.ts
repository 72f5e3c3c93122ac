import {
  GraphQLBoolean,
  GraphQLInputObjectType,
  GraphQLList,
  GraphQLNonNull,
  type GraphQLEnumType,
  type GraphQLScalarType,
} from 'graphql';
import type { ColumnField, ScalarName } from '../model/index.js';
import type { TypeAccess } from './access.js';
import { isFilterable, unordered } from './scalars.js';

/** Comparisons of a filter input, in the order they are offered. */
export const comparisons = ['eq', 'ne', 'in', 'lt', 'lte', 'gt', 'gte', 'isNull'] as const;
export type Comparison = (typeof comparisons)[number];

const ordering: ReadonlySet<Comparison> = new Set(['lt', 'lte', 'gt', 'gte']);

/** What a filter means, for the description in introspection. */
const meanings: Readonly<Record<Comparison, string>> = {
  eq: 'Equal to.',
  ne: 'Not equal to; null is not equal to any value.',
  in: 'Equal to one of these.',
  lt: 'Less than.',
  lte: 'Less than or equal to.',
  gt: 'Greater than.',
  gte: 'Greater than or equal to.',
  isNull: 'Whether it is null.',
};

/** `StringFilter`, `RegionFilter` …: one for each scalar or enum of a view. */
export function filterInput(leaf: GraphQLScalarType | GraphQLEnumType): GraphQLInputObjectType {
  const offered = comparisons.filter(
    (comparison) => !ordering.has(comparison) || !unordered.has(leaf.name as ScalarName),
  );
  return new GraphQLInputObjectType({
    name: `${leaf.name}Filter`,
    description: 'Every comparison given must hold.',
    fields: Object.fromEntries(
      offered.map((comparison) => [
        comparison,
        {
          type:
            comparison === 'isNull'
              ? GraphQLBoolean
              : comparison === 'in'
                ? new GraphQLList(new GraphQLNonNull(leaf))
                : leaf,
          description: meanings[comparison],
        },
      ]),
    ),
  });
}

/** The column fields a caller may filter and sort by: clear on every row they may see. */
export function comparable(access: TypeAccess): ColumnField[] {
  return [...access.fields.values()].flatMap(({ field, clearEverywhere }) =>
    field.kind === 'column' && clearEverywhere && isFilterable(field) ? [field] : [],
  );
}

/** `CustomerWhere`, or null where nothing may be filtered. */
export function whereInput(
  access: TypeAccess,
  filterOf: (field: ColumnField) => GraphQLInputObjectType,
): GraphQLInputObjectType | null {
  const fields = comparable(access);
  if (fields.length === 0) return null;
  const where: GraphQLInputObjectType = new GraphQLInputObjectType({
    name: `${access.type.name}Where`,
    description: 'Every condition given must hold. A comparison with null does not hold.',
    fields: () => ({
      and: { type: new GraphQLList(new GraphQLNonNull(where)), description: 'All of these.' },
      or: { type: new GraphQLList(new GraphQLNonNull(where)), description: 'At least one of these.' },
      not: { type: where, description: 'Not this.' },
      ...Object.fromEntries(fields.map((field) => [field.name, { type: filterOf(field) }])),
    }),
  });
  return where;
}
