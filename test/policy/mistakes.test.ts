import { parsePolicy } from '../../src/policy/index.js';

/** `line CODE` of every problem of a policy. */
function mistakes(text: string): readonly string[] {
  const result = parsePolicy(text, 'policy.yaml');
  if (!('problems' in result)) return [];
  expect(result.problems.every(({ file }) => file === 'policy.yaml')).toBe(true);
  return result.problems.map(({ line, code }) => `${line} ${code}`);
}

function messages(text: string): string {
  const result = parsePolicy(text, 'policy.yaml');
  return 'problems' in result ? result.problems.map(({ message }) => message).join('\n') : '';
}

/** A policy that has nothing wrong, but for what stands in the place of one of its lines. */
function policy(replacements: Readonly<Record<number, string>> = {}): string {
  const lines = [
    'classes:',
    '  pricing: { title: Prices }',
    '  contact: { title: Contacts }',
    'roles:',
    '  support: { rows: all, clear: [pricing] }',
    '  auditor: { control: [audit] }',
    'purposes:',
    '  renewal: { roles: [support], classes: [pricing] }',
    'tests:',
    '  - { as: support, sees: clear, field: Customer.price }',
    'unmarked: contact',
  ];
  return lines.map((line, i) => replacements[i + 1] ?? line).join('\n');
}

test('a policy without mistakes has none', () => {
  expect(mistakes(policy())).toEqual([]);
});

describe('mistakes of form', () => {
  test.each<[what: string, text: string, problems: readonly string[]]>([
    ['an empty file', '', ['1 INVALID_VALUE']],
    ['a list', '- classes', ['1 INVALID_VALUE']],
    [
      'a tab as indentation',
      policy({ 2: '\tpricing: { title: Prices }' }),
      ['2 YAML_SYNTAX', '3 YAML_SYNTAX'],
    ],
    [
      'an unclosed bracket',
      policy({ 5: '  support: { rows: all, clear: [pricing }' }),
      ['5 YAML_SYNTAX', '6 YAML_SYNTAX'],
    ],
    ['a second document', `${policy()}\n---\nroles: {}`, ['12 YAML_SYNTAX']],
    ['an unknown tag', policy({ 11: 'unmarked: !class contact' }), ['11 YAML_SYNTAX']],
    [
      'a key twice',
      policy({ 3: '  contact: { title: Contacts }\n  pricing: { title: Others }' }),
      ['4 DUPLICATE_KEY'],
    ],
    ['a section twice', `${policy()}\nunmarked: pricing`, ['12 DUPLICATE_KEY']],
    [
      'a key that is no name',
      policy({ 8: '  7: { roles: [support], classes: [pricing] }' }),
      ['8 INVALID_NAME'],
    ],
    ['a key from the prototype', policy({ 3: '  __proto__: { title: Contacts }' }), ['3 INVALID_NAME']],
    ['an alias to nothing', policy({ 3: '  contact: *nothing' }), ['3 YAML_SYNTAX']],
    ['an unknown section', policy({ 11: 'unmarkd: contact' }), ['11 UNKNOWN_KEY']],
    ['no roles', 'classes: {}', ['1 MISSING_KEY']],
    [
      'roles that are a list',
      policy({ 4: 'roles: [support]', 5: '', 6: '' }),
      ['4 INVALID_VALUE', '8 UNKNOWN_ROLE', '10 UNKNOWN_ROLE'],
    ],
    ['tests that are a map', policy({ 10: '  first: 1' }), ['9 INVALID_VALUE']],
  ])('%s', (_, text, problems) => {
    expect(mistakes(text)).toEqual(problems);
  });
});

describe('mistakes about classes', () => {
  test.each<[what: string, written: string, problems: readonly string[]]>([
    ['no title', '{ otherwise: mask }', ['2 MISSING_KEY']],
    ['an empty title', '{ title: "" }', ['2 INVALID_VALUE']],
    ['nothing at all', '', ['2 INVALID_VALUE']],
    ['an unknown key', '{ title: Prices, conditons: {} }', ['2 UNKNOWN_KEY']],
    ['two unknown keys', '{ title: Prices, a: 1, b: 2 }', ['2 UNKNOWN_KEY', '2 UNKNOWN_KEY']],
    ['an unknown condition', '{ title: Prices, conditions: { mfa: 15m } }', ['2 UNKNOWN_KEY']],
    ['a time without unit', '{ title: Prices, conditions: { mfa_within: 15 } }', ['2 INVALID_VALUE']],
    ['a time of nothing', '{ title: Prices, conditions: { mfa_within: 0m } }', ['2 INVALID_VALUE']],
    ['a purpose that is a text', '{ title: Prices, conditions: { purpose: renewal } }', ['2 INVALID_VALUE']],
    ['an unknown otherwise', '{ title: Prices, otherwise: hide }', ['2 INVALID_VALUE']],
    ['a group of one', '{ title: Prices, aggregate: { min_group: 1, entity: A } }', ['2 INVALID_VALUE']],
    ['a group without entity', '{ title: Prices, aggregate: { min_group: 5 } }', ['2 MISSING_KEY']],
  ])('%s', (_, written, problems) => {
    expect(mistakes(policy({ 2: `  pricing: ${written}` }))).toEqual(problems);
  });

  test.each(['in-house', '1st', 'true', 'null', '__secret', '""'])('a class called %s', (name) => {
    const roles = `  support: { rows: all, clear: [${JSON.stringify(name.replaceAll('"', ''))}] }`;
    const text = policy({
      2: `  ${JSON.stringify(name.replaceAll('"', ''))}: { title: Prices }`,
      5: roles,
      7: '',
      8: '',
    });
    expect(mistakes(text)[0]).toBe('2 INVALID_NAME');
  });
});

