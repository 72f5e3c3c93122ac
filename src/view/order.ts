import { GraphQLEnumType, GraphQLInputObjectType } from 'graphql';
import type { TypeAccess } from './access.js';
import { comparable } from './where.js';

export type SortDirection = 'ASC' | 'DESC';

/** Stateless, so views share it. */
export const sortDirection = new GraphQLEnumType({
  name: 'SortDirection',
  values: {
    ASC: { description: 'Smallest first, null last.' },
    DESC: { description: 'Largest first, null first.' },
  },
});

/** `CustomerOrderBy`: one field an item, the items in order of weight; null where nothing may be sorted by. */
export function orderInput(access: TypeAccess): GraphQLInputObjectType | null {
  const fields = comparable(access);
  if (fields.length === 0) return null;
  return new GraphQLInputObjectType({
    name: `${access.type.name}OrderBy`,
    description: 'One field to sort by. Ties are broken by the key.',
    isOneOf: true,
    fields: Object.fromEntries(fields.map((field) => [field.name, { type: sortDirection }])),
  });
}
