import { dictionaryText, type Descriptor, type Disclosure, type Draft } from '../../src/ledger/index.js';

/** Drafts as the gateway makes them, for tests that are about what becomes of them. */

export const schemaText = 'type Customer { customerId: ID! }';
export const policyText = 'roles: {}';

export const customerDescriptor: Descriptor = {
  type: 'Customer',
  source: 'crm',
  keyLayout: ['i4'],
  cells: [
    {
      decision: 'CLEAR',
      usage: 'READ',
      mask: null,
      secretClass: 'contact',
      coordinates: ['Customer.customerId', 'Customer.email'],
    },
    {
      decision: 'MASKED',
      usage: 'READ',
      mask: 'bucket',
      secretClass: 'pricing',
      coordinates: ['Customer.creditLimit'],
    },
  ],
};

/** A disclosure of the customers with these numbers. */
export function customers(...numbers: readonly number[]): Disclosure {
  const keys = Buffer.alloc(numbers.length * 4);
  numbers.forEach((number, i) => keys.writeInt32BE(number, i * 4));
  return { descriptor: customerDescriptor, count: numbers.length, keys };
}

export function draft(changes: Partial<Draft> = {}): Draft {
  return {
    endpoint: 'data',
    requestId: 'request-1',
    receivedAt: 1_790_000_000_000,
    actor: {
      personId: 'https://idp.example|ada',
      principalId: 'https://idp.example|ada',
      organisation: 'cordon',
      tokenId: 'token-81',
      client: 'crm-frontend',
      session: 'session-4711',
      ip: '203.0.113.77',
      authTime: 1_789_999_000,
      authMethods: ['pwd', 'mfa'],
    },
    roles: ['account_manager'],
    assertedRoles: ['account_manager', 'employee'],
    operationName: 'RenewalScreen',
    document: 'query RenewalScreen { customers { nodes { email } } }',
    variables: '{"phone":"+49 30 901820"}',
    purpose: 'renewal',
    justification: 'the customer called about a renewal',
    reliedOn: ['agreement-7'],
    schema: dictionaryText('schema', schemaText),
    policy: dictionaryText('policy', policyText),
    outcome: 'RELEASED',
    code: null,
    reason: null,
    durationMicros: 1_830,
    rows: 3,
    bytes: 912,
    disclosures: [customers(1, 2, 3)],
    ...changes,
  };
}
