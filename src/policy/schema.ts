import { z } from 'zod';
import { didYouMean } from '../base/index.js';

/**
 * The form of each part of a policy file, checked part by part, so that one mistake hides no other. Every `error` here is
 * the mend: the sentence that follows "… is not understood: " or "… is missing: ". What a part *means* (do the names
 * exist, do the grants contradict each other) is checked in grants.ts, rows.ts and references.ts.
 */

/** A map with these keys and no others. One sentence for each unknown key, one a line. */
function strict<Shape extends z.ZodRawShape>(shape: Shape) {
  const known = Object.keys(shape);
  return z.strictObject(shape, {
    error: (issue) =>
      issue.code === 'unrecognized_keys'
        ? issue.keys.map((key) => `"${key}" is not known here.${didYouMean(key, known)}`).join('\n')
        : `write a map of ${known.join(', ')}`,
  });
}

const map = (what: string) => z.record(z.string(), z.unknown(), { error: `write a map: ${what}` });
const text = (mend: string) => z.string({ error: mend }).min(1, { error: mend });
const list = (mend: string) => z.array(text(mend), { error: mend });

const secondsOf = { s: 1, m: 60, h: 3600, d: 86400 } as const;

/** `15m` as seconds. */
const duration = z
  .string({ error: 'write a time such as 90s, 15m, 8h or 1d' })
  .regex(/^[1-9]\d{0,5}[smhd]$/, { error: 'write a time such as 90s, 15m, 8h or 1d' })
  .transform(
    (written) => Number(written.slice(0, -1)) * secondsOf[written.slice(-1) as 's' | 'm' | 'h' | 'd'],
  );

export const policyForm = strict({
  classes: map('each secret class by its name'),
  roles: map('each role by its name'),
  purposes: map('each purpose by its code').optional(),
  tests: z.array(z.unknown(), { error: 'write a list of tests' }).optional(),
  unmarked: text('name the class of fields that bear no mark').optional(),
});

export const classForm = strict({
  title: text('say in one line what is secret'),
  conditions: strict({
    agreement: text('name the kind of agreement, such as nda').optional(),
    training: text('name the course').optional(),
    purpose: z.boolean({ error: 'write true or false' }).optional(),
    mfa_within: duration.optional(),
  }).optional(),
  otherwise: z.enum(['mask', 'deny', 'refuse'], { error: 'write mask, deny or refuse' }).default('mask'),
  aggregate: strict({
    min_group: z
      .int({ error: 'write a whole number' })
      .min(2, { error: 'write 2 or more: a group of one is a person' }),
    entity: text('name the type whose records are counted'),
  }).optional(),
});

const classList = list('write a list of class names').default([]);

export const roleForm = strict({
  // rows.ts and grants.ts look inside, where a union's message would say nothing.
  rows: z.unknown().optional(),
  clear: z
    .array(z.unknown(), { error: 'write a list of class names, or of { class: { key: value } }' })
    .default([]),
  mask: classList,
  deny: classList,
  aggregate: classList,
  control: z
    .array(z.enum(['audit', 'tokens'], { error: 'write audit or tokens' }), {
      error: 'write a list of audit, tokens',
    })
    .default([]),
});

export const purposeForm = strict({
  roles: list('write a list of role names').min(1, { error: 'name at least one role' }),
  classes: list('write a list of class names').min(1, { error: 'name at least one class' }),
});

const roleNames = z.union([text(''), z.array(text('')).min(1)], { error: 'name a role, or a list of roles' });

export const testForm = strict({
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
    .regex(/^[_A-Za-z]\w*\.[_A-Za-z]\w*$/, { error: 'write a coordinate such as Customer.phone' }),
});

export type RoleForm = z.output<typeof roleForm>;
export type ClassForm = z.output<typeof classForm>;
export type TestForm = z.output<typeof testForm>;
