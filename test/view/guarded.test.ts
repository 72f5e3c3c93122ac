import { loadModel } from '../../src/model/index.js';
import { parsePolicy } from '../../src/policy/index.js';
import { buildView } from '../../src/view/index.js';
import { printType } from 'graphql';
import { catalog, table } from '../model/catalogs.js';

/** Who is offered which aggregates: a cell is computed over only where one role gives it so on every row that is seen. */

const things = table(
  'public.things',
  [
    'thing_id integer NOT NULL',
    'region text NOT NULL',
    'owner text',
    'price numeric',
    'note text',
    'doc jsonb',
    'ref uuid',
    'since date',
  ],
  { primaryKey: ['thing_id'] },
);
const parts = table('public.parts', ['part_id integer NOT NULL', 'thing_id integer'], {
  primaryKey: ['part_id'],
});
const screws = table('public.screws', ['screw_id integer NOT NULL', 'part_id integer', 'cost numeric'], {
  primaryKey: ['screw_id'],
});
const sdl = `
type Part @table(source: main, schema: "public", name: "parts") @open {
  partId: ID!
  thing: Thing @relation(from: ["thing_id"], to: ["thing_id"])
}
type Screw @table(source: main, schema: "public", name: "screws") @open {
  screwId: ID!
  cost: Decimal @tradeSecret(class: pricing)
  part: Part @relation(from: ["part_id"], to: ["part_id"])
}
type Thing @table(source: main, schema: "public", name: "things") @rows(by: owner, column: "owner") {
  thingId: ID! @open
  region: String! @open(dimension: true)
  price: Decimal @tradeSecret(class: pricing, mask: { bucket: "10" })
  note: String @tradeSecret(class: pricing)
  doc: JSON @open
  ref: UUID @open
  since: Date @open
}`;
const policy = `
classes: { pricing: { title: Prices, conditions: { agreement: nda }, aggregate: { min_group: 5, entity: Thing } } }
roles:
  analyst: { rows: all, aggregate: [pricing] }
  own: { rows: { owner: $subject }, clear: [pricing] }
  partly: { rows: all, clear: [{ pricing: { owner: $subject } }], aggregate: [pricing] }
  far: { rows: { owner: $subject }, aggregate: [pricing] }
  reader: { rows: all }
  blurred: { rows: all, mask: [pricing] }
  manager: { rows: all, clear: [pricing] }
`;

const read = parsePolicy(policy, 'policy.yaml');
if ('problems' in read) throw new Error(JSON.stringify(read.problems));
const loaded = loadModel({
  sdl: [{ file: 'a.graphql', text: sdl }],
  policy: read.policy,
  catalogs: [catalog('main', [things, parts, screws])],
});
if ('problems' in loaded) throw new Error(JSON.stringify(loaded.problems));

const viewOf = (roles: readonly string[], scopes = ['read:*']) => buildView(loaded.model, roles, scopes, '1');
const fieldsOf = (name: string, roles: readonly string[], scopes?: string[]): string => {
  const type = viewOf(roles, scopes).schema!.getType(name);
  return type === undefined || !('getFields' in type) ? '' : Object.keys(type.getFields()).join(' ');
};

it.each([
  [['manager'], 'price'],
  [['analyst'], 'price'],
  [['analyst', 'blurred'], 'price'],
  [['far'], 'price'],
  [['analyst', 'far'], 'price'],
  // One role's rows and another's computing give neither.
  [['far', 'reader'], ''],
  // Some values are known, and could be subtracted.
  [['analyst', 'own'], ''],
  [['partly'], ''],
  [['own', 'reader'], ''],
  [['blurred'], ''],
  [['reader'], ''],
])('%j sums %j', (roles, numbers) => {
  expect(fieldsOf('ThingAggregateNumbers', roles)).toBe(numbers);
});

it('only sums and averages are guarded: the values are not compared, counted apart or grouped by', () => {
  expect(fieldsOf('ThingAggregateValues', ['analyst'])).toBe('thingId region since');
  expect(fieldsOf('ThingAggregateDistinct', ['analyst'])).toBe('thingId region ref since');
  expect(fieldsOf('ThingAggregateKeys', ['analyst'])).toBe('thingId region ref since');
  expect(printType(viewOf(['analyst']).schema!.getType('ThingAggregateBy')!)).toBe(
    'enum ThingAggregateBy {\n  THING_ID\n  REGION\n  REF\n  SINCE\n}',
  );
  expect(fieldsOf('ThingAggregateValues', ['manager'])).toBe('thingId region price note since');
});

it('a scope that leaves the field out leaves its sums out', () => {
  expect(fieldsOf('ThingAggregateNumbers', ['analyst'], ['read:Thing.region', 'read:Thing.price'])).toBe(
    'price',
  );
  expect(fieldsOf('ThingAggregateNumbers', ['analyst'], ['read:Thing.region'])).toBe('');
});

it('who may compute has another view than who may not', () => {
  expect(viewOf(['analyst']).id).not.toBe(viewOf(['reader']).id);
});

it('an entity two relations away is counted where the caller sees records of the type between', () => {
  const sums = (scopes: readonly string[]) => fieldsOf('ScrewAggregateNumbers', ['analyst'], [...scopes]);
  expect(sums(['read:*'])).toBe('cost');
  expect(sums(['read:Screw', 'read:Part'])).toBe('cost');
  expect(sums(['read:Screw', 'read:Thing'])).toBe('');
});
