import {
  GraphQLEnumType,
  GraphQLInputObjectType,
  type GraphQLInputFieldConfig,
  type GraphQLInputFieldConfigMap,
} from 'graphql';
import type { TypeAccess } from './access.js';
import { noMeaning } from './meaning.js';
import type { OfferedRelation } from './related.js';
import { comparedDescription, inOrderOf, sortable } from './where.js';

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
export function orderInput(
  access: TypeAccess,
  relations: readonly OfferedRelation[],
  related: (relation: OfferedRelation) => GraphQLInputObjectType | null,
): GraphQLInputObjectType | null {
  const columns = sortable(access);
  if (columns.length === 0) return null;
  const fields = (): GraphQLInputFieldConfigMap => {
    const offered = new Map<string, GraphQLInputFieldConfig>(
      columns.map((field) => [
        field.name,
        { type: sortDirection, description: comparedDescription(access, field), extensions: noMeaning },
      ]),
    );
    for (const relation of relations) {
      const type = relation.field.many ? null : related(relation);
      const description = 'By the record that it leads to; where there is none that you may see, as null.';
      if (type !== null) offered.set(relation.field.name, { type, description, extensions: noMeaning });
    }
    return inOrderOf(access, offered);
  };
  return new GraphQLInputObjectType({
    name: `${access.type.name}OrderBy`,
    description: 'One field to sort by. Ties are broken by the key, in the direction of the last item.',
    isOneOf: true,
    fields,
    extensions: noMeaning,
  });
}
