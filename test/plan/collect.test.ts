import {
  buildSchema,
  executeSync,
  getOperationAST,
  Kind,
  parse,
  validate,
  type GraphQLObjectType,
} from 'graphql';
import { collectFields, type Collected } from '../../src/plan/collect.js';

const schema = buildSchema(`
  type Query { a: Thing b: Thing }
  type Thing { id: Int name(of: Int): String up: Thing down(deep: Int): Thing }
`);
const thing = { id: 1, name: 'x', up: () => thing, down: () => thing };

/** The response names of a selection, each with those below it. */
type Tree = { readonly [name: string]: Tree | null };

const treeOf = (fields: readonly Collected[]): Tree =>
  Object.fromEntries(
    fields.map(({ responseName, children }) => [responseName, children === null ? null : treeOf(children)]),
  );
const namesIn = (value: unknown): Tree | null =>
  typeof value === 'object' && value !== null
    ? Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, namesIn(inner)]))
    : null;

function collect(text: string, variables: Readonly<Record<string, unknown>> = {}): Collected[] {
  const document = parse(text);
  expect(validate(schema, document)).toEqual([]);
  const fragments = document.definitions.filter((each) => each.kind === Kind.FRAGMENT_DEFINITION);
  return collectFields(
    schema.getQueryType()!,
    getOperationAST(document)!,
    new Map(fragments.map((fragment) => [fragment.name.value, fragment])),
    variables,
  );
}

test.each([
  ['fields', '{ a { id name } b { id } }'],
  ['aliases', '{ one: a { z: id a: name } two: a { id } a { id } }'],
  ['fields that come again', '{ a { id up { id } } b { id } a { name up { name id } } }'],
  [
    'arguments under one name',
    '{ a { down(deep: 1) { id } down(deep: 1) { name } other: down(deep: 2) { id } } }',
  ],
  [
    'fragments',
    '{ a { ...F id } b { ...F } } fragment F on Thing { name ...G } fragment G on Thing { up { id } }',
  ],
  ['fragments that come again', '{ a { ...F ...F up { ...F } } } fragment F on Thing { id } '],
  ['inline fragments', '{ ... on Query { a { ... on Thing { name } ... { id } } } ... { b { id } } }'],
  ['__typename', '{ __typename a { __typename t: __typename } }'],
  [
    'skip and include',
    '{ a @skip(if: true) { id } b { id @include(if: false) name @skip(if: false) up @include(if: true) @skip(if: true) { id } } }',
  ],
  [
    'directives of fragments',
    '{ a { ...F @include(if: false) ... @skip(if: true) { up { id } } ...F id } } fragment F on Thing { name }',
  ],
])('a selection of %s comes to what graphql-js answers, in its order', (_what, text) => {
  const { data } = executeSync({ schema, document: parse(text), rootValue: { a: thing, b: thing } });
  const [ours, theirs] = [treeOf(collect(text)), namesIn(data)];
  expect(ours).toEqual(theirs);
  expect(JSON.stringify(ours)).toBe(JSON.stringify(theirs));
});

test.each([
  [{}, ['name']],
  [{ with: true, without: true }, ['id']],
  [{ with: true, without: false }, ['id', 'name']],
  [{ with: false, without: true }, []],
])('directives read variables: %j', (variables, names) => {
  const [field] = collect(
    'query($with: Boolean = false, $without: Boolean = false) { a { id @include(if: $with) name @skip(if: $without) } }',
    { with: false, without: false, ...variables },
  );
  expect(field!.children!.map(({ responseName }) => responseName)).toEqual(names);
});

test('each field knows its place, its definition and every node that asked for it', () => {
  const [field] = collect('{ x: a { id up { id } up { name } } }');
  const up = field!.children![1]!;
  expect(up.path).toEqual(['x', 'up']);
  expect(up.nodes).toHaveLength(2);
  expect(up.parent).toBe(schema.getType('Thing') as GraphQLObjectType);
  expect(up.definition.name).toBe('up');
});

test('introspection is not looked into', () => {
  const [data, introspection] = collect('{ a { id } __schema { types { name } } }');
  expect(data!.children).toHaveLength(1);
  expect(introspection!.children).toBeNull();
});
