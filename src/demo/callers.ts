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

/** An agreement that one organisation, or one person by subject, has signed. */
export interface DemoAgreement {
  readonly id: string;
  /** As `agreement:` in the policy's conditions. */
  readonly kind: string;
  readonly party: { readonly organisation: string } | { readonly person: string };
  readonly classes: readonly string[];
  /** In force from the first day to the last, ISO dates in UTC. */
  readonly from: string;
  readonly until: string;
}

export interface DemoTraining {
  readonly id: string;
  /** As `training:` in the policy's conditions. */
  readonly course: string;
  /** Subject. */
  readonly person: string;
  /** ISO dates in UTC; current from the first to the last. */
  readonly completed: string;
  readonly expires: string;
}

// Fixed and far apart, so that the demo answers the same on every day somebody tries it.
const signed = '2025-01-07';
const lasting = '2099-12-31';

function employeeAgreement(caller: DemoCallerName, id: string, classes: readonly string[]): DemoAgreement {
  const { subject } = demoCallers[caller];
  return { id, kind: 'nda', party: { person: subject }, classes, from: signed, until: lasting };
}

function partnerAgreement(caller: DemoCallerName, id: string): DemoAgreement {
  const { organisation } = demoCallers[caller];
  return {
    id,
    kind: 'nda',
    party: { organisation },
    classes: ['relationship'],
    from: signed,
    until: lasting,
  };
}

/** What the conditions of schema/policy.yaml ask of the demo's callers. */
export const demoFacts: {
  readonly agreements: readonly DemoAgreement[];
  readonly trainings: readonly DemoTraining[];
} = {
  agreements: [
    employeeAgreement('account_manager', 'NDA-2025-001', [
      'relationship',
      'contact',
      'pricing',
      'supply',
      'identity',
    ]),
    employeeAgreement('support', 'NDA-2025-002', ['relationship', 'contact']),
    employeeAgreement('analyst', 'NDA-2025-003', ['relationship', 'pricing', 'supply']),
    partnerAgreement('partner', 'NDA-2025-101'),
    partnerAgreement('partner_b', 'NDA-2025-102'),
  ],
  trainings: [
    {
      id: 'TRN-2025-001',
      course: 'trade-secrets',
      person: demoCallers.account_manager.subject,
      completed: '2025-01-14',
      expires: lasting,
    },
    {
      id: 'TRN-2025-002',
      course: 'trade-secrets',
      person: demoCallers.analyst.subject,
      completed: '2025-01-15',
      expires: lasting,
    },
  ],
};
