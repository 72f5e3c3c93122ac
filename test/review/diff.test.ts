import { defaultLimits } from '../../src/limits.js';
import { loadModel, type Model } from '../../src/model/index.js';
import { parsePolicy } from '../../src/policy/index.js';
import { anyoneGains, diffExposure as diffWith } from '../../src/review/index.js';
import { catalog, table } from '../model/catalogs.js';

const diffExposure = (before: Model, after: Model) => diffWith(before, after, defaultLimits);

const crm = catalog('crm', [
  table(
    'public.customers',
    [
      ...[
        'customer_id integer NOT NULL',
        'account_id integer NOT NULL',
        'rep text',
        'area text',
        'shared_with text',
      ],
      ...['name text', 'other_name text', 'credit numeric', 'tax_id text'],
    ],
    { primaryKey: ['customer_id'] },
  ),
  table('public.accounts', ['account_id integer NOT NULL', 'owner text'], { primaryKey: ['account_id'] }),
  table(
    'public.other_customers',
    [
      'customer_id integer NOT NULL',
      'rep text',
      'name text',
      'credit numeric',
      'tax_id text',
      'account_id integer NOT NULL',
    ],
    {
      primaryKey: ['customer_id'],
    },
  ),
]);

const sdl = `
type Customer @table(source: crm, name: "customers") @rows(by: rep, column: "rep") {
  customerId: ID! @open
  accountId: Int! @open
  name: String @tradeSecret(class: relationship, mask: { partial: { keepEnd: 1 } })
  credit: Decimal @tradeSecret(class: pricing, mask: { bucket: "100" })
  taxId: String @tradeSecret(class: identity)
  account: Account @relation(from: ["account_id"], to: ["account_id"]) @open
}
type Account @table(source: crm, name: "accounts") @rows(by: rep, column: "owner") {
  accountId: ID! @open
  customers: [Customer!]! @relation(from: ["account_id"], to: ["account_id"]) @open
}
`;
const policy = `
classes:
  relationship: { title: Who they are }
  pricing: { title: What they pay, conditions: { agreement: nda, training: secrets, mfa_within: 15m }, otherwise: deny, aggregate: { min_group: 10, entity: Customer } }
  identity: { title: Tax numbers, conditions: { purpose: true }, otherwise: refuse }
roles:
  seller: { rows: all, clear: [{ relationship: { rep: $subject } }, pricing, identity], mask: [relationship] }
  outsider: { rows: { rep: $claims.reps }, mask: [relationship], deny: [pricing] }
  analyst: { rows: all, aggregate: [pricing] }
  north: { rows: { rep: [ann, bob] }, clear: [relationship] }
  auditor: { rows: none, control: [audit] }
purposes:
  audit-tax: { roles: [seller], classes: [identity] }
`;

function model(sdlText: string, policyText: string): Model {
  const read = parsePolicy(policyText, 'policy.yaml');
  if ('problems' in read) throw new Error(JSON.stringify(read.problems));
  const loaded = loadModel({
    sdl: [{ file: 'a.graphql', text: sdlText }],
    policy: read.policy,
    catalogs: [crm],
  });
  if ('problems' in loaded) throw new Error(JSON.stringify(loaded.problems));
  return loaded.model;
}

type Edit = readonly [from: string | RegExp, to: string];

function edited(text: string, edits: readonly Edit[]): string {
  return edits.reduce((before, [from, to]) => {
    const after = before.replace(from, to);
    if (after === before) throw new Error(`nothing is replaced by ${to}`);
    return after;
  }, text);
}

/** The lines of a change: `+ role coordinate: words` and `- …`. */
function changes(change: { policy?: readonly Edit[]; sdl?: readonly Edit[] }): string[] {
  const { changes: found } = diffExposure(
    model(sdl, policy),
    model(edited(sdl, change.sdl ?? []), edited(policy, change.policy ?? [])),
  );
  return found.flatMap(({ role, coordinate, gains, losses }) => [
    ...gains.map((words) => `+ ${role} ${coordinate}: ${words}`),
    ...losses.map((words) => `- ${role} ${coordinate}: ${words}`),
  ]);
}

/** The same change the other way round. */
function undone(change: { policy?: readonly Edit[]; sdl?: readonly Edit[] }) {
  const [before, after] = [
    model(sdl, policy),
    model(edited(sdl, change.sdl ?? []), edited(policy, change.policy ?? [])),
  ];
  return diffExposure(after, before);
}

