import { grantFor, parsePolicy, type Policy } from '../../src/policy/index.js';
import { sha256 } from '../../src/base/index.js';

const wholePolicy = `classes:
  pricing:
    title: Negotiated prices, discounts and credit limits
    conditions: { agreement: nda, training: trade-secrets, purpose: true, mfa_within: 15m }
    otherwise: refuse
    aggregate: { min_group: 10, entity: Customer }
  contact: { title: Who to talk to, masked_use: true }
  relationship: { title: Who our customers are, conditions: { mfa_within: 8h }, otherwise: deny }
roles:
  account_manager: { rows: all, clear: [pricing, contact, relationship] }
  support: { rows: all, clear: [{ contact: { rep: $subject } }], mask: [contact, relationship], deny: [pricing] }
  partner: { rows: { account: $claims.accounts, region: [north, "7"] }, clear: [relationship, { pricing: { tier: gold } }] }
  analyst: { rows: all, aggregate: [pricing], mask: [relationship] }
  auditor: { control: [audit] }
purposes: { renewal: { roles: [account_manager], classes: [pricing] } }
unmarked: relationship
tests:
  - { as: partner, cannot: read, field: Customer.creditLimit }
  - { as: [support, analyst], sees: masked, field: Customer.phone }
`;

function parsed(text: string): Policy {
  const result = parsePolicy(text, 'policy.yaml');
  if ('problems' in result) throw new Error(JSON.stringify(result.problems, null, 1));
  return result.policy;
}

test('a policy is read as LANGUAGE describes it', () => {
  const policy = parsed(wholePolicy);
  expect(policy).toEqual({
    classes: new Map([
      [
        'pricing',
        {
          name: 'pricing',
          title: 'Negotiated prices, discounts and credit limits',
          conditions: {
            agreement: 'nda',
            training: 'trade-secrets',
            purpose: true,
            mfaWithinSeconds: 900,
          },
          otherwise: 'refuse',
          maskedUse: false,
          aggregate: { minGroup: 10, entity: 'Customer' },
          line: 2,
        },
      ],
      [
        'contact',
        {
          name: 'contact',
          title: 'Who to talk to',
          conditions: { agreement: null, training: null, purpose: false, mfaWithinSeconds: null },
          otherwise: 'mask',
          maskedUse: true,
          aggregate: null,
          line: 7,
        },
      ],
      [
        'relationship',
        {
          name: 'relationship',
          title: 'Who our customers are',
          conditions: { agreement: null, training: null, purpose: false, mfaWithinSeconds: 28800 },
          otherwise: 'deny',
          maskedUse: false,
          aggregate: null,
          line: 8,
        },
      ],
    ]),
    roles: new Map([
      [
        'account_manager',
        {
          name: 'account_manager',
          rows: { kind: 'all' },
          classes: new Map([
            ['pricing', { clear: { kind: 'all' }, otherwise: 'HIDDEN' }],
            ['contact', { clear: { kind: 'all' }, otherwise: 'HIDDEN' }],
            ['relationship', { clear: { kind: 'all' }, otherwise: 'HIDDEN' }],
          ]),
          control: [],
        },
      ],
      [
        'support',
        {
          name: 'support',
          rows: { kind: 'all' },
          classes: new Map([
            [
              'contact',
              {
                clear: { kind: 'limited', match: [{ by: 'rep', value: { kind: 'subject' } }] },
                otherwise: 'MASKED',
              },
            ],
            ['relationship', { clear: { kind: 'none' }, otherwise: 'MASKED' }],
            ['pricing', { clear: { kind: 'none' }, otherwise: 'DENIED' }],
          ]),
          control: [],
        },
      ],
      [
        'partner',
        {
          name: 'partner',
          rows: {
            kind: 'limited',
            match: [
              { by: 'account', value: { kind: 'claim', name: 'accounts' } },
              { by: 'region', value: { kind: 'literal', values: ['north', '7'] } },
            ],
          },
          classes: new Map([
            ['relationship', { clear: { kind: 'all' }, otherwise: 'HIDDEN' }],
            [
              'pricing',
              {
                clear: {
                  kind: 'limited',
                  match: [{ by: 'tier', value: { kind: 'literal', values: ['gold'] } }],
                },
                otherwise: 'HIDDEN',
              },
            ],
          ]),
          control: [],
        },
      ],
      [
        'analyst',
        {
          name: 'analyst',
          rows: { kind: 'all' },
          classes: new Map([
            ['relationship', { clear: { kind: 'none' }, otherwise: 'MASKED' }],
            ['pricing', { clear: { kind: 'none' }, otherwise: 'AGGREGATE' }],
          ]),
          control: [],
        },
      ],
      ['auditor', { name: 'auditor', rows: { kind: 'none' }, classes: new Map(), control: ['audit'] }],
    ]),
    purposes: new Map([['renewal', { code: 'renewal', roles: ['account_manager'], classes: ['pricing'] }]]),
    unmarked: 'relationship',
    rowKeys: ['account', 'region', 'rep', 'tier'],
    tests: [
      {
        as: ['partner'],
        field: 'Customer.creditLimit',
        expect: { kind: 'cannot', usage: 'READ' },
        line: 18,
      },
      {
        as: ['support', 'analyst'],
        field: 'Customer.phone',
        expect: { kind: 'sees', decision: 'MASKED' },
        line: 19,
      },
    ],
    file: 'policy.yaml',
    text: wholePolicy,
    version: sha256(wholePolicy),
  });
});

test('a class that a role does not list is hidden for it', () => {
  const support = parsed(wholePolicy).roles.get('partner')!;
  expect(grantFor(support, 'contact')).toEqual({ clear: { kind: 'none' }, otherwise: 'HIDDEN' });
  expect(grantFor(support, 'relationship').clear).toEqual({ kind: 'all' });
});
