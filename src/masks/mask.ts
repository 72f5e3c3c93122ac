import type { PgType } from '../catalog/index.js';
import type { Sql } from '../base/index.js';

/** A mask as written in SDL, checked: `{ name: 'partial', keepStart: 0, keepEnd: 2 }`. */
export type MaskSpec =
  | { readonly name: 'nullify' }
  | { readonly name: 'constant'; readonly value: string }
  | { readonly name: 'redact' }
  | { readonly name: 'partial'; readonly keepStart: number; readonly keepEnd: number }
  | { readonly name: 'email'; readonly domain: boolean }
  | { readonly name: 'pseudonym' }
  | { readonly name: 'token'; readonly prefix: string }
  | { readonly name: 'bucket'; readonly width: string }
  | { readonly name: 'round'; readonly digits: number }
  | { readonly name: 'topCode'; readonly cap: string }
  /** Percent of a number, days of a date. */
  | { readonly name: 'noise'; readonly amount: string }
  | {
      readonly name: 'dateTrunc';
      readonly unit: 'YEAR' | 'QUARTER' | 'MONTH' | 'WEEK' | 'DAY';
      readonly zone: string;
    }
  | { readonly name: 'network'; readonly bits: number }
  | { readonly name: 'geo'; readonly decimals: number }
  | { readonly name: 'keep'; readonly paths: readonly string[] };

/** What a mask is applied to. */
export interface MaskTarget {
  readonly type: PgType;
  /** Whether the column may hold null. */
  readonly nullable: boolean;
}

/** The SQL a mask is built from. */
export interface MaskInput<S extends { readonly id: string }> {
  /** The column; evaluated by PostgreSQL, never selected. */
  readonly value: Sql<S>;
  /** Packed key of the record (bytea), for masks that differ per record. */
  readonly record: Sql<S>;
  /** The two 64-byte padded HMAC keys (bytea) of this coordinate, for the audience that `keyAudience` says. */
  readonly innerKey: Sql<S>;
  readonly outerKey: Sql<S>;
}

/** The same in TypeScript, over PostgreSQL's text forms. */
export interface ReferenceInput {
  readonly value: string | null;
  readonly record: Uint8Array;
  /** The 32-byte HMAC key. */
  readonly key: Uint8Array;
}

/** One mask: what it fits, its SQL and its reference. The two agree on every value of every type it fits, and never raise. */
export interface Mask<Spec extends MaskSpec = MaskSpec> {
  readonly name: Spec['name'];
  /** Null when the mask fits, else why not and what to do, as a sentence. */
  unfit(spec: Spec, target: MaskTarget): string | null;
  /** Whether the result can be null for this target. */
  nullable(spec: Spec, target: MaskTarget): boolean;
  /** An expression of the column's own type. */
  toSql<S extends { readonly id: string }>(spec: Spec, target: MaskTarget, input: MaskInput<S>): Sql<S>;
  /** The reference: PostgreSQL's text form of the masked value. */
  reference(spec: Spec, target: MaskTarget, input: ReferenceInput): string | null;
}
