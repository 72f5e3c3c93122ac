import { loadModel, type SdlFile } from '../../src/model/index.js';
import { parsePolicy, type Policy } from '../../src/policy/index.js';
import { catalog, references, table } from './catalogs.js';
import { attack } from '../attacks/attack.js';

/** Every mistake that a schema can make: its code, its file and its line, and nothing else beside it. */

const accounts = table('crm.accounts', ['account_id integer NOT NULL', 'owner text'], {
  primaryKey: ['account_id'],
});
const things = table(
  'crm.things',
  [
    'thing_id integer NOT NULL',
    'code text NOT NULL',
    'alias text',
    'tenant integer NOT NULL',
    'nr integer NOT NULL',
    'account_id integer NOT NULL',
    'other_account_id integer',
    'wide_id bigint NOT NULL',
    'a_bool boolean',
    'an_int2 smallint',
    'a_numeric numeric',
    'a_float8 double precision NOT NULL',
    'a_varchar character varying(80)',
    'a_bpchar character(2)',
    'a_date date',
    'a_timestamp timestamp without time zone',
    'a_timestamptz timestamp with time zone',
    'a_time time without time zone',
    'a_uuid uuid',
    'a_json json',
    'a_jsonb jsonb',
    'a_bytea bytea',
    'a_list jsonpath[]',
    'a_text_array text[]',
    'a_place composite crm.place: street text; odd jsonpath; inner composite crm.inner: street text',
    'b_place composite crm.place: street text; odd jsonpath; inner composite crm.inner: street text',
    'a_region composite crm.region: street text',
    'an_inet inet',
    'mood enum crm.mood: sad, so so, happy',
    'other_mood enum crm.other_mood: sad, glad',
    'twins enum crm.twins: a b, a-b',
  ],
  {
    primaryKey: ['thing_id'],
    uniqueKeys: [['code'], ['alias'], ['tenant', 'nr'], ['a_float8']],
    foreignKeys: [
      references(['account_id'], 'crm.accounts', ['account_id']),
      references(['other_account_id'], 'crm.accounts', ['account_id']),
      references(['tenant', 'nr'], 'crm.things', ['tenant', 'nr']),
      references(['wide_id', 'nr'], 'crm.things', ['thing_id', 'tenant']),
    ],
  },
);
const kinds = ['view', 'materialized', 'foreign', 'table'] as const;
const keyless = kinds.map((kind) => table(`crm.a_${kind}`, ['id integer'], { kind }));
const elsewhere = table('crm.misplaced', ['id integer NOT NULL'], { primaryKey: ['id'] });
const namesakes = ['crm.clients', 'public.accounts'].map((name) =>
  table(name, ['account_id integer NOT NULL'], { primaryKey: ['account_id'] }),
);
const orders = table(
  'public.orders',
  ['order_id bigint NOT NULL', 'thing_id integer', 'mood enum crm.mood: sad'],
  {
    primaryKey: ['order_id'],
  },
);
const catalogs = [
  catalog('crm', [accounts, things, elsewhere, ...keyless, ...namesakes]),
  catalog('sales', [orders, accounts]),
  catalog('old', [table('public.letters', ['id integer NOT NULL'], { primaryKey: ['id'] })], 'LATIN1'),
];

const policyText = `classes:
  pricing: { title: Prices }
  contact: { title: Contacts }
roles:
  partner: { rows: { account: $claims.accounts }, clear: [pricing, contact] }
  support: { rows: { rep: $subject }, mask: [contact] }
`;

function policyOf(text: string): Policy {
  const result = parsePolicy(text, 'policy.yaml');
  if ('problems' in result) throw new Error(JSON.stringify(result.problems));
  return result.policy;
}

const atAccounts = '@table(source: crm, schema: "crm", name: "accounts")';
const atThings = '@table(source: crm, schema: "crm", name: "things")';
const account = `type Account ${atAccounts} @rows(by: account, column: "account_id") @open { accountId: ID! }`;

interface Case {
  readonly policy?: string;
  readonly files?: readonly SdlFile[];
}

/** `file:line CODE` of every problem of the SDL in case.graphql. */
function mistakes(text: string, { policy = policyText, files = [] }: Case = {}): readonly string[] {
  return problemsOf(text, { policy, files }).map(({ file, line, code }) => `${file}:${line} ${code}`);
}

function problemsOf(text: string, { policy = policyText, files = [] }: Case = {}) {
  const sdl = [{ file: 'account.graphql', text: account }, { file: 'case.graphql', text }, ...files];
  const result = loadModel({ sdl, policy: policyOf(policy), catalogs });
  return 'problems' in result ? result.problems : [];
}

/** A type whose third line is the field in question. */
function withField(field: string): string {
  return `type Thing ${atThings} {\n  thingId: ID! @open\n  ${field}\n}\nenum Mood { sad SO_SO happy }`;
}

/** A type whose first line bears the directives in question. */
function withDirectives(directives: string, fields = ''): string {
  return `type Thing ${directives} @open {\n  thingId: ID!\n  account: Account @relation(from: ["account_id"], to: ["account_id"])\n  ${fields}\n}`;
}

test('what the cases start from has no mistake', () => {
  expect(mistakes(withField('code: String! @tradeSecret(class: pricing)'))).toEqual([]);
  expect(mistakes(withDirectives(atThings))).toEqual([]);
});

