import { buildSchema, parse, validate, type GraphQLSchema } from 'graphql';
import type { Answer } from '../../src/prove/gateways/client.js';
import type { Comparands } from '../../src/prove/twins/comparands.js';
import { Cursors } from '../../src/prove/operations/cursors.js';
import { Earlier } from '../../src/prove/operations/earlier.js';
import {
  countFeatures,
  features,
  noFeatures,
  ofOffer,
  scarce,
  type Feature,
  type FeatureCounts,
} from '../../src/prove/run/features.js';
import { Generator } from '../../src/prove/operations/generate.js';
import type { Operation } from '../../src/prove/operations/operation.js';
import { seededRandom } from '../../src/prove/data/random.js';

/** A schema such as a gateway has for a view; lines between `<` and `>` are hidden from the caller, `sum` is guarded. */
const written = `
  scalar Decimal
  scalar Json
  scalar Range
  enum SortDirection { ASC DESC }
  enum Region { EMEA APAC }
  type Query {
    customer(customerId: ID!): Customer
    customers(where: CustomerWhere, orderBy: [CustomerOrderBy!], first: Int, after: String, last: Int, before: String): CustomerConnection
    <prices(where: PriceWhere, first: Int, after: String, last: Int, before: String): PriceConnection>
  }
  type Customer {
    customerId: ID!
    name: String
    region: Region
    <credit: Decimal>
    manager: Customer
    tags: Json
    open: Range
    customers(where: CustomerWhere, orderBy: [CustomerOrderBy!], first: Int, after: String, last: Int, before: String): CustomerConnection
  }
  type CustomerConnection {
    nodes: [Customer!]!
    edges: [CustomerEdge!]!
    pageInfo: PageInfo!
    totalCount: Int!
    aggregate: CustomerAggregate!
    groupBy(by: [CustomerAggregateBy!]!, first: Int): [CustomerAggregateGroup!]!
  }
  type CustomerEdge { cursor: String! node: Customer! }
  type PageInfo { hasNextPage: Boolean! endCursor: String }
  type CustomerAggregate { count: Int! sum: CustomerAggregateNumbers! }
  type CustomerAggregateNumbers { credit: Decimal }
  type CustomerAggregateKeys { region: Region name: String }
  type CustomerAggregateGroup { keys: CustomerAggregateKeys! aggregate: CustomerAggregate! }
  enum CustomerAggregateBy { REGION NAME }
  input CustomerWhere {
    and: [CustomerWhere!]
    or: [CustomerWhere!]
    not: CustomerWhere
    customerId: IDFilter
    name: StringFilter
    region: RegionFilter
    <credit: DecimalFilter>
    manager: CustomerWhere
    customers: CustomerListFilter
    tags: JsonFilter
    open: RangeFilter
  }
  input CustomerListFilter { some: CustomerWhere every: CustomerWhere none: CustomerWhere }
  input CustomerOrderBy @oneOf { name: SortDirection <credit: SortDirection> manager: CustomerOrderBy }
  input IDFilter { eq: ID in: [ID!] }
  input StringFilter { eq: String like: String isNull: Boolean between: [String!] }
  input JsonFilter { isNull: Boolean at: JsonAt }
  input JsonAt { path: [String!]! eq: Json in: [Json!] isNull: Boolean }
  input RangeFilter { eq: Range overlaps: Range within: Range }
  input RegionFilter { eq: Region in: [Region!] }
  <
  input DecimalFilter { eq: Decimal gt: Decimal }
  type Price { amount: Decimal }
  type PriceConnection { nodes: [Price!]! }
  input PriceWhere { amount: DecimalFilter }
  >
`;

const full: GraphQLSchema = buildSchema(written.replaceAll(/[<>]/g, ''));
const own: GraphQLSchema = buildSchema(written.replaceAll(/<[^>]*>/g, ''));

const comparands: Comparands = {
  of: (coordinate) =>
    ({ 'Customer.name': ['Acme', 'Bolt'], 'Customer.customerId': ['1', '2'] })[coordinate] ?? [],
  secretsOf: (coordinate) => (coordinate === 'Customer.credit' ? ['5000.50'] : []),
  secrets: ['5000.50', 'secret amber'],
};