describe('mistakes about roles', () => {
  test.each<[what: string, written: string, problems: readonly string[]]>([
    ['no rows', '{ clear: [pricing] }', ['5 MISSING_KEY']],
    ['neither rows nor control', '{}', ['5 MISSING_KEY']],
    ['control beside classes without rows', '{ control: [audit], mask: [pricing] }', ['5 MISSING_KEY']],
    ['unknown rows', '{ rows: some }', ['5 INVALID_VALUE']],
    ['rows that match everything', '{ rows: {} }', ['5 INVALID_VALUE']],
    ['a row key that is no name', '{ rows: { "the account": $subject } }', ['5 INVALID_NAME']],
    ['a number, which would lose its zeros', '{ rows: { account: 007 } }', ['5 INVALID_ROW_VALUE']],
    ['an unknown symbol', '{ rows: { account: $user } }', ['5 INVALID_ROW_VALUE']],
    ['a claim without name', '{ rows: { account: $claims. } }', ['5 INVALID_ROW_VALUE']],
    ['a symbol in a list', '{ rows: { account: [a, $subject] } }', ['5 INVALID_ROW_VALUE']],
    ['an empty list', '{ rows: { account: [] } }', ['5 INVALID_ROW_VALUE']],
    ['a NUL, which no text of the database has', '{ rows: { account: "a\\0" } }', ['5 INVALID_ROW_VALUE']],
    ['a nested map', '{ rows: { account: { in: [a] } } }', ['5 INVALID_ROW_VALUE']],
    [
      'two bad row values at once',
      '{ rows: { a: 1, b: $c } }',
      ['5 INVALID_ROW_VALUE', '5 INVALID_ROW_VALUE'],
    ],
    ['an unknown key', '{ rows: all, clears: [pricing] }', ['5 UNKNOWN_KEY']],
    ['an unknown class in clear', '{ rows: all, clear: [pricin] }', ['5 UNKNOWN_CLASS']],
    ['an unknown class in a limit', '{ rows: all, clear: [{ pricin: { a: b } }] }', ['5 UNKNOWN_CLASS']],
    ['an unknown class in mask', '{ rows: all, mask: [pricin] }', ['5 UNKNOWN_CLASS']],
    ['an unknown class in deny', '{ rows: all, deny: [pricin] }', ['5 UNKNOWN_CLASS']],
    ['an unknown class in aggregate', '{ rows: all, aggregate: [pricin] }', ['5 UNKNOWN_CLASS']],
    ['a class clear and masked', '{ rows: all, clear: [pricing], mask: [pricing] }', ['5 CONTRADICTION']],
    ['a class clear and denied', '{ rows: all, clear: [pricing], deny: [pricing] }', ['5 CONTRADICTION']],
    [
      'a class clear and aggregated',
      '{ rows: all, clear: [pricing], aggregate: [pricing] }',
      ['5 CONTRADICTION'],
    ],
    ['a class masked and denied', '{ rows: all, mask: [pricing], deny: [pricing] }', ['5 CONTRADICTION']],
    [
      'a class denied and aggregated',
      '{ rows: all, deny: [pricing], aggregate: [pricing] }',
      ['5 CONTRADICTION'],
    ],
    ['a class twice in a list', '{ rows: all, mask: [pricing, pricing] }', ['5 DUPLICATE_CLASS']],
    ['a class clear twice', '{ rows: all, clear: [pricing, { pricing: { a: b } }] }', ['5 DUPLICATE_CLASS']],
    ['a limit without rows', '{ rows: all, clear: [{ pricing: all }] }', ['5 INVALID_VALUE']],
    ['a limit that matches everything', '{ rows: all, clear: [{ pricing: {} }] }', ['5 INVALID_VALUE']],
    ['a class that is a number', '{ rows: all, clear: [1] }', ['5 INVALID_VALUE']],
    ['a list that is a text', '{ rows: all, mask: pricing }', ['5 INVALID_VALUE']],
    ['an unknown control', '{ rows: all, control: [everything] }', ['5 INVALID_VALUE']],
  ])('%s', (_, written, problems) => {
    expect(mistakes(policy({ 5: `  support: ${written}` }))).toEqual(problems);
  });

  test('a class that is clear on some rows and masked elsewhere is no contradiction', () => {
    expect(
      mistakes(policy({ 5: '  support: { rows: all, clear: [{ pricing: { a: b } }], mask: [pricing] }' })),
    ).toEqual([]);
  });

  test('a problem stands on the line of its list item', () => {
    const role = ['  support:', '    rows: all', '    clear:', '      - contact', '      - pricin'].join(
      '\n',
    );
    expect(mistakes(policy({ 5: role }))).toEqual(['9 UNKNOWN_CLASS']);
  });
});