describe('a field that does not fit its column', () => {
  test.each<[field: string, code: string | null]>([
    ['cod: String @open', 'UNKNOWN_COLUMN'],
    ['label: String @column(name: "lable") @open', 'UNKNOWN_COLUMN'],
    ['label: String @column(name: "code") @open', null],
    ['alias: String! @open', 'NON_NULL_NOT_GUARANTEED'],
    ['alias: String! @tradeSecret(class: pricing)', 'NON_NULL_NOT_GUARANTEED'],
    ['code: [String] @open', 'TYPE_MISMATCH'],
    ['aTextArray: String @open', 'TYPE_MISMATCH'],
    ['aTextArray: [Int] @open', 'TYPE_MISMATCH'],
    ['aTextArray: [String] @open', null],
    ['aTextArray: [[String]] @open', null],
    ['aTextArray: [[[[[[[String]]]]]]] @open', 'TYPE_MISMATCH'],
    ['aTextArray: [String!] @open', 'NON_NULL_NOT_GUARANTEED'],
    ['aTextArray: [[String!]] @open', 'NON_NULL_NOT_GUARANTEED'],
    ['aTextArray: [String]! @open', 'NON_NULL_NOT_GUARANTEED'],
    ['aTextArray: [String] @open(dimension: true)', 'DIMENSION_UNFIT'],
    ['aTextArray: [String] @tradeSecret(class: pricing)', null],
    ['aTextArray: [String] @tradeSecret(class: pricing, mask: { bucket: "1" })', 'MASK_UNFIT'],
    ['code: Strin @open', 'UNKNOWN_TYPE'],
    ['code: SecretClass @open', 'UNKNOWN_TYPE'],
    ['code: __Type @open', 'UNKNOWN_TYPE'],
    ['code: Int @open', 'TYPE_MISMATCH'],
    ['code: Mood @open', 'TYPE_MISMATCH'],
    ['mood: String @open', 'TYPE_MISMATCH'],
    ['mood: Mood @open', null],
    ['aList: String @open', 'UNSUPPORTED_TYPE'],
    ['anInet: String @open', 'UNSUPPORTED_TYPE'],
    ['code: String @relation(from: ["code"], to: ["code"]) @open', 'RELATION_TO_VALUE'],
    ['code(upper: Boolean): String @open', 'FIELD_ARGUMENTS'],
    ['code: String @column @open', 'MISSING_ARGUMENT'],
  ])('%s', (field, code) => {
    expect(mistakes(withField(field))).toEqual(code === null ? [] : [`case.graphql:3 ${code}`]);
  });

  const columns = [
    'aBool',
    'anInt2',
    'nr',
    'wideId',
    'aNumeric',
    'aFloat8',
    'code',
    'aVarchar',
    'aBpchar',
    'aDate',
  ];
  columns.push('aTimestamp', 'aTimestamptz', 'aTime', 'aUuid', 'aJson', 'aJsonb', 'aBytea');
  test.each<[scalar: string, fits: readonly string[]]>([
    ['ID', ['anInt2', 'nr', 'wideId', 'code', 'aVarchar', 'aUuid']],
    ['String', ['code', 'aVarchar', 'aBpchar']],
    ['Int', ['anInt2', 'nr']],
    ['Float', ['aFloat8']],
    ['Boolean', ['aBool']],
    ['BigInt', ['anInt2', 'nr', 'wideId']],
    ['Decimal', ['wideId', 'aNumeric']],
    ['Date', ['aDate']],
    ['DateTime', ['aTimestamptz']],
    ['LocalDateTime', ['aTimestamp']],
    ['Time', ['aTime']],
    ['UUID', ['aUuid']],
    ['JSON', ['aJson', 'aJsonb']],
    ['Base64', ['aBytea']],
  ])('%s gives out exactly what it can hold', (scalar, fits) => {
    expect(columns.filter((name) => mistakes(withField(`${name}: ${scalar} @open`)).length === 0)).toEqual(
      fits,
    );
  });
});

describe('a relation through a table', () => {
  const through = (link: string, rest = '', type = '[Account!]!') =>
    withField(
      `accounts: ${type} @relation(from: ["thing_id"], to: ["account_id"], through: { ${link} }${rest}) @open`,
    );
  const pairs = 'schema: "crm", name: "things", from: ["nr"], to: ["account_id"]';

  test.each<[link: string, code: string | null]>([
    [pairs, null],
    [`${pairs}, alias: "x"`, 'UNKNOWN_ARGUMENT'],
    ['name: "things", from: ["nr"], to: ["account_id"]', 'UNKNOWN_TABLE'],
    ['schema: "crm", name: "thongs", from: ["nr"], to: ["account_id"]', 'UNKNOWN_TABLE'],
    ['schema: "crm", from: ["nr"], to: ["account_id"]', 'MISSING_ARGUMENT'],
    ['schema: "crm", name: "things", to: ["account_id"]', 'MISSING_ARGUMENT'],
    ['schema: "crm", name: "things", from: 1, to: ["account_id"]', 'INVALID_ARGUMENT'],
    ['schema: "crm", name: "things", from: ["number"], to: ["account_id"]', 'UNKNOWN_COLUMN'],
    ['schema: "crm", name: "things", from: ["nr"], to: ["account"]', 'UNKNOWN_COLUMN'],
    ['schema: "crm", name: "things", from: ["code"], to: ["account_id"]', 'JOIN_MISMATCH'],
    ['schema: "crm", name: "things", from: ["nr"], to: ["a_json"]', 'JOIN_MISMATCH'],
    ['schema: "crm", name: "things", from: ["nr", "tenant"], to: ["account_id"]', 'RELATION_PAIRS'],
    ['schema: "crm", name: "things", from: ["nr"], to: []', 'RELATION_PAIRS'],
  ])('{ %s }', (link, code) => {
    expect(mistakes(through(link))).toEqual(code === null ? [] : [`case.graphql:3 ${code}`]);
  });

  test('leads to many, within one source', () => {
    expect(mistakes(through(pairs, ', list: true'))).toEqual([]);
    expect(mistakes(through(pairs, '', 'Account'))).toEqual(['case.graphql:3 RELATION_SHAPE']);
    expect(mistakes(through(pairs, '', '[Account]'))).toEqual(['case.graphql:3 RELATION_SHAPE']);
    expect(mistakes(withField('code: String @relation(from: [], to: [], through: 3) @open'))).toEqual([
      'case.graphql:3 RELATION_TO_VALUE',
    ]);
    const order = `type Order @table(source: sales, name: "orders") @rows(by: account, column: "order_id") @open { orderId: ID! }`;
    const elsewhere = through(pairs, '', '[Order!]!').replace('"account_id"]', '"order_id"]');
    expect(mistakes(`${elsewhere}\n${order}`)).toEqual(['case.graphql:3 THROUGH_CROSS_SOURCE']);
  });
});

