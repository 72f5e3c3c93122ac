import { loadModel } from '../../src/model/index.js';
import { parsePolicy } from '../../src/policy/index.js';
import { catalog, table } from './catalogs.js';

/** What may be stored encrypted, and every way in which a schema can have it wrong. */

const catalogs = [
  catalog('crm', [
    table(
      'crm.things',
      [
        'thing_id integer NOT NULL',
        'owner text',
        'code text',
        'sealed bytea',
        'sealed_always bytea NOT NULL',
        'sealed_key bytea NOT NULL',
      ],
      { primaryKey: ['thing_id'], uniqueKeys: [['sealed_key'], ['sealed']] },
    ),
  ]),
];
const loadedPolicy = parsePolicy(
  'classes: { identity: { title: Who it is } }\nroles: { partner: { rows: { owner: $subject }, clear: [identity] } }\n',
  'policy.yaml',
);
if ('problems' in loadedPolicy) throw new Error(JSON.stringify(loadedPolicy.problems));
const { policy } = loadedPolicy;

function load(field: string, { on = '', encryptionKeys = ['tax-id', 'margin'] } = {}) {
  const text = `type Thing @table(source: crm, schema: "crm", name: "things"${on} {\n  thingId: ID! @open\n  ${field}\n}`;
  return loadModel({ sdl: [{ file: 'thing.graphql', text }], policy, catalogs, encryptionKeys });
}

function problems(...input: Parameters<typeof load>): readonly string[] {
  const result = load(...input);
  return 'problems' in result ? result.problems.map(({ file, line, code }) => `${file}:${line} ${code}`) : [];
}

const plain = ') @rows(by: owner, column: "owner")';
const secret = '@tradeSecret(class: identity)';

test.each<[scalar: string, kind: string, mask: string]>([
  ['String', 'text', 'redact'],
  ['Int', 'int4', 'nullify'],
  ['BigInt', 'int8', 'nullify'],
  ['Decimal', 'numeric', 'nullify'],
  ['Date', 'date', 'nullify'],
])('%s is stored encrypted, and masked as such a value is', (scalar, kind, mask) => {
  const result = load(`sealed: ${scalar} ${secret} @encrypted(key: "margin")`, { on: plain });
  if ('problems' in result) throw new Error(JSON.stringify(result.problems));
  expect(result.warnings).toEqual([]);
  expect(result.model.types.get('Thing')?.fields.get('sealed')).toMatchObject({
    encryption: { key: 'margin', plainType: { kind } },
    column: { name: 'sealed', type: { kind: 'bytea' } },
    mark: { mask: { name: mask } },
  });
});

test.each<[field: string, code: string | null]>([
  [`sealed: String ${secret} @encrypted(key: "tax-id")`, null],
  [`a: String @column(name: "sealed") ${secret} @encrypted(key: "tax-id")`, null],
  [`sealedAlways: String! ${secret} @encrypted(key: "tax-id")`, null],
  [`sealed: String! ${secret} @encrypted(key: "tax-id")`, 'NON_NULL_NOT_GUARANTEED'],
  [`sealed: String ${secret} @encrypted(key: "taxid")`, 'UNKNOWN_ENCRYPTION_KEY'],
  [`sealed: String ${secret} @encrypted`, 'MISSING_ARGUMENT'],
  [`sealed: String ${secret} @encrypted(key: tax)`, 'INVALID_ARGUMENT'],
  [`sealed: Float ${secret} @encrypted(key: "tax-id")`, 'TYPE_MISMATCH'],
  [`sealed: Base64 ${secret} @encrypted(key: "tax-id")`, 'TYPE_MISMATCH'],
  [`sealed: [String] ${secret} @encrypted(key: "tax-id")`, 'TYPE_MISMATCH'],
  [`code: String ${secret} @encrypted(key: "tax-id")`, 'ENCRYPTED_TYPE'],
  [`sealed: String @open @encrypted(key: "tax-id")`, 'ENCRYPTED_OPEN'],
  [`sealed: String @open(dimension: true) @encrypted(key: "tax-id")`, 'ENCRYPTED_OPEN'],
  [`sealed: String @encrypted(key: "tax-id")`, 'UNMARKED_FIELD'],
])('%s', (field, code) => {
  expect(problems(field, { on: plain })).toEqual(code === null ? [] : [`thing.graphql:3 ${code}`]);
});

