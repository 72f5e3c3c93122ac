import { loadModel } from '../../src/model/index.js';
import { parsePolicy } from '../../src/policy/index.js';
import { catalog, table } from './catalogs.js';

const customers = table('public.customers', ['id integer NOT NULL', 'rating integer', 'rep text'], {
  primaryKey: ['id'],
});

function load(sdl: string, policyText: string, tables = [customers]) {
  const parsed = parsePolicy(policyText, 'policy.yaml');
  if ('problems' in parsed) throw new Error(JSON.stringify(parsed.problems));
  const { policy } = parsed;
  const result = loadModel({
    sdl: [{ file: 'a.graphql', text: sdl }],
    policy,
    catalogs: [catalog('crm', tables)],
  });
  if ('problems' in result) throw new Error(JSON.stringify(result.problems));
  return result;
}

/** `file:line CODE` of every warning about a schema and policy that load. */
function warnings(sdl: string, policyText: string): readonly string[] {
  return load(sdl, policyText).warnings.map(({ file, line, code }) => `${file}:${line} ${code}`);
}

const sdl = `type Customer @table(source: crm, name: "customers") @rows(by: rep, column: "rep") {
  id: ID! @open
  rating: Int @tradeSecret(class: pricing)
}
`;
const policy = `classes:
  pricing: { title: Prices, conditions: { purpose: true } }
roles:
  support: { rows: { rep: $subject }, clear: [pricing] }
purposes: { renewal: { roles: [support], classes: [pricing] } }
`;

test('a schema and a policy that use all of each other give no warning', () => {
  expect(warnings(sdl, policy)).toEqual([]);
});

test('a class that marks nothing', () => {
  const unused = policy.replace('roles:', '  contact: { title: Contacts }\nroles:');
  expect(warnings(sdl, unused)).toEqual(['policy.yaml:3 UNUSED_CLASS']);
});

test('a class that marks a type is used', () => {
  const used = policy.replace('roles:', '  contact: { title: Contacts }\nroles:');
  expect(warnings(sdl.replace(' {', ' @tradeSecret(class: contact) {'), used)).toEqual([]);
});

test('a class that asks for a purpose which no purpose covers', () => {
  expect(warnings(sdl, policy.replace(/purposes.*\n/, ''))).toEqual(['policy.yaml:2 PURPOSE_MISSING']);
});

test('a row key that no type is bound by', () => {
  const limited = policy.replace('rep: $subject', 'rep: $subject, area: "1"');
  expect(warnings(sdl, limited)).toEqual(['policy.yaml:0 UNBOUND_ROW_KEY']);
  const shared = sdl.replace('@rows(by: rep, column: "rep")', '@rows(shared: true)');
  expect(warnings(shared, limited)).toEqual([]);
});

test('an enum that no field gives out', () => {
  expect(warnings(`${sdl}enum Region { NORTH }`, policy)).toEqual(['a.graphql:5 UNUSED_ENUM']);
});

test('a mask that leaves some values as they are', () => {
  const rounded = sdl.replace('class: pricing', 'class: pricing, mask: { round: 2 }');
  expect(warnings(rounded, policy)).toEqual(['a.graphql:3 MASK_CAN_BE_IDENTITY']);
});

test('nulls that are kept where the mask would hide them', () => {
  const kept = (field: string): readonly string[] =>
    warnings(sdl.replace('  rating', `  ${field}\n  rating`), policy);
  expect(kept('rep: String @tradeSecret(class: pricing, nulls: KEEP)')).toEqual([
    'a.graphql:3 MASK_SHOWS_NULLS',
  ]);
  expect(kept('rep: String @tradeSecret(class: pricing, mask: { nullify: true }, nulls: KEEP)')).toEqual([]);
  expect(kept('rep: String @tradeSecret(class: pricing, nulls: HIDE)')).toEqual([]);
});

describe('indexes that are missing', () => {
  const related = `${sdl.replace('{\n  id', '{\n  visits: [Visit!]! @relation(from: ["id"], to: ["customer_id"]) @open\n  id')}
type Visit @table(source: crm, name: "visits", key: ["customer_id", "day"]) {
  customerId: ID! @open
  day: Date! @open
}
`;
  const with_ = (
    customerIndexes: string[][],
    visitIndexes: string[][],
    kind: 'table' | 'foreign' = 'table',
  ) =>
    load(related, policy, [
      table('public.customers', ['id integer NOT NULL', 'rating integer', 'rep text'], {
        primaryKey: ['id'],
        indexes: customerIndexes,
      }),
      table('public.visits', ['customer_id integer NOT NULL', 'day date NOT NULL', 'note text'], {
        primaryKey: ['customer_id', 'day'],
        indexes: visitIndexes,
        kind,
      }),
    ])
      .warnings.filter(({ code }) => code === 'INDEX_MISSING')
      .map(({ line, message }) => `${line} ${message}`);

  test('none where every one is there, in whatever width', () => {
    expect(with_([['id'], ['rep', 'id']], [['customer_id', 'day', 'note']])).toEqual([]);
  });

  test('one for the rows of somebody', () => {
    expect(with_([['id'], ['rating', 'rep']], [['customer_id', 'day']])).toEqual([
      '1 crm."public"."customers" has no index on ("rep"), so whoever is limited by rep reads all of it: CREATE INDEX ON "public"."customers" ("rep").',
    ]);
  });

  test('one for the records of a relation, and one for pages in the order of the key', () => {
    expect(with_([['id'], ['rep']], [['day', 'customer_id']])).toEqual([
      '2 crm."public"."visits" has no index on ("customer_id"), so Customer.visits reads all of it: CREATE INDEX ON "public"."visits" ("customer_id").',
      '7 crm."public"."visits" has no index on ("customer_id", "day"), so every page in the order of its key reads all of it: CREATE INDEX ON "public"."visits" ("customer_id", "day").',
    ]);
  });
});

test('a note for each table with columns that the schema does not name', () => {
  const wide = table(
    'public.customers',
    ['id integer NOT NULL', 'rating integer', 'rep text', 'margin numeric', 'memo text'],
    {
      primaryKey: ['id'],
    },
  );
  const { notes, warnings: warned } = load(sdl, policy, [wide]);
  expect(warned).toEqual([]);
  expect(notes).toEqual([
    {
      file: 'a.graphql',
      line: 1,
      code: 'COLUMNS_NOT_EXPOSED',
      message:
        'No field gives "margin", "memo" of crm."public"."customers"; nobody reads it until one does, with a mark.',
    },
  ]);
  expect(load(sdl, policy).notes).toEqual([]);
});