describe('marks', () => {
  test.each<[field: string, code: string | null]>([
    ['code: String', 'UNMARKED_FIELD'],
    ['account: Account @relation(from: ["account_id"], to: ["account_id"])', 'UNMARKED_FIELD'],
    ['code: String @open @tradeSecret(class: pricing)', 'BOTH_MARKS'],
    ['code: String @open @open', 'DUPLICATE_DIRECTIVE'],
    ['code: String @tradeSecret(class: princing)', 'UNKNOWN_CLASS'],
    ['code: String @tradeSecret(class: _)', 'UNKNOWN_CLASS'],
    ['code: String @tradeSecret(class: "pricing")', 'INVALID_ARGUMENT'],
    ['code: String @tradeSecret', 'MISSING_ARGUMENT'],
    ['code: String @opn', 'UNKNOWN_DIRECTIVE'],
    ['code: String @tradeSecret(class: pricing, mask: { bucket: "10" })', 'MASK_UNFIT'],
    ['nr: Int @tradeSecret(class: pricing, mask: { redact: true })', 'MASK_UNFIT'],
    ['code: String @tradeSecret(class: pricing, mask: { shred: true })', 'INVALID_MASK'],
    ['code: String @tradeSecret(class: pricing, mask: { redact: true, nullify: true })', 'INVALID_MASK'],
    ['code: String @tradeSecret(class: pricing, mask: "redact")', 'INVALID_MASK'],
    [
      'code: String @tradeSecret(class: pricing, mask: { partial: { keepEnd: 1, keepEnd: 2 } })',
      'DUPLICATE_ARGUMENT',
    ],
    ['code: String @tradeSecret(class: pricing, mask: { redact: true }, nulls: KEEP)', null],
    ['code: String @tradeSecret(class: pricing, mask: { redact: true }, nulls: HIDE)', null],
    ['code: String @tradeSecret(class: pricing, nulls: KEEP)', null],
    ['code: String @tradeSecret(class: pricing, nulls: SOME)', 'INVALID_MASK'],
    ['code: String @tradeSecret(class: pricing, nulls: "KEEP")', 'INVALID_ARGUMENT'],
    ['anInt2: Int @tradeSecret(class: pricing, mask: { bucket: "10" }, nulls: HIDE)', 'MASK_UNFIT'],
    ['nr: Int @tradeSecret(class: pricing, mask: { bucket: "10" }, nulls: HIDE)', null],
    ['anInt2: Int @tradeSecret(class: pricing, mask: { constant: "0" }, nulls: HIDE)', null],
    ['nr: Int @tradeSecret(class: pricing, mask: { topCode: "0.5" })', 'MASK_UNFIT'],
    ['nr: Int @tradeSecret(class: pricing, mask: { noise: "200" })', 'MASK_UNFIT'],
    ['aTextArray: [String] @tradeSecret(class: pricing, mask: { redact: true })', null],
    ['aTextArray: [String] @tradeSecret(class: pricing, mask: { bucket: "10" })', 'MASK_UNFIT'],
    ['aTextArray: [[String]] @tradeSecret(class: pricing, mask: { redact: true })', 'MASK_UNFIT'],
    ['aTextArray: [[String]] @tradeSecret(class: pricing, mask: { nullify: true })', null],
    ['aJson: JSON @tradeSecret(class: pricing, mask: { keep: ["$.a"] })', 'MASK_UNFIT'],
    ['aJson: JSON @open(dimension: true)', 'DIMENSION_UNFIT'],
    ['nr: Int! @tradeSecret(class: pricing, mask: { nullify: true })', null],
    [
      'account: Account @relation(from: ["account_id"], to: ["account_id"]) @tradeSecret(class: pricing, mask: { nullify: true })',
      'MASK_ON_RELATION',
    ],
    [
      'account: Account @relation(from: ["account_id"], to: ["account_id"]) @tradeSecret(class: pricing, nulls: KEEP)',
      'MASK_ON_RELATION',
    ],
    [
      'account: Account @relation(from: ["account_id"], to: ["account_id"]) @open(dimension: true)',
      'DIMENSION_UNFIT',
    ],
    ['code: String @deprecated @open', 'UNKNOWN_DIRECTIVE'],
    ['code: String @open @rows(shared: true)', 'MISPLACED_DIRECTIVE'],
  ])('%s', (field, code) => {
    const found = mistakes(withField(field));
    // A mark that is not known is no mark.
    const unmarked =
      code === 'UNKNOWN_DIRECTIVE' && !field.includes('@open') ? ['case.graphql:3 UNMARKED_FIELD'] : [];
    expect(found).toEqual(code === null ? [] : [`case.graphql:3 ${code}`, ...unmarked]);
  });

  test('an unmarked field is marked where the policy names a class for such', () => {
    const policy = `${policyText}unmarked: contact\n`;
    expect(mistakes(withField('code: String'), { policy })).toEqual([]);
  });

  test('a type may be marked once', () => {
    const text = withDirectives(`${atThings} @tradeSecret(class: pricing)`);
    expect(mistakes(text)).toEqual(['case.graphql:1 BOTH_MARKS']);
  });

  test("a type's mask is for its columns, and each must fit", () => {
    const mask = '@tradeSecret(class: pricing, mask: { redact: true })';
    const relation = 'account: Account @relation(from: ["account_id"], to: ["account_id"])';
    const text = `type Thing ${atThings} ${mask} {\n  thingId: ID! @open\n  code: String\n  nr: Int\n  ${relation}\n}`;
    expect(mistakes(text)).toEqual(['case.graphql:4 MASK_UNFIT']);
  });

  attack([16], 'a column is not secret in one type and open in another', () => {
    const other = `type Other ${atThings} {\n  thingId: ID! @open\n  code: String @open\n}`;
    const text = `${withField('label: String @column(name: "code") @tradeSecret(class: pricing)')}\n${other}`;
    expect(mistakes(text)).toEqual(['case.graphql:3 OPEN_AND_SECRET']);
  });
});