test('a version is no gain over itself', () => {
  const diff = diffExposure(model(sdl, policy), model(sdl, policy));
  expect(diff).toEqual({
    roles: { added: [], removed: [] },
    types: { added: [], removed: [] },
    fields: { added: [], removed: [] },
    control: [],
    limits: [],
    changes: [],
  });
  expect(anyoneGains(diff)).toBe(false);
});

test('a relation through another table is another, and so is one whose links another type no longer limits', () => {
  const link = (table: string): Edit => [
    '  account: Account @relation',
    `  others: [Account!]! @relation(from: ["customer_id"], to: ["account_id"], through: { name: "${table}", from: ["customer_id"], to: ["account_id"] }) @open
  account: Account @relation`,
  ];
  const other: Edit = [
    'type Account @table',
    'type Other @table(source: crm, name: "other_customers") @rows(by: rep, column: "rep") @open { customerId: ID! }\ntype Account @table',
  ];
  const changed = (before: readonly Edit[], after: readonly Edit[]) =>
    diffExposure(model(edited(sdl, before), policy), model(edited(sdl, after), policy))
      .changes.filter(({ role, coordinate }) => role === 'outsider' && coordinate === 'Customer.others')
      .flatMap(({ gains }) => gains);
  expect(changed([link('customers')], [link('other_customers')])).toHaveLength(1);
  expect(changed([link('other_customers')], [link('other_customers')])).toEqual([]);
  expect(changed([link('other_customers'), other], [link('other_customers')])).toEqual([
    expect.stringContaining('through crm.public.other_customers as Other by') as string,
  ]);
});

const nobody: Edit = ['  auditor:', '  nobody: { rows: none }\n  auditor:'];

