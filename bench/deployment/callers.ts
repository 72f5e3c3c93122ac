import { demoIssuer, type DemoToken } from '../../src/demo/index.js';
import type { Agreement, Training } from '../../src/governance/index.js';
import { personIdOf } from '../../src/identity/index.js';
import { accounts } from './draw.js';

/** A caller of the benchmark: what the token says, and the headers beside it. */
export interface Caller {
  readonly token: DemoToken;
  readonly headers: Readonly<Record<string, string>>;
}

const organisation = 'supplier';
/** Not narrowed below their roles. */
const scopes = ['read:*'];
const every = Array.from({ length: accounts }, (_, i) => String(i + 1));

/** Has everything clear, under every condition there is; the row claims name all accounts, so peers without rows agree. */
export const cleared: Caller = {
  token: {
    subject: 'cleared',
    roles: ['account_manager'],
    organisation,
    claims: { accounts: every, scopes },
    ttlSeconds: 86_400,
  },
  headers: { 'cordon-purpose': 'renewal' },
};

/** Gets masks, and the rows of two accounts. */
export const masked: Caller = {
  token: {
    subject: 'masked',
    roles: ['support'],
    organisation,
    claims: { accounts: every.slice(0, 2), scopes },
    ttlSeconds: 86_400,
  },
  headers: {},
};

/** Gets masks as well, and the same rows as the cleared one. */
export const maskedEverywhere: Caller = {
  token: { ...masked.token, subject: 'masked everywhere', claims: { accounts: every, scopes } },
  headers: {},
};

/** Sees who was given what, and no customer data. */
export const auditor: Caller = {
  token: { subject: 'auditor', roles: ['auditor'], organisation, claims: { scopes }, ttlSeconds: 86_400 },
  headers: {},
};

const subjects = [cleared, masked, maskedEverywhere].map(({ token }) =>
  personIdOf(demoIssuer, token.subject),
);
const effectiveAt = Date.parse('2025-01-07T00:00:00Z');

/** What the policy's conditions ask of the callers: all have signed and are trained, so masks are the role's doing. */
export const agreement: Agreement = {
  id: 'NDA-1',
  party: { organisation },
  kind: 'nda',
  classes: ['relationship', 'contact', 'pricing'],
  signedAt: effectiveAt,
  effectiveAt,
  expiresAt: null,
  status: 'in_force',
  immunityNotice: true,
};

export const trainings = subjects.map((person, i): Training => ({
  id: `TRN-${i + 1}`,
  person,
  course: 'trade-secrets',
  version: '2025',
  completedAt: effectiveAt,
  expiresAt: null,
}));
