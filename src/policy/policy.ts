import type { CallerLimits } from './limits.js';

/** The policy as data, after `parse.ts` has checked it. Rows and classes mean what LANGUAGE says; see docs/policy.md. */

export type Usage = 'READ' | 'FILTER' | 'SORT' | 'GROUP' | 'AGGREGATE' | 'RELATE';
export type Decision = 'CLEAR' | 'MASKED' | 'AGGREGATE' | 'DENIED' | 'HIDDEN';

/** What an unmet condition makes of a clear value. */
export type Otherwise = 'mask' | 'deny' | 'refuse';

export interface Conditions {
  /** Kind of agreement that must be in force and cover the class. */
  readonly agreement: string | null;
  /** Course that the person must have completed and that has not expired. */
  readonly training: string | null;
  /** A purpose must be declared that lists the class and the role. */
  readonly purpose: boolean;
  /** A multi-factor sign-in no older than this. */
  readonly mfaWithinSeconds: number | null;
}

export interface SecretClass {
  readonly name: string;
  readonly title: string;
  readonly conditions: Conditions;
  readonly otherwise: Otherwise;
  /** Whether filters and orders may use what a caller reads masked, as it looks to them. */
  readonly maskedUse: boolean;
  readonly aggregate: { readonly minGroup: number; readonly entity: string } | null;
  /** 1-based, for messages. */
  readonly line: number;
}

/** The right-hand side of a row rule. */
export type RowValue =
  | { readonly kind: 'subject' }
  | { readonly kind: 'claim'; readonly name: string }
  | { readonly kind: 'literal'; readonly values: readonly string[] };

/** Rows that belong, by every one of these keys, to the value (several keys: all must match). */
export type RowMatch = readonly { readonly by: string; readonly value: RowValue }[];

export type RowGrant =
  | { readonly kind: 'all' }
  | { readonly kind: 'none' }
  | { readonly kind: 'limited'; readonly match: RowMatch };

/** What one role may do with one class. */
export interface ClassGrant {
  /** Rows, within the role's rows, on which the class is clear: everywhere, on matching rows, or nowhere. */
  readonly clear:
    | { readonly kind: 'all' }
    | { readonly kind: 'limited'; readonly match: RowMatch }
    | { readonly kind: 'none' };
  /** What holds where it is not clear. */
  readonly otherwise: Exclude<Decision, 'CLEAR'>;
}

/** Parts of the control plane that a role may use. */
export type ControlRight = 'audit' | 'tokens';

export interface Role {
  readonly name: string;
  readonly rows: RowGrant;
  /** Classes that are absent here are HIDDEN for the role. */
  readonly classes: ReadonlyMap<string, ClassGrant>;
  readonly control: readonly ControlRight[];
  /** Limits that are other than the deployment's. */
  readonly limits?: Partial<CallerLimits>;
}

export interface Purpose {
  readonly code: string;
  readonly roles: readonly string[];
  readonly classes: readonly string[];
}

/** A statement about the policy that `check` holds it to. */
export interface PolicyTest {
  readonly as: readonly string[];
  readonly field: string;
  readonly expect:
    | { readonly kind: 'cannot'; readonly usage: Usage }
    | { readonly kind: 'sees'; readonly decision: Decision };
  /** 1-based, for messages. */
  readonly line: number;
}

export interface Policy {
  readonly classes: ReadonlyMap<string, SecretClass>;
  readonly roles: ReadonlyMap<string, Role>;
  readonly purposes: ReadonlyMap<string, Purpose>;
  /** Class for fields without a mark, or null: then an unmarked field stops the start. */
  readonly unmarked: string | null;
  /** Every `by` that a role or class grant names; the members of the `RowKey` enum in SDL. */
  readonly rowKeys: readonly string[];
  readonly tests: readonly PolicyTest[];
  /** The file's name, for messages. */
  readonly file: string;
  /** The file's text, which the ledger records. */
  readonly text: string;
  /** SHA-256 of the text. */
  readonly version: Buffer;
}