describe('what a policy gives more of', () => {
  it.each<[string, readonly Edit[], readonly string[]]>([
    [
      'a class that was denied is masked',
      [['mask: [relationship], deny: [pricing]', 'mask: [relationship, pricing]']],
      ['+ outsider Customer.credit: the mask bucket(width: 100), on rows rep = $claims.reps'],
    ],
    [
      'a hidden class is denied: its name, and no more',
      [['deny: [pricing]', 'deny: [pricing, identity]']],
      ['+ outsider Customer.taxId: its name'],
    ],
    [
      'a masked class is clear',
      [['mask: [relationship], deny', 'clear: [relationship], deny']],
      [
        '+ outsider Customer.name: the value, on rows rep = $claims.reps',
        '+ outsider Customer.name: FILTER, on rows rep = $claims.reps',
        '+ outsider Customer.name: SORT, on rows rep = $claims.reps',
        '+ outsider Customer.name: GROUP, on rows rep = $claims.reps',
        '+ outsider Customer.name: aggregates, on rows rep = $claims.reps',
        '+ outsider Customer.name: RELATE, on rows rep = $claims.reps',
      ],
    ],
    [
      'a class is clear on all rows and no more on some',
      [
        [
          '{ relationship: { rep: $subject } }, pricing, identity], mask: [relationship]',
          'relationship, pricing, identity]',
        ],
      ],
      [
        '+ seller Customer.name: rows rep = $subject → all',
        '+ seller Customer.name: FILTER',
        '+ seller Customer.name: SORT',
        '+ seller Customer.name: GROUP',
        '+ seller Customer.name: aggregates',
        '+ seller Customer.name: RELATE',
      ],
    ],
    [
      'a condition is dropped',
      [['agreement: nda, ', '']],
      [
        '+ seller Customer.credit: conditions agreement nda, training secrets, MFA within 15 min → training secrets, MFA within 15 min',
      ],
    ],
    [
      'a condition asks for another agreement',
      [['agreement: nda', 'agreement: click']],
      [
        '+ seller Customer.credit: conditions agreement nda, training secrets, MFA within 15 min → agreement click, training secrets, MFA within 15 min',
      ],
    ],
    [
      'a sign-in may be older',
      [['15m', '30m']],
      [
        '+ seller Customer.credit: conditions agreement nda, training secrets, MFA within 15 min → agreement nda, training secrets, MFA within 30 min',
      ],
    ],
    [
      'an unmet condition masks and no longer denies',
      [['otherwise: deny', 'otherwise: mask']],
      ['+ seller Customer.credit: the mask bucket(width: 100)'],
    ],
    [
      'an unmet condition denies and no longer refuses',
      [['otherwise: refuse', 'otherwise: deny']],
      ['+ seller Customer.taxId: an answer where a condition is not met'],
    ],
    [
      'another purpose may be declared',
      [['purposes:', 'purposes:\n  support: { roles: [seller], classes: [identity] }']],
      ['+ seller Customer.taxId: conditions a purpose (audit-tax) → a purpose (support or audit-tax)'],
    ],
    [
      'groups may be smaller',
      [['min_group: 10', 'min_group: 5']],
      [
        '+ analyst Customer.credit: aggregate aggregates over 10 or more of Customer → aggregates over 5 or more of Customer',
      ],
    ],
  ])('%s', (_name, edits, expected) => {
    expect(changes({ policy: edits })).toEqual(expected);
    const [there, back] = [changes({ policy: edits }), undone({ policy: edits }).changes];
    expect(new Set(back.map(({ role, coordinate }) => `${role} ${coordinate}`))).toEqual(
      new Set(there.map((line) => line.slice(2).replace(/:.*/, ''))),
    );
  });

  it('a field of another class, whose agreement may be in force where the other is not', () => {
    const both: Edit = [
      'roles:',
      '  prices: { title: More, conditions: { agreement: nda, training: secrets, mfa_within: 15m }, otherwise: deny }\nroles:',
    ];
    const seller: Edit = ['pricing, identity], mask', 'pricing, prices, identity], mask'];
    const moved: Edit = [
      'credit: Decimal @tradeSecret(class: pricing',
      'credit: Decimal @tradeSecret(class: prices',
    ];
    expect(changes({ policy: [both, seller], sdl: [moved] })).toContain(
      '+ seller Customer.credit: conditions agreement nda, training secrets, MFA within 15 min for pricing → agreement nda, training secrets, MFA within 15 min for prices',
    );
  });

  it('rows of a role, at every coordinate of every type', () => {
    const found = changes({
      policy: [['north: { rows: { rep: [ann, bob] }', 'north: { rows: { rep: [ann, bob, cy] }']],
    });
    expect(found).toContain('+ north Customer.name: rows rep = ann|bob → rep = ann|bob|cy');
    expect(found).toContain('+ north Account.accountId: rows rep = ann|bob → rep = ann|bob|cy');
    expect(found.filter((line) => !line.startsWith('+ north'))).toEqual([]);
    const fewer = changes({
      policy: [['north: { rows: { rep: [ann, bob] }', 'north: { rows: { rep: [ann] }']],
    });
    expect(fewer).toContain('- north Customer.name: rows rep = ann|bob → rep = ann');
    expect(fewer.filter((line) => line.startsWith('+'))).toEqual([]);
  });

  it('a new role, with all that it may do, and nothing for one that may do nothing', () => {
    const diff = diffExposure(model(sdl, policy), model(sdl, edited(policy, [nobody])));
    expect(diff.roles).toEqual({ added: ['nobody'], removed: [] });
    expect(anyoneGains(diff)).toBe(false);
    const found = changes({
      policy: [['  auditor:', '  newcomer: { rows: all, deny: [identity] }\n  auditor:']],
    });
    expect(found).toContain('+ newcomer Customer.taxId: its name');
    expect(found).toContain('+ newcomer Customer.accountId: the value');
  });

  it('a part of the control plane', () => {
    const diff = diffExposure(
      model(sdl, policy),
      model(sdl, edited(policy, [['control: [audit]', 'control: [tokens]']])),
    );
    expect(diff.control).toEqual([{ role: 'auditor', gains: ['tokens'], losses: ['audit'] }]);
    expect(anyoneGains(diff)).toBe(true);
  });
});

