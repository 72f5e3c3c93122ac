import { loadModel, type Model } from '../../src/model/index.js';
import { parsePolicy } from '../../src/policy/index.js';
import { defaultLimits } from '../../src/limits.js';
import { diffExposure } from '../../src/review/index.js';
import { checkPolicyTests, exposures } from '../../src/view/index.js';
import { catalog, table } from '../model/catalogs.js';

/** What is within a composite is told of like any field: in the matrix, to the policy's tests, and where two versions are compared. */

const address =
  'composite public.address: street text; city text; area text; spot composite public.spot: height numeric';
const customers = table(
  'public.customers',
  [
    ...['id integer NOT NULL', 'rep text', `home ${address}`, `work ${address}`],
    'place composite public.spot: height numeric',
  ],
  { primaryKey: ['id'] },
);
const sdl = `
type Customer @table(source: crm, name: "customers") @rows(by: rep, column: "rep") {
  id: ID! @open
  home: Address @open
  work: Address @open
  place: Spot @tradeSecret(class: place)
  twin: Customer @relation(from: ["id"], to: ["id"]) @open
}
type Address {
  street: String @tradeSecret(class: contact, mask: { partial: { keepStart: 1 } })
  city: String @open
  spot: Spot @open
}
type Spot { height: Decimal @open }
`;
const policy = `
classes:
  contact: { title: How to reach them, conditions: { agreement: nda } }
  place: { title: Where they are }
roles:
  seller: { rows: all, clear: [contact, place] }
  clerk: { rows: all, clear: [{ contact: { rep: $subject } }], mask: [contact], deny: [place] }
  blurred: { rows: all, mask: [contact, place] }
  outsider: { rows: all }
`;

function model(sdlText = sdl, policyText = policy, tests = ''): Model {
  const read = parsePolicy(`${policyText}${tests}`, 'policy.yaml');
  if ('problems' in read) throw new Error(JSON.stringify(read.problems));
  const loaded = loadModel({
    sdl: [{ file: 'a.graphql', text: sdlText }],
    policy: read.policy,
    catalogs: [catalog('crm', [customers])],
  });
  if ('problems' in loaded) throw new Error(loaded.problems.map(({ code }) => code).join(' '));
  return loaded.model;
}

const matrixOf = (role: string): string[] => {
  const whole = model();
  return exposures(whole, [whole.policy.roles.get(role)!])
    .filter(({ coordinate }) => !/\.(id|work)/.test(coordinate))
    .map(({ coordinate, secretClass, decision, usages, rows }) =>
      [coordinate, secretClass ?? 'open', decision, ...usages, rows.length > 0 ? 'limited' : '']
        .join(' ')
        .trim(),
    );
};

test.each([
  [
    'seller',
    [
      'Customer.home open CLEAR READ',
      'Customer.home.street contact CLEAR READ',
      'Customer.home.city open CLEAR READ',
      'Customer.home.spot open CLEAR READ',
      'Customer.home.spot.height open CLEAR READ',
      'Customer.place place CLEAR READ',
      'Customer.place.height place CLEAR READ',
      'Customer.twin open CLEAR READ RELATE',
    ],
  ],
  [
    'clerk',
    [
      'Customer.home open CLEAR READ',
      'Customer.home.street contact CLEAR READ limited',
      'Customer.home.street contact MASKED READ',
      'Customer.home.city open CLEAR READ',
      'Customer.home.spot open CLEAR READ',
      'Customer.home.spot.height open CLEAR READ',
      'Customer.place place DENIED',
      'Customer.place.height place DENIED',
      'Customer.twin open CLEAR READ RELATE',
    ],
  ],
  [
    'outsider',
    [
      'Customer.home open CLEAR READ',
      'Customer.home.street contact HIDDEN',
      'Customer.home.city open CLEAR READ',
      'Customer.home.spot open CLEAR READ',
      'Customer.home.spot.height open CLEAR READ',
      'Customer.place place HIDDEN',
      'Customer.place.height place HIDDEN',
      'Customer.twin open CLEAR READ RELATE',
    ],
  ],
])('the matrix of %s has a line for each attribute, and the usages of relations', (role, lines) => {
  expect(matrixOf(role)).toEqual(lines);
});

const failures = (test: string): string[] =>
  checkPolicyTests(model(sdl, policy, `tests:\n  - ${test}\n`)).map(({ message }) => message);

test.each([
  '{ as: outsider, sees: hidden, field: Customer.home.street }',
  '{ as: clerk, sees: masked, field: Customer.work.street }',
  '{ as: seller, sees: clear, field: Customer.home.spot.height }',
  '{ as: blurred, sees: masked, field: Customer.place.height }',
  '{ as: clerk, cannot: read, field: Customer.place.height }',
  '{ as: seller, cannot: filter, field: Customer.home.city }',
])('a test of an attribute holds: %s', (test) => {
  expect(failures(test)).toEqual([]);
});

test('a test of an attribute fails in words, and so does one of a relation', () => {
  expect(failures('{ as: seller, cannot: read, field: Customer.home.street }')).toEqual([
    'seller is not to read Customer.home.street; the policy gives it CLEAR, with READ.',
  ]);
  expect(failures('{ as: seller, cannot: relate, field: Customer.twin }')).toEqual([
    'seller is not to relate Customer.twin; the policy gives it CLEAR, with READ, RELATE.',
  ]);
  expect(() => failures('{ as: seller, sees: clear, field: Customer.home.streat }')).toThrow('UNKNOWN_FIELD');
});

/** `+ role coordinate: words` of what a change of the schema gives and takes. */
function changes(from: string, to: string): string[] {
  if (!sdl.includes(from)) throw new Error(`nothing is replaced by ${to}`);
  return diffExposure(model(), model(sdl.replace(from, to)), defaultLimits).changes.flatMap(
    ({ role, coordinate, gains, losses }) => [
      ...gains.map((words) => `+ ${role} ${coordinate}: ${words}`),
      ...losses.map((words) => `- ${role} ${coordinate}: ${words}`),
    ],
  );
}

describe('a change within a composite', () => {
  test('an attribute that is opened is a gain wherever the composite is', () => {
    const found = changes('@tradeSecret(class: contact, mask: { partial: { keepStart: 1 } })', '@open');
    expect(found).toEqual(
      expect.arrayContaining([
        '+ outsider Customer.home.street: its name',
        '+ outsider Customer.home.street: the value',
        '+ outsider Customer.work.street: the value',
      ]),
    );
  });

  test('another mask of an attribute, and another attribute behind it', () => {
    expect(changes('keepStart: 1', 'keepStart: 2')).toContain(
      '+ blurred Customer.home.street: mask partial(keepStart: 1, keepEnd: 0) → partial(keepStart: 2, keepEnd: 0)',
    );
    expect(changes('city: String @open', 'city: String @column(name: "area") @open')).toContain(
      '+ outsider Customer.home.city: data crm.public.customers.home.city → crm.public.customers.home.area',
    );
  });

  test('a whole that becomes a secret takes what is within it', () => {
    const [before, after] = [
      model(sdl.replace('place: Spot @tradeSecret(class: place)', 'place: Spot @open')),
      model(),
    ];
    const lost = diffExposure(before, after, defaultLimits).changes.map(
      ({ role, coordinate, gains }) => `${role} ${coordinate} ${gains.length}`,
    );
    expect(lost).toEqual(
      expect.arrayContaining(['outsider Customer.place 0', 'outsider Customer.place.height 0']),
    );
  });
});
