import {
  getNamedType,
  isInputObjectType,
  isLeafType,
  isObjectType,
  Kind,
  type ArgumentNode,
  type DocumentNode,
  type GraphQLField,
  type GraphQLObjectType,
} from 'graphql';
import { leafLiteral } from './leaf-value.js';
import { membersOf } from './names.js';
import { argumentNode, fieldNode, intNode, listNode, objectNode, queryOf } from './nodes.js';
import { InputWriter, type Writing } from './write-inputs.js';

/** The fields of a type that groups are made by. */
export type Dimensions = (typeName: string) => readonly string[];

/** A list whose records have numbers that are only added up. */
interface Place {
  readonly root: GraphQLField<unknown, unknown>;
  readonly record: string;
  readonly numbers: readonly string[];
}

function recordOf(connection: GraphQLObjectType): string | null {
  const nodes = connection.getFields()['nodes'];
  return nodes === undefined ? null : getNamedType(nodes.type).name;
}

/** Where a caller is offered sums of what they do not read. */
function placesOf({ names: { schemas } }: Writing): readonly Place[] {
  const { own, full } = schemas;
  const query = full.getQueryType()?.getFields() ?? {};
  return membersOf(own, 'Query').flatMap((name): Place[] => {
    const root = query[name];
    const connection = root === undefined ? undefined : getNamedType(root.type);
    const record = isObjectType(connection) ? recordOf(connection) : null;
    if (root === undefined || record === null) return [];
    const read = membersOf(own, record);
    const numbers = membersOf(own, `${record}AggregateNumbers`).filter((each) => !read.includes(each));
    return numbers.length === 0 ? [] : [{ root, record, numbers }];
  });
}

/** How many filters and groupings are by whatever else there is, and are to be refused. */
const anyShare = 0.3;

const plain = (name: string): string => name.replaceAll('_', '').toLowerCase();

function grouping(
  { root }: Place,
  dimensions: readonly string[],
  { random, names }: Writing,
): ArgumentNode[] {
  const connection = getNamedType(root.type);
  const groupBy = isObjectType(connection) ? connection.getFields()['groupBy'] : undefined;
  const by = groupBy?.args.find(({ name }) => name === 'by');
  if (by === undefined) return [];
  const wanted = new Set(dimensions.map(plain));
  const any = random.chance(anyShare / 3);
  const { visible } = names.of(getNamedType(by.type).name);
  const values = visible.filter((value) => any || wanted.has(plain(value)));
  const chosen = random.shuffle(values).slice(0, random.integer(1, 2));
  if (chosen.length === 0) return [];
  return [argumentNode('by', listNode(chosen.map((value) => ({ kind: Kind.ENUM, value }))))];
}

/** A filter by one dimension; or by anything, which is to be refused. */
function filter({ root, record }: Place, dimensions: readonly string[], writing: Writing): ArgumentNode[] {
  const { random, comparands } = writing;
  const where = root.args.find(({ name }) => name === 'where');
  const input = where === undefined ? undefined : getNamedType(where.type);
  if (!isInputObjectType(input)) return [];
  if (dimensions.length === 0 || random.chance(anyShare))
    return [argumentNode('where', new InputWriter(writing).where(input))];
  const name = random.pick(dimensions);
  const field = input.getFields()[name];
  const comparisons = field === undefined ? undefined : getNamedType(field.type);
  const eq = isInputObjectType(comparisons) ? comparisons.getFields()['eq'] : undefined;
  const leaf = eq === undefined ? undefined : getNamedType(eq.type);
  if (!isLeafType(leaf)) return [];
  const literal = () => leafLiteral(leaf, `${record}.${name}`, comparands, random);
  const compared = random.pick([
    ['eq', literal()] as const,
    ['ne', literal()] as const,
    ['in', listNode([literal(), literal()])] as const,
  ]);
  return [argumentNode('where', objectNode([[name, objectNode([compared])]]))];
}

/**
 * Sums and averages of what the caller does not read, mostly as they are to be asked for: by dimensions alone, over all rows or
 * those with a dimension of some value. Null where nothing of that kind is offered.
 */
export function guardedOperation(writing: Writing, dimensionsOf: Dimensions): DocumentNode | null {
  const { random } = writing;
  const places = placesOf(writing);
  if (places.length === 0) return null;
  const place = random.pick(places);
  const dimensions = dimensionsOf(place.record);
  const numbers = () =>
    random
      .shuffle(place.numbers)
      .slice(0, random.integer(1, 2))
      .map((name) => fieldNode(name));
  const measures = ['sum', 'avg'].filter(() => random.chance(0.8)).map((name) => fieldNode(name, numbers()));
  const aggregate = fieldNode('aggregate', [...measures, fieldNode('count')]);
  const by = random.chance(0.75) ? grouping(place, dimensions, writing) : [];
  const keys = by.flatMap(({ value }) =>
    value.kind === Kind.LIST
      ? value.values.flatMap((each) => ('value' in each ? [String(each.value)] : []))
      : [],
  );
  const keyFields = membersOf(writing.names.schemas.own, `${place.record}AggregateKeys`)
    .filter((name) => keys.some((key) => plain(key) === plain(name)))
    .map((name) => fieldNode(name));
  const groups = [...(keyFields.length === 0 ? [] : [fieldNode('keys', keyFields)]), aggregate];
  const first = argumentNode('first', intNode(random.integer(5, 50)));
  const asked = by.length === 0 ? aggregate : fieldNode('groupBy', groups, [...by, first]);
  const where = random.chance(0.4) ? filter(place, dimensions, writing) : [];
  return queryOf([fieldNode(place.root.name, [asked], where)]);
}