describe('composite types', () => {
  /** The field in question on line 3, one that gives out the type on line 4; the type begins on line 7. */
  const withPlace = (field: string, attributes = 'street: String @open', mark = '') =>
    `${withField(`${field}\n  used: Place @column(name: "b_place") @open`)}\ntype Place ${mark} {\n  ${attributes}\n}`;

  test.each<[field: string, code: string | null]>([
    ['aPlace: Place @open', null],
    ['aPlace: Place @tradeSecret(class: pricing)', null],
    ['aPlace: Place! @open', 'NON_NULL_NOT_GUARANTEED'],
    ['aPlace: [Place] @open', 'TYPE_MISMATCH'],
    ['aPlace: String @open', 'TYPE_MISMATCH'],
    ['mood: Place @open', 'TYPE_MISMATCH'],
    ['code: Place @open', 'TYPE_MISMATCH'],
    ['aPlace: Place @tradeSecret(class: pricing, mask: { constant: "(x)" })', 'MASK_UNFIT'],
    ['aPlace: Place @tradeSecret(class: pricing, mask: { redact: true })', 'MASK_UNFIT'],
    ['aPlace: Place @open(dimension: true)', 'DIMENSION_UNFIT'],
  ])('%s', (field, code) => {
    expect(mistakes(withPlace(field))).toEqual(code === null ? [] : [`case.graphql:3 ${code}`]);
  });

  const secret = 'street: String @tradeSecret(class: contact)';
  test.each<[attributes: string, mark: string, codes: readonly string[]]>([
    ['street: String', '', ['8 UNMARKED_FIELD']],
    ['street: String', '@open', []],
    [secret, '', []],
    ['streat: String @open', '', ['8 UNKNOWN_COLUMN']],
    ['street: Int @open', '', ['8 TYPE_MISMATCH']],
    ['street: String! @open', '', ['8 NON_NULL_NOT_GUARANTEED']],
    ['odd: String @open', '', ['8 UNSUPPORTED_TYPE']],
    ['inner: Place @open', '', ['8 TYPE_MISMATCH']],
    [
      'account: Account @relation(from: ["street"], to: ["account_id"]) @open',
      '',
      ['8 RELATION_IN_COMPOSITE'],
    ],
    ['street: String @open', '@rows(shared: true)', ['7 MISPLACED_DIRECTIVE']],
  ])('%s %s', (attributes, mark, codes) => {
    const text = withPlace('code: String @open', attributes, mark);
    expect(mistakes(text)).toEqual(codes.map((code) => `case.graphql:${code}`));
  });

  test('a secret within a secret, however deep: of two marks none would be known to decide', () => {
    const whole = 'aPlace: Place @tradeSecret(class: pricing)';
    expect(mistakes(withPlace(whole, secret))).toEqual(['case.graphql:3 SECRET_WITHIN_SECRET']);
    const inner = `${withPlace(whole, 'inner: Inner @open')}\ntype Inner { ${secret} }`;
    expect(mistakes(inner)).toEqual(['case.graphql:3 SECRET_WITHIN_SECRET']);
  });

  test('what is within a column is not secret by one field and open by another', () => {
    const twin = `type Other ${atThings} {\n  thingId: ID! @open\n  aPlace: Twin @open\n}`;
    const withTwin = (field: string, attributes: string, ofTwin: string) =>
      `${withField(field)}\ntype Place { ${attributes} }\n${twin}\ntype Twin { ${ofTwin} }`;
    const open = 'aPlace: Place @open';
    expect(mistakes(withTwin(open, secret, secret))).toEqual([]);
    expect(mistakes(withTwin(open, secret, 'street: String @open'))).toEqual([
      'case.graphql:3 OPEN_AND_SECRET',
    ]);
    const renamed = 'road: String @column(name: "street") @open';
    expect(mistakes(withTwin(open, secret, renamed))).toEqual(['case.graphql:3 OPEN_AND_SECRET']);
    // What is secret as a whole is so within; of the whole and its parts one line is enough.
    const whole = 'aPlace: Place @tradeSecret(class: pricing)';
    expect(mistakes(withTwin(whole, 'street: String @open', 'street: String @open'))).toEqual([
      'case.graphql:3 OPEN_AND_SECRET',
    ]);
    const inner = `${withTwin(open, `inner: Inner @open`, 'inner: InnerTwin @open')}\ntype Inner { ${secret} }\ntype InnerTwin { street: String @open }`;
    expect(mistakes(inner)).toEqual(['case.graphql:3 OPEN_AND_SECRET']);
  });

  test('one type for two composite types: the second is told', () => {
    expect(mistakes(withPlace('aRegion: Place @open'))).toEqual(['case.graphql:4 TYPE_MISMATCH']);
  });

  test('a type that no composite column uses is bound to no table', () => {
    expect(mistakes(`${withField('code: String @open')}\ntype Place { street: String @open }`)).toEqual([
      'case.graphql:6 MISSING_TABLE_DIRECTIVE',
    ]);
  });
});