test.each<[mask: string, scalar: string, code: string | null]>([
  ['{ redact: true }', 'String', null],
  ['{ constant: "on file" }', 'String', null],
  ['{ constant: "0" }', 'Int', null],
  ['{ nullify: true }', 'Date', null],
  ['{ constant: "none" }', 'Int', 'MASK_UNFIT'],
  ['{ redact: true }', 'Int', 'MASK_UNFIT'],
  ['{ partial: { keepEnd: 2 } }', 'String', 'ENCRYPTED_MASK'],
  ['{ email: true }', 'String', 'ENCRYPTED_MASK'],
  ['{ pseudonym: true }', 'String', 'ENCRYPTED_MASK'],
  ['{ bucket: "10" }', 'Decimal', 'ENCRYPTED_MASK'],
  ['{ round: 2 }', 'Int', 'ENCRYPTED_MASK'],
  ['{ dateTrunc: YEAR }', 'Date', 'ENCRYPTED_MASK'],
])('masked with %s, %s', (mask, scalar, code) => {
  const field = `sealed: ${scalar} @tradeSecret(class: identity, mask: ${mask}) @encrypted(key: "tax-id")`;
  expect(problems(field, { on: plain })).toEqual(code === null ? [] : [`thing.graphql:3 ${code}`]);
});

describe('a column that is stored encrypted', () => {
  const sealed = `sealed: String ${secret} @encrypted(key: "tax-id")`;

  test('is no key', () => {
    const field = `sealedKey: String! ${secret} @encrypted(key: "tax-id")`;
    expect(problems(field, { on: `, key: ["sealed_key"]${plain}` })).toEqual(['thing.graphql:3 KEY_SECRET']);
  });

  test('says of no row whose it is', () => {
    expect(problems(sealed, { on: ') @rows(by: owner, column: "sealed")' })).toEqual([
      'thing.graphql:1 ROWS_TYPE',
    ]);
  });

  test('is not joined by, from either side', () => {
    const same = 'same: Thing @relation(from: ["sealed"], to: ["sealed"]) @open';
    const from = 'from: [Thing!]! @relation(from: ["sealed"], to: ["sealed_key"]) @open';
    const to = 'to: [Thing!]! @relation(from: ["sealed_key"], to: ["sealed"]) @open';
    expect(problems(`${sealed}\n${same}\n${from}\n${to}`, { on: plain })).toEqual([
      'thing.graphql:4 ENCRYPTED_JOIN',
      'thing.graphql:5 ENCRYPTED_JOIN',
      'thing.graphql:6 ENCRYPTED_JOIN',
    ]);
  });

  test('is given by one field, for its values are bound to that', () => {
    const other = `other: String @column(name: "sealed") ${secret} @encrypted(key: "tax-id")`;
    const raw = `raw: Base64 @column(name: "sealed") ${secret}`;
    expect(problems(`${raw}\n${sealed}\n${other}`, { on: plain })).toEqual([
      'thing.graphql:3 ENCRYPTED_TWICE',
      'thing.graphql:5 ENCRYPTED_TWICE',
    ]);
  });

  test('is no relation', () => {
    const same =
      'same: Thing @relation(from: ["thing_id"], to: ["thing_id"]) @open @encrypted(key: "tax-id")';
    expect(problems(same, { on: plain })).toEqual(['thing.graphql:3 ENCRYPTED_RELATION']);
  });

  test('needs a key, and is told where keys are named', () => {
    const result = load(sealed, { on: plain, encryptionKeys: [] });
    expect('problems' in result && result.problems.map(({ message }) => message)).toEqual([
      'Thing.sealed: the configuration has no encryption key "tax-id". Add it to cordon.yaml: encryption: { tax-id: { current: { env: … } } }',
    ]);
  });
});
