import type { Agreement, Training } from '../governance/index.js';
import { personIdOf } from '../identity/index.js';
import { demoIssuer } from './issuer.js';

/**
 * Who may sign in to the demo, and what the register knows of them: tokens are made of the one, facts are seeded from
 * the other.
 */

export const demoCallerNames = [
  'account_manager',
  'support',
  'analyst',
  'partner',
  'partner_b',
  'auditor',
  'steward',
] as const;
export type DemoCallerName = (typeof demoCallerNames)[number];

export interface DemoCaller {
  /** `sub` of the token; staff are found under it in `crm`. */
  readonly subject: string;
  /** Roles of schema/policy.yaml. */
  readonly roles: readonly string[];
  /** Party of agreements and audience of pseudonyms. */
  readonly organisation: string;
  /** Row claims, `$claims.<name>`. */
  readonly claims: Readonly<Record<string, readonly string[]>>;
  /** How they sign in, as RFC 8176 names it. */
  readonly amr: readonly string[];
  /** One line for people who choose a caller. */
  readonly description: string;
}

const supplier = 'halden-components';

export const demoCallers: Readonly<Record<DemoCallerName, DemoCaller>> = {
  account_manager: {
    subject: 'sofia.lindqvist',
    roles: ['account_manager'],
    organisation: supplier,
    claims: {},
    amr: ['pwd', 'mfa'],
    description: 'Negotiates with customers: sees them, their contacts and prices in clear.',
  },
  support: {
    subject: 'teresa.sharma',
    roles: ['support'],
    organisation: supplier,
    claims: {},
    amr: ['pwd'],
    description: 'Answers the phone: sees masks, and contacts in clear for the customers in their care.',
  },
  analyst: {
    subject: 'ines.moreau',
    roles: ['analyst'],
    organisation: supplier,
    claims: {},
    amr: ['pwd'],
    description: 'Counts and compares: sees customers under pseudonyms only.',
  },
  partner: {
    subject: 'portal@brightwater.example',
    roles: ['partner'],
    organisation: 'brightwater',
    claims: { accounts: ['2', '4'] },
    amr: ['pwd'],
    description:
      'A distributor with two accounts: sees their own customers, and of prices not even the names.',
  },
  partner_b: {
    subject: 'portal@kestrel.example',
    roles: ['partner'],
    organisation: 'kestrel',
    claims: { accounts: ['3'] },
    amr: ['pwd'],
    description: 'A reseller and competitor of `partner`: other rows, other pseudonyms.',
  },
  auditor: {
    subject: 'ruth.adeyemi',
    roles: ['auditor'],
    organisation: supplier,
    claims: {},
    amr: ['pwd', 'mfa'],
    description: 'Sees who was given what, and no customer data.',
  },
  steward: {
    subject: 'hugo.brandt',
    roles: ['steward'],
    organisation: supplier,
    claims: {},
    amr: ['pwd', 'mfa'],
    description: "Keeps the partners' tokens, and sees no customer data.",
  },
};

const midnight = (day: string): number => Date.parse(`${day}T00:00:00Z`);
const person = (caller: DemoCallerName): string => personIdOf(demoIssuer, demoCallers[caller].subject);

// Signed on a fixed day and without an end, so that the demo answers alike on every day somebody tries it.
function agreement(id: string, party: Agreement['party'], classes: readonly string[]): Agreement {
  const signedAt = midnight('2025-01-07');
  return {
    id,
    party,
    kind: 'nda',
    classes,
    signedAt,
    effectiveAt: signedAt,
    expiresAt: null,
    status: 'in_force',
    immunityNotice: true,
  };
}

function training(id: string, caller: DemoCallerName): Training {
  return {
    id,
    person: person(caller),
    course: 'trade-secrets',
    version: '2025',
    completedAt: midnight('2025-01-14'),
    expiresAt: null,
  };
}

/** What the conditions of schema/policy.yaml ask of the demo's callers, as governance records it. */
export const demoFacts: {
  readonly agreements: readonly Agreement[];
  readonly trainings: readonly Training[];
} = {
  agreements: [
    agreement('NDA-2025-001', { person: person('account_manager') }, [
      'relationship',
      'contact',
      'pricing',
      'supply',
      'identity',
    ]),
    agreement('NDA-2025-002', { person: person('support') }, ['relationship', 'contact']),
    agreement('NDA-2025-003', { person: person('analyst') }, ['relationship', 'pricing', 'supply']),
    agreement('NDA-2025-101', { organisation: demoCallers.partner.organisation }, ['relationship']),
    agreement('NDA-2025-102', { organisation: demoCallers.partner_b.organisation }, ['relationship']),
  ],
  trainings: [training('TRN-2025-001', 'account_manager'), training('TRN-2025-002', 'analyst')],
};
