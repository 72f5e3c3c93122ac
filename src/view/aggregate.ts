import {
  GraphQLEnumType,
  GraphQLInt,
  GraphQLList,
  GraphQLNonNull,
  GraphQLObjectType,
  type GraphQLFieldConfig,
  type GraphQLFieldConfigMap,
  type GraphQLScalarType,
} from 'graphql';
import { enumValueOf, type ColumnField } from '../model/index.js';
import type { TypeAccess } from './access.js';
import { aggregatable, type Aggregatable } from './aggregatable.js';
import { mean, noMeaning } from './meaning.js';
import { scalars } from './scalars.js';
import { comparedDescription } from './where.js';

type LeafOf = (field: ColumnField) => GraphQLScalarType | GraphQLEnumType;
type Field = GraphQLFieldConfig<unknown, unknown>;
type Fields = GraphQLFieldConfigMap<unknown, unknown>;

const count: Field = {
  type: new GraphQLNonNull(GraphQLInt),
  description: 'How many records.',
  extensions: noMeaning,
};

function objectOf(
  name: string,
  description: string,
  fields: readonly (readonly [string, Field])[],
): GraphQLObjectType {
  return new GraphQLObjectType({
    name,
    description,
    fields: Object.fromEntries(fields),
    extensions: noMeaning,
  });
}

/** The fields of one kind of computing, where it has any. */
function computed(names: Readonly<Record<string, string>>, type: GraphQLObjectType | null): Fields {
  if (type === null) return {};
  return Object.fromEntries(
    Object.entries(names).map(([name, description]) => [
      name,
      { type: new GraphQLNonNull(type), description, extensions: noMeaning },
    ]),
  );
}

/** `CustomerAggregate`. */
function aggregateType(
  prefix: string,
  { counted, ordered, numbers }: Aggregatable,
  leafOf: LeafOf,
): GraphQLObjectType {
  const distinct = counted.map((field) => [field.name, count] as const);
  const sums = numbers.map(({ field, guard }): [string, Field] => [
    field.name,
    {
      type: scalars.Decimal,
      description:
        guard === null
          ? 'Null where there is no value, or one beyond what can be added up.'
          : `Rounded. Null for groups of fewer than ${guard.minGroup}, and for others that would tell of them.`,
      extensions: noMeaning,
    },
  ]);
  const values = ordered.map((field): [string, Field] => [
    field.name,
    { type: leafOf(field), extensions: noMeaning },
  ]);
  const ofEach = (suffix: string, description: string, fields: readonly (readonly [string, Field])[]) =>
    fields.length === 0 ? null : objectOf(`${prefix}${suffix}`, description, fields);
  return new GraphQLObjectType({
    name: prefix,
    description: 'Computed over all records that match, not those of the page.',
    extensions: noMeaning,
    fields: {
      count,
      ...computed(
        { countDistinct: 'How many different values, null aside.' },
        ofEach('Distinct', 'A number for each field.', distinct),
      ),
      ...computed(
        { sum: 'Sums, exact.', avg: 'Averages of the values that are not null.' },
        ofEach('Numbers', 'A decimal number for each field.', sums),
      ),
      ...computed(
        { min: 'Smallest values.', max: 'Largest values.' },
        ofEach('Values', 'A value for each field; null where there is none.', values),
      ),
    },
  });
}

/** `REGION`, or the field's own name where two fields would share one. The value is the field's name. */
function groupingEnum(prefix: string, fields: readonly ColumnField[]): GraphQLEnumType {
  const names = fields.map(({ name }) => enumValueOf(name));
  const values = fields.map(({ name }, i) => {
    const value = names[i] ?? '';
    const own = !/^[A-Za-z]/.test(value) || names.indexOf(value) !== names.lastIndexOf(value);
    return [own ? name : value, { value: name, extensions: noMeaning }] as const;
  });
  return new GraphQLEnumType({
    name: `${prefix}By`,
    values: Object.fromEntries(values),
    extensions: noMeaning,
  });
}

function groupType(
  access: TypeAccess,
  prefix: string,
  fields: readonly ColumnField[],
  aggregate: Field,
  leafOf: LeafOf,
): GraphQLObjectType {
  const keys = fields.map((field): [string, Field] => {
    const leaf = leafOf(field);
    // What is read of a field that is not clear everywhere may be null where the value is not.
    const sure = field.nonNull && access.fields.get(field.name)?.compared === 'VALUE';
    const description = comparedDescription(access, field);
    return [field.name, { type: sure ? new GraphQLNonNull(leaf) : leaf, description, extensions: noMeaning }];
  });
  const keysType = objectOf(`${prefix}Keys`, 'What the records of a group have in common.', keys);
  return new GraphQLObjectType({
    name: `${prefix}Group`,
    fields: {
      keys: {
        type: new GraphQLNonNull(keysType),
        description: 'The fields that the records were grouped by; no others may be asked for.',
        extensions: noMeaning,
      },
      aggregate,
    },
    extensions: mean({ kind: 'group', access }),
  });
}

/** `aggregate` and `groupBy` of a connection. */
export function aggregateFields(access: TypeAccess, leafOf: LeafOf): Fields {
  const prefix = `${access.type.name}Aggregate`;
  const offered = aggregatable(access);
  const aggregate: Field = {
    type: new GraphQLNonNull(aggregateType(prefix, offered, leafOf)),
    description: 'Computed over all records that match, whatever the page.',
    extensions: noMeaning,
  };
  const { grouped } = offered;
  if (grouped.length === 0) return { aggregate };
  const by = new GraphQLNonNull(new GraphQLList(new GraphQLNonNull(groupingEnum(prefix, grouped))));
  const group = groupType(access, prefix, grouped, { ...aggregate, description: null }, leafOf);
  return {
    aggregate,
    groupBy: {
      type: new GraphQLNonNull(new GraphQLList(new GraphQLNonNull(group))),
      args: {
        by: {
          type: by,
          description: 'Records that are equal in all of these are one group.',
          extensions: noMeaning,
        },
        first: {
          type: GraphQLInt,
          description: 'How many groups; see the limits of the deployment.',
          extensions: noMeaning,
        },
      },
      description: 'All records that match, in groups, in the order of their keys; null comes last.',
      extensions: noMeaning,
    },
  };
}
