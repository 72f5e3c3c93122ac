import { buildSchema, parse, printSchema, validate } from 'graphql';
import { commonSdl } from '../../src/view/index.js';

const wide = buildSchema(`
  type Query { things(where: ThingWhere, first: Int): ThingConnection! secrets(where: SecretWhere): [Secret!]! }
  type ThingConnection { nodes: [Thing!]! groups(by: [ThingBy!]!): Int! others(by: SecretBy!): Int }
  type Thing { id: ID! name: String! price: String kind: Kind! secret: Secret! tags: [[String!]!]! }
  type Secret { value: String! }
  enum Kind { A B }
  enum ThingBy { NAME PRICE }
  enum SecretBy { VALUE }
  input ThingWhere { and: [ThingWhere!] price: StringFilter }
  input SecretWhere { value: StringFilter }
  input StringFilter { eq: String }
`);
const narrow = buildSchema(`
  type Query { things(where: ThingWhere, first: Int): ThingConnection }
  type ThingConnection { nodes: [Thing!] groups(by: [ThingBy!]!): Int! others(by: OtherBy!): Int }
  enum OtherBy { VALUE }
  type Thing { id: ID! name: String kind: Kind! tags: [[String]!]! }
  enum Kind { A B }
  enum ThingBy { NAME KIND }
  input ThingWhere { and: [ThingWhere!] name: StringFilter }
  input StringFilter { eq: String }
`);

it('has what every schema has, as nullable as any has it', () => {
  expect(printSchema(buildSchema(commonSdl([wide, narrow])))).toBe(
    printSchema(
      buildSchema(`
        type Query { things(first: Int): ThingConnection }
        type ThingConnection { nodes: [Thing!] groups(by: [ThingBy!]!): Int! }
        type Thing { id: ID! name: String kind: Kind! tags: [[String]!]! }
        enum Kind { A B }
        enum ThingBy { NAME }
        input StringFilter { eq: String }
      `),
    ),
  );
});

it('is the same in any order, and of one schema that schema', () => {
  const sorted = (sdl: string) => sdl.split('\n\n').toSorted().join('\n\n');
  expect(sorted(commonSdl([narrow, wide]))).toBe(sorted(commonSdl([wide, narrow])));
  expect(commonSdl([wide])).toBe(printSchema(wide));
});

it('takes no document that one of them refuses', () => {
  const common = buildSchema(commonSdl([wide, narrow]));
  const documents = [
    '{ things(first: 1) { nodes { id name kind tags } } }',
    '{ things { nodes { price } } }',
    '{ secrets { value } }',
    '{ things(where: { price: { eq: "1" } }) { nodes { id } } }',
    '{ things(where: { name: { eq: "1" } }) { nodes { id } } }',
  ];
  const valid = documents.filter((document) => validate(common, parse(document)).length === 0);
  expect(valid).toEqual([documents[0]]);
  for (const document of valid)
    for (const schema of [wide, narrow]) expect(validate(schema, parse(document))).toEqual([]);
});