describe('tables and keys', () => {
  const at = (name: string, rest = '') => `@table(source: crm, schema: "crm", name: "${name}"${rest})`;
  test.each<[what: string, directives: string, codes: readonly string[]]>([
    ['no table', '', ['MISSING_TABLE_DIRECTIVE']],
    ['an unknown source', '@table(source: crn, name: "things")', ['UNKNOWN_SOURCE']],
    ['an unknown table', at('thinks'), ['UNKNOWN_TABLE']],
    ['a table of another schema', '@table(source: crm, name: "things")', ['UNKNOWN_TABLE']],
    ['a table without a name', '@table(source: crm)', ['MISSING_ARGUMENT']],
    ['a table twice', `${atThings} ${atThings}`, ['DUPLICATE_DIRECTIVE']],
    ['a plural that is no name', at('things', ', plural: "all things"'), ['INVALID_NAME']],
    ['an unknown key column', at('things', ', key: ["thing"]'), ['UNKNOWN_COLUMN']],
    ['an empty key', at('things', ', key: []'), ['KEY_MISSING']],
    ['a key that is not unique', at('things', ', key: ["tenant"]'), ['KEY_NOT_UNIQUE']],
    ['a key that may be null', at('things', ', key: ["alias"]'), ['KEY_NULLABLE']],
    ['a key of floats', at('things', ', key: ["a_float8"]'), ['KEY_TYPE']],
    ['a key that no field exposes', at('things', ', key: ["tenant", "nr"]'), ['KEY_NOT_EXPOSED']],
    ['more than a unique key', at('things', ', key: ["thing_id", "tenant", "code"]'), []],
  ])('%s', (_, directives, codes) => {
    const fields = 'alias: String code: String! aFloat8: Float tenant: Int';
    const found = mistakes(withDirectives(directives, fields));
    expect(found).toEqual(codes.map((code) => `case.graphql:1 ${code}`));
  });

  test.each(['view', 'materialized', 'foreign'])('a %s table, of which no key is guaranteed', (kind) => {
    expect(mistakes(`type Thing ${at(`a_${kind}`, ', key: ["id"]')} @open { id: ID }`)).toEqual([
      'case.graphql:1 KEY_NOT_GUARANTEED',
    ]);
  });

  test.each(['view', 'materialized', 'foreign'])('a %s table whose key is vouched for', (kind) => {
    const type = (rest: string) => mistakes(`type Thing ${at(`a_${kind}`, rest)} @open { id: ID }`);
    expect(type(', key: ["id"], keyBecause: "one row for each thing"')).toEqual([]);
    expect(type(', keyBecause: "one row for each thing"')).toEqual(['case.graphql:1 KEY_BECAUSE']);
    expect(type(', key: ["id"], keyBecause: " "')).toEqual(['case.graphql:1 KEY_BECAUSE']);
  });

  test('a table that is none of these cannot be vouched for', () => {
    const text = withDirectives(
      at('things', ', key: ["code"], keyBecause: "one row for each thing"'),
      'code: String!',
    );
    expect(mistakes(text)).toEqual(['case.graphql:1 KEY_BECAUSE']);
  });

  test('rows are not told by a type whose key is vouched for, though a relation to one of it may be', () => {
    const viewed = `type Viewed ${at('a_view', ', key: ["id"], keyBecause: "so"')} @rows(shared: true) @open { id: ID }`;
    const thing = (rows: string) =>
      `type Thing ${atThings} ${rows} @open {\n  thingId: ID!\n  viewed: Viewed @relation(from: ["nr"], to: ["id"])\n}`;
    expect(mistakes(`${thing('')}\n${viewed}`)).toEqual([]);
    expect(mistakes(`${thing('@rows(by: rep, via: "viewed")')}\n${viewed}`)).toEqual([
      'case.graphql:1 ROWS_VIA',
    ]);
    expect(mistakes(`${thing('')}\n${viewed.replace('ID }', 'ID! }')}`)).toEqual([
      'case.graphql:5 NON_NULL_NOT_GUARANTEED',
    ]);
  });

  test('a table without a primary key', () => {
    expect(mistakes(`type Thing ${at('a_table')} @open { id: ID }`)).toEqual(['case.graphql:1 KEY_MISSING']);
    expect(mistakes(`type Thing ${at('a_table', ', key: ["id"]')} @open { id: ID }`)).toEqual([
      'case.graphql:1 KEY_NULLABLE',
      'case.graphql:1 KEY_NOT_UNIQUE',
    ]);
  });

  test('a key that is secret', () => {
    const text = `type Thing ${atThings} {\n  thingId: ID! @tradeSecret(class: pricing)\n}`;
    expect(mistakes(text)).toEqual(['case.graphql:2 KEY_SECRET']);
  });

  test('a key that is secret because its type is', () => {
    const text = `type Thing ${atThings} @tradeSecret(class: pricing) {\n  thingId: ID!\n}`;
    expect(mistakes(text)).toEqual(['case.graphql:2 KEY_SECRET']);
  });

  test('a key whose field has a mistake of its own is not missing besides', () => {
    expect(mistakes(`type Thing ${atThings} @open {\n  thingId: Boolean\n}`)).toEqual([
      'case.graphql:2 TYPE_MISMATCH',
    ]);
  });

  test('a source that is not UTF8, once', () => {
    const letter = (name: string) => `type ${name} @table(source: old, name: "letters") @open { id: ID! }`;
    expect(mistakes(`${letter('Letter')}\n${letter('Note')}`)).toEqual(['case.graphql:1 SOURCE_ENCODING']);
  });
});