const cursor = 'A'.repeat(140);
const answer: Answer = {
  status: 200,
  headers: [],
  body: `{"data":{"customers":{"nodes":[{"name":null}],"edges":[{"cursor":"${cursor}"}]}}}`,
};

/** Operations one after the other, the cursors of each answer there for the next. */
function operations(seed: string, count: number): readonly Operation[] {
  const cursors = new Cursors();
  const earlier = new Earlier();
  const generator = new Generator({
    caller: 'somebody',
    schemas: { own, full },
    comparands,
    cursors,
    earlier,
    dimensions: () => [],
  });
  const random = seededRandom(seed);
  return Array.from({ length: count }, (_, i) => {
    const operation = generator.operation(random.fork(i));
    if (operation.text.includes('cursor')) cursors.note('somebody', operation, answer.body);
    return operation;
  });
}

/** Relations that lead through a table between. */
const through: ReadonlySet<string> = new Set(['Customer.customers']);

function counted(made: readonly Operation[]): FeatureCounts {
  const counts = noFeatures();
  for (const operation of made)
    countFeatures(counts, operation, answer, { own, full, through }, (text) =>
      comparands.secrets.includes(text),
    );
  return counts;
}

/** Features that an answer shows; the others are in operations. */
const ofAnswers: readonly Feature[] = ['forgedCursor', 'wrongType', 'withheld', 'masked', 'error', 'refused'];

describe('operations of a run', () => {
  const made = operations('seed', 1500);
  const tried = counted(made);

  it('are the same for the same seed', () => {
    expect(operations('seed', 300)).toEqual(made.slice(0, 300));
    expect(operations('another', 300)).not.toEqual(made.slice(0, 300));
  });

  it('try every feature, hidden names at every place among them', () => {
    const untried = features.filter((name) => tried[name] < 10 && !ofAnswers.includes(name));
    expect(untried).toEqual([]);
    const texts = made.map(({ text }) => text).join('\n');
    for (const place of [
      /credit: \{(eq|gt)/,
      /credit: (ASC|DESC)/,
      /^ *credit$/m,
      /prices\b/,
      /\.\.\. on Price/,
    ])
      expect(texts).toMatch(place);
  });

  it('are missed where they are seldom, of the features that there are', () => {
    const seldom = (counts: FeatureCounts, offer = { full, through }) =>
      scarce(ofOffer(counts, offer)).map(([name]) => name);
    const special: readonly Feature[] = ['jsonPath', 'range', 'relationThrough'];
    expect(seldom(noFeatures())).toEqual(expect.arrayContaining([...special, 'where']));
    expect(seldom(tried)).not.toContain('jsonPath');
    const plain = buildSchema(written.replaceAll(/[<>]|.*(tags|open|JsonAt|RangeFilter).*/g, ''));
    const without = seldom(noFeatures(), { full: plain, through: new Set() });
    expect(without).toContain('where');
    expect(without.filter((name) => special.includes(name))).toEqual([]);
  });

  it('are valid for the caller, most of them', () => {
    const valid = made.filter(({ document }) => document !== null && validate(own, document).length === 0);
    expect(valid.length / made.length).toBeGreaterThan(0.7);
    expect(valid.length / made.length).toBeLessThan(0.95);
  });

  it('are what their text says', () => {
    for (const { text, document } of made.slice(0, 100))
      if (document !== null) expect(() => parse(text)).not.toThrow();
  });

  it('compare with secrets, one in three', () => {
    const literals = made.flatMap(
      ({ text }) => text.match(/(?:eq|gt|like|between): \[?"(?:[^"\\]|\\.)*"/g) ?? [],
    );
    const near = literals.filter((text) => /500\d|4999|5001|secr?e?t?|"s"|"se"/.test(text));
    expect(near.length / literals.length).toBeGreaterThan(0.1);
  });

  it('go on from cursors of answers before, and from others', () => {
    const given = made.flatMap(({ variables }) => [variables['after'], variables['before']]).filter(Boolean);
    expect(given.filter((text) => text === cursor).length).toBeGreaterThan(10);
    expect(given.filter((text) => text !== cursor).length).toBeGreaterThan(5);
  });
});