describe('what a schema gives more of', () => {
  it.each<[string, readonly Edit[], readonly string[]]>([
    [
      'a field is open that was secret',
      [['taxId: String @tradeSecret(class: identity)', 'taxId: String @open']],
      expect.arrayContaining([
        '+ outsider Customer.taxId: its name',
        '+ outsider Customer.taxId: the value, on rows rep = $claims.reps',
        '+ seller Customer.taxId: conditions a purpose (audit-tax) → nothing',
      ]),
    ],
    [
      'a mask is finer',
      [['partial: { keepEnd: 1 }', 'partial: { keepEnd: 2 }']],
      [
        '+ seller Customer.name: mask partial(keepStart: 0, keepEnd: 1) → partial(keepStart: 0, keepEnd: 2)',
        '+ outsider Customer.name: mask partial(keepStart: 0, keepEnd: 1) → partial(keepStart: 0, keepEnd: 2)',
      ],
    ],
    [
      'a mask that may be coarser, and is not plainly so',
      [['partial: { keepEnd: 1 }', 'email: { domain: true }']],
      [
        '+ seller Customer.name: mask partial(keepStart: 0, keepEnd: 1) → email(domain: true)',
        '+ outsider Customer.name: mask partial(keepStart: 0, keepEnd: 1) → email(domain: true)',
      ],
    ],
    [
      'a mask that is plainly coarser',
      [['partial: { keepEnd: 1 }', 'redact: true']],
      [
        '- seller Customer.name: mask partial(keepStart: 0, keepEnd: 1) → redact',
        '- outsider Customer.name: mask partial(keepStart: 0, keepEnd: 1) → redact',
      ],
    ],
    [
      'a field gives another column',
      [['name: String @tradeSecret', 'name: String @column(name: "other_name") @tradeSecret']],
      expect.arrayContaining([
        '+ outsider Customer.name: data crm.public.customers.name → crm.public.customers.other_name',
        '+ north Customer.name: data crm.public.customers.name → crm.public.customers.other_name',
      ]),
    ],
    [
      'a relation is by other columns',
      [
        [
          'account: Account @relation(from: ["account_id"]',
          'account: Account @relation(from: ["customer_id"]',
        ],
      ],
      expect.arrayContaining([
        '+ seller Customer.account: data crm.public.customers to crm.public.accounts by account_id = account_id → crm.public.customers to crm.public.accounts by customer_id = account_id',
      ]),
    ],
    [
      'rows are told by another column',
      [['@rows(by: rep, column: "rep")', '@rows(by: rep, column: "area")']],
      expect.arrayContaining([
        '+ outsider Customer.name: rows are told by other columns: rep: "rep" → rep: "area"',
        '+ seller Customer.name: rows are told by other columns: rep: "rep" → rep: "area"',
      ]),
    ],
    [
      'rows are shared with everybody',
      [['@rows(by: rep, column: "rep")', '@rows(shared: true)']],
      expect.arrayContaining(['+ outsider Customer.name: rows rep = $claims.reps → all']),
    ],
  ])('%s', (_name, edits, expected) => {
    expect(changes({ sdl: edits })).toEqual(expected);
  });

  it('rows no longer shared are a loss', () => {
    const { changes: back } = undone({ sdl: [['@rows(by: rep, column: "rep")', '@rows(shared: true)']] });
    expect(back.flatMap(({ gains }) => gains)).toEqual([]);
    expect(back.map(({ coordinate }) => coordinate)).toContain('Customer.name');
  });

  it('a table behind a type is another', () => {
    const found = changes({
      sdl: [['name: "customers"', 'name: "other_customers"']],
    });
    expect(found).toContain(
      '+ outsider Customer.name: data crm.public.customers.name → crm.public.other_customers.name',
    );
  });

  it('names of fields and types are told of, and count where somebody sees them', () => {
    const extended = edited(sdl, [
      ['  taxId', '  sharedWith: String @tradeSecret(class: identity)\n  taxId'],
    ]);
    const diff = diffExposure(model(sdl, policy), model(extended, policy));
    expect(diff.fields).toEqual({ added: ['Customer.sharedWith'], removed: [] });
    expect(diff.changes.map(({ role, coordinate }) => `${role} ${coordinate}`)).toEqual([
      'seller Customer.sharedWith',
    ]);
    const smaller = edited(sdl, [
      [/type Account [^}]+}/, ''],
      [/ {2}account: .*\n/, ''],
    ]);
    const without = diffExposure(model(sdl, policy), model(smaller, policy));
    expect(without.types).toEqual({ added: [], removed: ['Account'] });
    expect(without.fields).toEqual({ added: [], removed: ['Customer.account'] });
    expect(anyoneGains(without)).toBe(false);
  });
});

describe('what is no gain', () => {
  it.each<[string, { policy?: readonly Edit[]; sdl?: readonly Edit[] }]>([
    ['another order of classes and roles', { policy: [['{ title: Who they are }', '{ title: Whoever }']] }],
    [
      'a condition more',
      { policy: [['{ title: Who they are }', '{ title: Who they are, conditions: { agreement: nda } }']] },
    ],
    ['a mask in place of the value', { policy: [['clear: [relationship] }', 'mask: [relationship] }']] }],
    ['a class taken away', { policy: [[', deny: [pricing]', '']] }],
    [
      'a purpose that is for another role',
      { policy: [['purposes:', 'purposes:\n  other: { roles: [north], classes: [identity] }']] },
    ],
    ['a description', { sdl: [['  taxId', '  "Tax number."\n  taxId']] }],
  ])('%s', (_name, change) => {
    expect(changes(change).filter((line) => line.startsWith('+'))).toEqual([]);
  });
});
