import {
  GraphQLBoolean,
  GraphQLInputObjectType,
  GraphQLList,
  GraphQLNonNull,
  GraphQLString,
  type GraphQLEnumType,
  type GraphQLInputFieldConfig,
  type GraphQLInputFieldConfigMap,
  type GraphQLScalarType,
} from 'graphql';
import type { ColumnField } from '../model/index.js';
import type { TypeAccess } from './access.js';
import { filterOf, isSortable, type OfferedFilter } from './comparisons.js';
import { noMeaning } from './meaning.js';
import type { OfferedRelation } from './related.js';
import { scalars } from './scalars.js';

const listOf = (leaf: GraphQLScalarType | GraphQLEnumType) => new GraphQLList(new GraphQLNonNull(leaf));

/** Stateless, so views share it. */
const jsonAt = new GraphQLInputObjectType({
  name: 'JSONAt',
  description: 'What is at a path of a document. Every comparison given must hold.',
  fields: {
    path: {
      type: new GraphQLNonNull(listOf(GraphQLString)),
      description: 'Names of members, and positions in lists from 0 on; of none, the document itself.',
    },
    eq: { type: scalars.JSON, description: 'Equal to: numbers by their size, members in any order.' },
    in: { type: listOf(scalars.JSON), description: 'Equal to one of these.' },
    isNull: { type: GraphQLBoolean, description: 'Whether nothing is there, or null.' },
  },
});

/** `StringFilter`, `RegionListFilter` …: one for each name of a view. */
export function filterInput(
  { name: filterName, comparisons, scalar, bound }: OfferedFilter,
  given: GraphQLScalarType | GraphQLEnumType,
): GraphQLInputObjectType {
  const leaf = scalar === null ? given : scalars[scalar];
  const types = {
    value: leaf,
    list: listOf(leaf),
    flag: GraphQLBoolean,
    bound: scalars[bound ?? 'String'],
    at: jsonAt,
  };
  return new GraphQLInputObjectType({
    name: filterName,
    description: 'Every comparison given must hold.',
    fields: Object.fromEntries(
      comparisons.map(({ name, operand, description }) => [name, { type: types[operand], description }]),
    ),
  });
}

/** The column fields a caller may filter by. */
export function filterable(access: TypeAccess): ColumnField[] {
  return comparedColumns(access).filter((field) => filterOf(field) !== null);
}

/** The column fields a caller may sort by. */
export function sortable(access: TypeAccess): ColumnField[] {
  return comparedColumns(access).filter(isSortable);
}

/**
 * Some of them are compared only as the caller reads them: their columns are not to be used by anything else for that,
 * aggregates least of all.
 */
function comparedColumns({ fields }: TypeAccess): ColumnField[] {
  return [...fields.values()].flatMap(({ field, compared }) =>
    field.kind === 'column' && compared !== null ? [field] : [],
  );
}

/** What introspection says of a field that is compared as the caller reads it. */
export function comparedDescription({ fields }: TypeAccess, { name }: ColumnField): string | null {
  return fields.get(name)?.compared === 'READ' ? 'As you read it: masked where it is.' : null;
}

/** Input fields in the order in which the type has its own. */
export function inOrderOf(
  { fields }: TypeAccess,
  offered: ReadonlyMap<string, GraphQLInputFieldConfig>,
): GraphQLInputFieldConfigMap {
  const entries = [...fields.keys()].flatMap((name) => {
    const input = offered.get(name);
    return input === undefined ? [] : [[name, input] as const];
  });
  return Object.fromEntries(entries);
}

/** `CustomerListFilter`: what holds of the records that a relation to many leads to. */
export function listFilterInput({ type }: TypeAccess, where: GraphQLInputObjectType): GraphQLInputObjectType {
  return new GraphQLInputObjectType({
    name: `${type.name}ListFilter`,
    description: `Conditions on records of ${type.name}, of those you may see. Every one given must hold.`,
    extensions: noMeaning,
    fields: {
      some: { type: where, description: 'At least one of them is so.', extensions: noMeaning },
      every: {
        type: where,
        description: 'None of them is otherwise; holds where there are none.',
        extensions: noMeaning,
      },
      none: { type: where, description: 'Not one of them is so.', extensions: noMeaning },
    },
  });
}

/** The filter inputs that others are made of, each made when first needed. */
export interface FilterInputs {
  readonly leaf: (field: ColumnField) => GraphQLInputObjectType;
  readonly related: (relation: OfferedRelation) => GraphQLInputObjectType | null;
}

/** `CustomerWhere`, or null where nothing may be filtered. */
export function whereInput(
  access: TypeAccess,
  relations: readonly OfferedRelation[],
  inputs: FilterInputs,
): GraphQLInputObjectType | null {
  const columns = filterable(access);
  if (columns.length === 0) return null;
  const ofFields = (): GraphQLInputFieldConfigMap => {
    const offered = new Map<string, GraphQLInputFieldConfig>(
      columns.map((field) => [
        field.name,
        { type: inputs.leaf(field), description: comparedDescription(access, field), extensions: noMeaning },
      ]),
    );
    for (const relation of relations) {
      const input = inputs.related(relation);
      if (input !== null) offered.set(relation.field.name, { type: input, extensions: noMeaning });
    }
    return inOrderOf(access, offered);
  };
  const where: GraphQLInputObjectType = new GraphQLInputObjectType({
    name: `${access.type.name}Where`,
    description:
      'Every condition given must hold. A comparison with null does not hold, nor does a condition on a record that is not there.',
    extensions: noMeaning,
    fields: () => ({
      and: {
        type: new GraphQLList(new GraphQLNonNull(where)),
        description: 'All of these.',
        extensions: noMeaning,
      },
      or: {
        type: new GraphQLList(new GraphQLNonNull(where)),
        description: 'At least one of these.',
        extensions: noMeaning,
      },
      not: { type: where, description: 'Not this.', extensions: noMeaning },
      ...ofFields(),
    }),
  });
  return where;
}