describe('relations', () => {
  test.each<[field: string, codes: readonly string[]]>([
    ['account: Account @open', ['MISSING_RELATION']],
    ['account: Account @relation(from: ["account_id"]) @open', ['MISSING_ARGUMENT']],
    ['account: Account @relation(from: ["account"], to: ["account_id"]) @open', ['UNKNOWN_COLUMN']],
    ['account: Account @relation(from: ["account_id"], to: ["id"]) @open', ['UNKNOWN_COLUMN']],
    ['account: Account @relation(from: ["a"], to: ["b"]) @open', ['UNKNOWN_COLUMN', 'UNKNOWN_COLUMN']],
    ['account: Account @relation(from: ["account_id"], to: []) @open', ['RELATION_PAIRS']],
    ['account: Account @relation(from: ["code"], to: ["account_id"]) @open', ['JOIN_MISMATCH']],
    ['account: Account @relation(from: ["wide_id"], to: ["account_id"]) @open', []],
    ['account: Account @relation(from: ["code"], to: ["owner"]) @open', ['RELATION_NOT_UNIQUE']],
    ['account: Account! @relation(from: ["account_id"], to: ["account_id"]) @open', []],
    [
      'account: Account! @relation(from: ["other_account_id"], to: ["account_id"]) @open',
      ['NON_NULL_NOT_GUARANTEED'],
    ],
    ['account: Account! @relation(from: ["nr"], to: ["account_id"]) @open', ['NON_NULL_NOT_GUARANTEED']],
    ['accounts: [Account] @relation(from: ["account_id"], to: ["account_id"]) @open', ['RELATION_SHAPE']],
    ['accounts: [Account!] @relation(from: ["account_id"], to: ["account_id"]) @open', ['RELATION_SHAPE']],
    ['accounts: [Account]! @relation(from: ["account_id"], to: ["account_id"]) @open', ['RELATION_SHAPE']],
    [
      'accounts: [[Account!]!]! @relation(from: ["account_id"], to: ["account_id"]) @open',
      ['RELATION_SHAPE'],
    ],
    [
      'account: Account @relation(from: ["account_id"], to: ["account_id"], list: true) @open',
      ['RELATION_SHAPE'],
    ],
    [
      'account: Account @relation(from: ["account_id"], to: ["account_id"]) @column(name: "code") @open',
      ['COLUMN_ON_RELATION'],
    ],
    ['account: Acount @relation(from: ["account_id"], to: ["account_id"]) @open', ['UNKNOWN_TYPE']],
    ['same: [Thing!]! @relation(from: ["a_json"], to: ["a_json"]) @open', ['JOIN_MISMATCH']],
    ['same: [Thing!]! @relation(from: ["an_inet"], to: ["an_inet"]) @open', ['JOIN_MISMATCH']],
    ['same: [Thing!]! @relation(from: ["mood"], to: ["other_mood"]) @open', ['JOIN_MISMATCH']],
    ['same: [Thing!]! @relation(from: ["mood"], to: ["mood"]) @open', []],
    ['same: [Thing!]! @relation(from: ["a_varchar"], to: ["code"]) @open', []],
    ['same: [Thing!]! @relation(from: ["a_bpchar"], to: ["code"]) @open', ['JOIN_MISMATCH']],
    ['same: Thing @relation(from: ["tenant"], to: ["tenant"]) @open', ['RELATION_NOT_UNIQUE']],
    ['same: Thing @relation(from: ["nr", "tenant"], to: ["nr", "tenant"]) @open', []],
  ])('%s', (field, codes) => {
    expect(mistakes(withField(field))).toEqual(codes.map((code) => `case.graphql:3 ${code}`));
  });

  test.each<[from: string, to: string, code: string | null]>([
    ['thing_id', 'order_id', null],
    ['wide_id', 'thing_id', 'JOIN_MISMATCH'],
    ['an_int2', 'thing_id', null],
    ['a_numeric', 'thing_id', 'JOIN_MISMATCH'],
    ['mood', 'mood', 'JOIN_MISMATCH'],
  ])('across sources, %s to %s', (from, to, code) => {
    const order = `type Order @table(source: sales, name: "orders") @open { orderId: ID! }`;
    const field = `orders: [Order!]! @relation(from: ["${from}"], to: ["${to}"]) @open`;
    expect(mistakes(`${withField(field)}\n${order}`)).toEqual(
      code === null ? [] : [`case.graphql:3 ${code}`],
    );
  });

  test.each<[relation: string, codes: readonly string[]]>([
    ['same: Thing! @relation(from: ["nr", "tenant"], to: ["nr", "tenant"]) @open', []],
    [
      'same: Thing! @relation(from: ["tenant", "nr"], to: ["nr", "tenant"]) @open',
      ['NON_NULL_NOT_GUARANTEED'],
    ],
    [
      'same: Thing! @relation(from: ["tenant", "nr", "thing_id"], to: ["tenant", "nr", "thing_id"]) @open',
      ['NON_NULL_NOT_GUARANTEED'],
    ],
    ['same: Thing! @relation(from: ["wide_id"], to: ["thing_id"]) @open', ['NON_NULL_NOT_GUARANTEED']],
  ])('a foreign key of several columns guarantees all of them together: %s', (relation, codes) => {
    expect(mistakes(withField(relation))).toEqual(codes.map((code) => `case.graphql:3 ${code}`));
  });

  test.each([
    ['another table', 'source: crm, schema: "crm", name: "clients"'],
    ['a table of that name in another schema', 'source: crm, name: "accounts"'],
    ['a table of that name in another source', 'source: sales, schema: "crm", name: "accounts"'],
  ])('a foreign key guarantees nothing of %s', (_, bound) => {
    const other = `type Other @table(${bound}, plural: "others") @open { accountId: ID! }`;
    const field = 'other: Other! @relation(from: ["account_id"], to: ["account_id"]) @open';
    expect(mistakes(`${withField(field)}\n${other}`)).toEqual(['case.graphql:3 NON_NULL_NOT_GUARANTEED']);
  });
});

describe('rows', () => {
  test.each<[rows: string, codes: readonly string[]]>([
    ['@rows(by: account, column: "account_id")', []],
    ['@rows(by: account, via: "account") @rows(by: rep, shared: true)', []],
    ['@rows(by: acount, column: "account_id")', ['UNKNOWN_ROW_KEY']],
    ['@rows(by: account, column: "account")', ['UNKNOWN_COLUMN']],
    ['@rows(by: account, column: "a_jsonb")', ['ROWS_TYPE']],
    ['@rows(by: account, column: "a_float8")', ['ROWS_TYPE']],
    ['@rows(by: account, column: "an_inet")', ['ROWS_TYPE']],
    ['@rows(by: account)', ['ROWS_ONE_WAY']],
    ['@rows(by: account, via: "acount")', ['ROWS_VIA']],
    ['@rows(by: account, via: "thingId")', ['ROWS_VIA']],
    ['@rows(by: account, via: "others")', ['ROWS_VIA']],
    ['@rows(by: account, via: "order")', ['ROWS_VIA']],
    ['@rows(by: rep, via: "account")', ['ROWS_VIA']],
    ['@rows(by: account, via: "parent")', ['ROWS_CYCLE']],
    ['@rows(by: account, via: "account") @rows(by: account, column: "account_id")', ['DUPLICATE_ROWS']],
    ['@rows(by: account, via: "account") @rows(shared: true)', ['DUPLICATE_ROWS']],
    ['@rows(shared: true) @rows(shared: true)', ['DUPLICATE_ROWS']],
  ])('%s', (rows, codes) => {
    const fields = [
      'others: [Thing!]! @relation(from: ["account_id"], to: ["account_id"])',
      'parent: Thing @relation(from: ["nr"], to: ["thing_id"])',
      'order: Order @relation(from: ["thing_id"], to: ["order_id"])',
    ].join('\n');
    const order =
      'type Order @table(source: sales, name: "orders") @rows(by: account, shared: true) @open { orderId: ID! }';
    const text = `${withDirectives(`${atThings} ${rows}`, fields)}\n${order}`;
    expect(mistakes(text)).toEqual(codes.map((code) => `case.graphql:1 ${code}`));
  });

  test('rows that go round in a circle, at each type of it', () => {
    const type = (name: string, to: string) =>
      `type ${name} ${atThings} @rows(by: account, via: "next") @open { thingId: ID! next: ${to} @relation(from: ["nr"], to: ["thing_id"]) }`;
    expect(mistakes([type('One', 'Two'), type('Two', 'Three'), type('Three', 'Two')].join('\n'))).toEqual([
      'case.graphql:1 ROWS_CYCLE',
      'case.graphql:2 ROWS_CYCLE',
      'case.graphql:3 ROWS_CYCLE',
    ]);
  });
});