describe('mistakes about purposes, tests and the unmarked', () => {
  test.each<[what: string, replaced: Readonly<Record<number, string>>, problems: readonly string[]]>([
    [
      'a purpose for an unknown role',
      { 8: '  renewal: { roles: [suport], classes: [pricing] }' },
      ['8 UNKNOWN_ROLE'],
    ],
    [
      'a purpose for an unknown class',
      { 8: '  renewal: { roles: [support], classes: [prices] }' },
      ['8 UNKNOWN_CLASS'],
    ],
    ['a purpose without classes', { 8: '  renewal: { roles: [support] }' }, ['8 MISSING_KEY']],
    ['a purpose for nobody', { 8: '  renewal: { roles: [], classes: [pricing] }' }, ['8 INVALID_VALUE']],
    ['a purpose with a space', { 8: '  a b: { roles: [support], classes: [pricing] }' }, ['8 INVALID_NAME']],
    ['a test as nobody', { 10: '  - { sees: clear, field: A.b }' }, ['10 MISSING_KEY']],
    [
      'a test as an unknown role',
      { 10: '  - { as: [support, clerk], sees: clear, field: A.b }' },
      ['10 UNKNOWN_ROLE'],
    ],
    ['a test that expects nothing', { 10: '  - { as: support, field: A.b }' }, ['10 INVALID_VALUE']],
    [
      'a test that expects two things',
      { 10: '  - { as: support, sees: clear, cannot: read, field: A.b }' },
      ['10 INVALID_VALUE'],
    ],
    [
      'a test of an unknown usage',
      { 10: '  - { as: support, cannot: look, field: A.b }' },
      ['10 INVALID_VALUE'],
    ],
    [
      'a test of an unknown decision',
      { 10: '  - { as: support, sees: some, field: A.b }' },
      ['10 INVALID_VALUE'],
    ],
    [
      'a test of a field without type',
      { 10: '  - { as: support, sees: clear, field: price }' },
      ['10 INVALID_VALUE'],
    ],
    ['an unknown class for the unmarked', { 11: 'unmarked: contacts' }, ['11 UNKNOWN_CLASS']],
    ['a list of classes for the unmarked', { 11: 'unmarked: [contact]' }, ['11 INVALID_VALUE']],
  ])('%s', (_, replaced, problems) => {
    expect(mistakes(policy(replaced))).toEqual(problems);
  });
});

test('every mistake of a file is reported at once, in the order of its lines', () => {
  const text = policy({
    2: '  pricing: { titel: Prices }',
    5: '  support: { rows: { account: 7 }, clear: [prices], mask: [contact, contact] }',
    8: '  renewal: { roles: [clerk], classes: [pricing] }',
    10: '  - { as: clerk, sees: nothing, field: Customer }',
    11: 'unmarked: nothing',
  });
  expect(mistakes(text)).toEqual([
    '2 MISSING_KEY',
    '2 UNKNOWN_KEY',
    '5 INVALID_ROW_VALUE',
    '5 DUPLICATE_CLASS',
    '5 UNKNOWN_CLASS',
    '8 UNKNOWN_ROLE',
    '10 INVALID_VALUE',
    '10 INVALID_VALUE',
    '11 UNKNOWN_CLASS',
  ]);
});

test('a key that repeats does not hide what else is wrong', () => {
  const text = policy({ 11: 'unmarked: contact\nunmarked: pricing', 8: '  renewal: { roles: [support] }' });
  expect(mistakes(text)).toEqual(['8 MISSING_KEY', '12 DUPLICATE_KEY']);
});

test.each([
  ['an unknown key names the near one', { 2: '  pricing: { titel: Prices }' }, 'Did you mean "title"?'],
  [
    'an unknown class names the near one',
    { 5: '  support: { rows: all, clear: [Princing] }' },
    'Did you mean "pricing"?',
  ],
  [
    'a name far from any is answered with what there is',
    { 11: 'unmarked: zzzzzz' },
    'There is "pricing", "contact".',
  ],
  [
    'a contradiction says how to limit',
    { 5: '  support: { rows: all, clear: [pricing], mask: [pricing] }' },
    '{ pricing: { key: value } }',
  ],
  [
    'a wrong word names the right ones',
    { 2: '  pricing: { title: P, otherwise: hide }' },
    '"classes.pricing.otherwise" is not understood: write mask, deny or refuse.',
  ],
  [
    'a missing key says what to write',
    { 2: '  pricing: {}' },
    '"classes.pricing.title" is missing: say in one line what is secret.',
  ],
])('%s', (_, replaced, mend) => {
  expect(messages(policy(replaced))).toContain(mend);
});
