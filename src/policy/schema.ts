import { z } from 'zod';
import { durationForm, mapForm, strictForm, textForm } from '../base/index.js';
import { callerLimitsForm } from './limits.js';

/**
 * The form of each part of a policy file, checked part by part, so that one mistake hides no other. What a part
 * *means* (do the names exist, do the grants contradict each other) is checked in grants.ts, rows.ts and references.ts.
 */

const list = (mend: string) => z.array(textForm(mend), { error: mend });

/** `15m` as seconds. */
const seconds = durationForm({ s: '90s', m: '15m', h: '8h', d: '1d' }).transform((ms) => ms / 1000);

export const policyForm = strictForm({
  classes: mapForm('each secret class by its name'),
  roles: mapForm('each role by its name'),
  purposes: mapForm('each purpose by its code').optional(),
  tests: z.array(z.unknown(), { error: 'write a list of tests' }).optional(),
  unmarked: textForm('name the class of fields that bear no mark').optional(),
});

export const classForm = strictForm({
  title: textForm('say in one line what is secret'),
  conditions: strictForm({
    agreement: textForm('name the kind of agreement, such as nda').optional(),
    training: textForm('name the course').optional(),
    purpose: z.boolean({ error: 'write true or false' }).optional(),
    mfa_within: seconds.optional(),
  }).optional(),
  masked_use: z.boolean({ error: 'write true or false' }).default(false),
  otherwise: z.enum(['mask', 'deny', 'refuse'], { error: 'write mask, deny or refuse' }).default('mask'),
  aggregate: strictForm({
    min_group: z
      .int({ error: 'write a whole number' })
      .min(2, { error: 'write 2 or more: a group of one is a person' }),
    entity: textForm('name the type whose records are counted'),
  }).optional(),
});

const classList = list('write a list of class names').default([]);

export const roleForm = strictForm({
  // rows.ts and grants.ts look inside, where a union's message would say nothing.
  rows: z.unknown().optional(),
  clear: z
    .array(z.unknown(), { error: 'write a list of class names, or of { class: { key: value } }' })
    .default([]),
  mask: classList,
  deny: classList,
  aggregate: classList,
  limits: callerLimitsForm.optional(),
  control: z
    .array(z.enum(['audit', 'tokens'], { error: 'write audit or tokens' }), {
      error: 'write a list of audit, tokens',
    })
    .default([]),
});

export const purposeForm = strictForm({
  roles: list('write a list of role names').min(1, { error: 'name at least one role' }),
  classes: list('write a list of class names').min(1, { error: 'name at least one class' }),
});

const roleNames = z.union([textForm(''), z.array(textForm('')).min(1)], {
  error: 'name a role, or a list of roles',
});

export const testForm = strictForm({
  as: roleNames,
  cannot: z
    .enum(['read', 'filter', 'sort', 'group', 'aggregate', 'relate'], {
      error: 'write read, filter, sort, group, aggregate or relate',
    })
    .optional(),
  sees: z
    .enum(['clear', 'masked', 'aggregate', 'denied', 'hidden'], {
      error: 'write clear, masked, aggregate, denied or hidden',
    })
    .optional(),
  field: z
    .string({ error: 'write a coordinate such as Customer.phone' })
    .regex(/^[_A-Za-z]\w*\.[_A-Za-z]\w*(?:\.[_A-Za-z]\w*)*$/, {
      error: 'write a coordinate such as Customer.phone',
    }),
});

export type RoleForm = z.output<typeof roleForm>;
export type ClassForm = z.output<typeof classForm>;
export type TestForm = z.output<typeof testForm>;