describe('enums', () => {
  const withEnum = (values: string, field = 'mood: Mood @open') =>
    `enum Mood {\n${values}\n}\ntype Thing ${atThings} {\n  thingId: ID! @open\n  ${field}\n}`;
  test.each<[what: string, text: string, problems: readonly string[]]>([
    ['a value without label', withEnum('sad SO_SO happy\nglad'), ['3 ENUM_MISMATCH']],
    ['a label without value', withEnum('sad happy'), ['1 ENUM_MISMATCH']],
    ['two values for one label', withEnum('sad SO_SO happy\nSAD'), ['3 ENUM_MISMATCH']],
    [
      'two labels for one value',
      withEnum('A_B', 'twins: Mood @open'),
      ['2 ENUM_MISMATCH', '1 ENUM_MISMATCH'].toSorted(),
    ],
    ['a label of its own', withEnum('GLOOMY @label(is: "sad") SO_SO happy'), []],
    ['a label that is none', withEnum('sad SO_SO happy\nglad @label(is: "glad")'), ['3 ENUM_MISMATCH']],
    ['a label without its text', withEnum('sad SO_SO happy\nglad @label'), ['3 MISSING_ARGUMENT']],
    ['a label given twice', withEnum('sad SO_SO happy\nglad @label(is: "sad")'), ['3 ENUM_MISMATCH']],
    ['a value twice', withEnum('sad SO_SO happy\nsad'), ['3 DUPLICATE_ENUM_VALUE', '3 ENUM_MISMATCH']],
    [
      'labels of another enum',
      withEnum('sad SO_SO happy', 'mood: Mood @open\n  otherMood: Mood @open'),
      ['7 ENUM_MISMATCH'],
    ],
    ['a value with a directive', withEnum('sad @deprecated\nSO_SO happy'), ['2 UNKNOWN_DIRECTIVE']],
    ['a reserved value', withEnum('sad SO_SO happy\n__glad'), ['3 RESERVED_NAME', '3 ENUM_MISMATCH']],
  ])('%s', (_, text, problems) => {
    expect(mistakes(text)).toEqual(problems.map((problem) => `case.graphql:${problem}`));
  });
});

describe('names', () => {
  const long = 'a'.repeat(64);
  const type = (name: string, rest = '') =>
    `type ${name} @table(source: crm, schema: "crm", name: "things"${rest}) @open { thingId: ID! }`;
  test.each<[what: string, text: string, codes: readonly string[]]>([
    ['a type with two underscores', type('__Thing'), ['RESERVED_NAME']],
    [
      'a field with two underscores',
      withField('__code: String @column(name: "code") @open'),
      ['RESERVED_NAME'],
    ],
    [
      'a field over 63 characters',
      withField(`${long}: String @column(name: "code") @open`),
      ['NAME_TOO_LONG'],
    ],
    ['a list over 63 characters', type('Thing', `, plural: "${long}"`), ['NAME_TOO_LONG']],
    ['PageInfo', type('PageInfo'), ['RESERVED_NAME']],
    ['SortDirection', type('SortDirection'), ['RESERVED_NAME']],
    ['a connection', type('AccountConnection'), ['RESERVED_NAME']],
    ['an edge', type('AccountEdge'), ['RESERVED_NAME']],
    ['a filter', type('AccountWhere'), ['RESERVED_NAME']],
    ['a filter of ranges', type('DateRangeFilter'), ['RESERVED_NAME']],
    ['what is at a path', type('JSONAt'), ['RESERVED_NAME']],
    [
      'an enum whose filter would be that of ranges',
      `enum IntRange { sad SO_SO happy } ${withField('mood: IntRange @open')}`,
      ['RESERVED_NAME'],
    ],
    ['an order', type('AccountOrderBy'), ['RESERVED_NAME']],
    ["a scalar's filter", type('StringFilter'), ['RESERVED_NAME']],
    ['a connection of nothing', type('TrainConnection'), []],
    ['a scalar', type('Decimal'), ['RESERVED_NAME']],
    ['an enum of the directives', type('SecretClass'), ['RESERVED_NAME']],
    ['a type twice', `${type('Thing')} ${type('Thing')}`, ['DUPLICATE_TYPE']],
    ['a type and an enum of one name', `${type('Thing')} enum Thing { a }`, ['DUPLICATE_TYPE']],
    ['a field twice', withField('code: String @open code: String @open'), ['DUPLICATE_FIELD']],
    ['a word of the filters', withField('and: String @column(name: "code") @open'), ['RESERVED_NAME']],
    ['a type that is its own plural', type('Sheep'), ['ROOT_NAME_CLASH']],
    ['the same with a list of another name', type('Sheep', ', plural: "allSheep"'), []],
    ['a type called like the list of another', type('Accounts'), ['ROOT_NAME_CLASH', 'ROOT_NAME_CLASH']],
    ['two lists of one name', type('Thing', ', plural: "accounts"'), ['ROOT_NAME_CLASH']],
  ])('%s', (_, text, codes) => {
    expect(problemsOf(text).map(({ code }) => code)).toEqual(codes);
  });
});

describe('definitions that are not served', () => {
  test.each([
    'interface Node { id: ID! }',
    'union Both = Account | Thing',
    'input Where { id: ID }',
    'scalar Money',
    'scalar Decimal',
    'directive @open on OBJECT',
    'directive @mine on OBJECT',
    'schema { query: Account }',
    'extend type Account { owner: String @open }',
    'extend enum Mood { glad }',
    'type Query { things: [Account!]! }',
    'type Mutation { go: Int }',
    'query { accounts { accountId } }',
    'fragment F on Account { accountId }',
  ])('%s', (definition) => {
    expect(mistakes(`${withDirectives(atThings)}\n${definition}`)).toEqual([
      'case.graphql:6 UNSUPPORTED_DEFINITION',
    ]);
  });

  test('a field of a refused type adds no second problem', () => {
    const text = `${withField('both: Both @open')}\nunion Both = Account | Thing`;
    expect(mistakes(text)).toEqual(['case.graphql:6 UNSUPPORTED_DEFINITION']);
  });
});

describe('what the policy says of the schema', () => {
  const text = withField('code: String! @tradeSecret(class: pricing)');
  const withTests = (tests: string) => ({ policy: `${policyText}tests:\n${tests}` });
  test('a test of a field that there is', () => {
    expect(mistakes(text, withTests('  - { as: support, cannot: read, field: Thing.code }'))).toEqual([]);
  });
  test('tests of fields that there are not', () => {
    const tests =
      '  - { as: support, cannot: read, field: Thing.cod }\n  - { as: support, cannot: read, field: Think.code }';
    expect(mistakes(text, withTests(tests))).toEqual([
      'policy.yaml:8 UNKNOWN_FIELD',
      'policy.yaml:9 UNKNOWN_FIELD',
    ]);
  });
  test.each([
    ['Thing.cod', 'Did you mean "Thing.code"?'],
    ['Account.cod', 'There is "Account.accountId".'],
    ['Thingy.code', 'Did you mean "Thing.code"?'],
  ])('a test of %s is answered with a field that there is', (field, mend) => {
    const [problem] = problemsOf(text, withTests(`  - { as: support, cannot: read, field: ${field} }`));
    expect(problem?.message).toContain(mend);
  });
  test('an aggregate over no type', () => {
    const policy = policyText.replace('Prices }', 'Prices, aggregate: { min_group: 5, entity: Acount } }');
    expect(mistakes(text, { policy })).toEqual(['policy.yaml:2 UNKNOWN_ENTITY']);
  });

  const analyst = (classText: string) =>
    policyText
      .replace('pricing: { title: Prices }', `pricing: { title: Prices${classText} }`)
      .concat('  analyst: { rows: all, aggregate: [pricing] }\n');
  const priced = (relations: string) =>
    withField('anInt2: Int @tradeSecret(class: pricing)').replace('\n}', `\n  ${relations}\n}`);
  const toAccount = (name: string, column: string) =>
    `${name}: Account @relation(from: ["${column}"], to: ["account_id"]) @open`;

  test('a class that may be aggregated and does not say over what', () => {
    expect(mistakes(priced(''), { policy: analyst('') })).toEqual(['policy.yaml:2 AGGREGATE_UNDEFINED']);
  });

  test.each<[what: string, entity: string, relations: string, found: string[]]>([
    ['the type itself is the entity', 'Thing', '', []],
    ['a relation to one leads to the entity', 'Account', toAccount('account', 'account_id'), []],
    ['nothing leads to the entity', 'Account', '', ['policy.yaml:2 AGGREGATE_NOWHERE']],
    [
      'two relations lead to two entities',
      'Account',
      `${toAccount('account', 'account_id')} ${toAccount('other', 'other_account_id')}`,
      ['policy.yaml:2 AGGREGATE_AMBIGUOUS'],
    ],
    [
      'two relations lead to the same entity',
      'Account',
      `${toAccount('account', 'account_id')} ${toAccount('again', 'account_id')}`,
      [],
    ],
  ])('a class of which %s', (_what, entity, relations, found) => {
    const policy = analyst(`, aggregate: { min_group: 5, entity: ${entity} }`);
    expect(mistakes(priced(relations), { policy })).toEqual(found);
  });

  test('names that aggregates take', () => {
    const text = `${withField('code: String @open')}\ntype ThingAggregate ${atThings} @open { thingId: ID! }`;
    expect(mistakes(text)).toEqual(expect.arrayContaining(['case.graphql:6 RESERVED_NAME']));
  });
});

test('files that do not parse are reported with file and line, and alone', () => {
  const files = [{ file: 'broken.graphql', text: '\n\ntype Broken {{ }' }];
  expect(mistakes('type Thing @table(', { files })).toEqual([
    'broken.graphql:3 SDL_SYNTAX',
    'case.graphql:1 SDL_SYNTAX',
  ]);
});

test('a schema that defines nothing', () => {
  const result = loadModel({
    sdl: [{ file: 'a.graphql', text: '' }],
    policy: policyOf(policyText),
    catalogs,
  });
  expect('problems' in result && result.problems).toMatchObject([
    { file: 'a.graphql', line: 0, code: 'NO_TYPES' },
  ]);
});

test('every mistake of every file is reported at once, in the order of files and lines', () => {
  const text = `enum Mood { sad }
type Query { x: Int }
type Thing @table(source: crm, schema: "crm", name: "things", key: ["tenant"])
  @rows(by: nobody, column: "nr")
  @rows(by: rep, via: "gone") {
  """
  Described over
  several lines.
  """
  thingId: ID!
  code: Int @tradeSecret(class: prices, mask: { bucket: "x" })
  mood: Mood @open
  account: Account! @relation(from: ["nr"], to: ["account_id"]) @open @open
}`;
  const files = [
    { file: 'more.graphql', text: 'type More @table(source: crm, name: "none") @open { a: ID }' },
  ];
  const policy = `${policyText}tests: [{ as: support, cannot: read, field: Thing.price }]\n`;
  expect(mistakes(text, { files, policy })).toEqual([
    'case.graphql:1 ENUM_MISMATCH',
    'case.graphql:2 UNSUPPORTED_DEFINITION',
    'case.graphql:3 KEY_NOT_UNIQUE',
    'case.graphql:4 UNKNOWN_ROW_KEY',
    'case.graphql:5 ROWS_VIA',
    'case.graphql:10 UNMARKED_FIELD',
    'case.graphql:11 UNKNOWN_CLASS',
    'case.graphql:11 INVALID_MASK',
    'case.graphql:11 TYPE_MISMATCH',
    'case.graphql:13 DUPLICATE_DIRECTIVE',
    'case.graphql:13 NON_NULL_NOT_GUARANTEED',
    'more.graphql:1 UNKNOWN_TABLE',
    'policy.yaml:7 UNKNOWN_FIELD',
  ]);
});
