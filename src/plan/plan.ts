import type { ErrorCode, PackedLayout } from '../base/index.js';
import type { PgType } from '../catalog/index.js';
import type { Descriptor } from '../ledger/index.js';
import type { Encryption } from '../model/index.js';
import type { RowValue } from '../policy/index.js';

/**
 * An operation, compiled for one view and one clearance. Pure data, shared by every caller of equal rights: what
 * belongs to a caller or a request stands in slots and is bound when the plan runs.
 */

/** A value that is bound when the plan runs. */
export type PlanSlot =
  /** The nth literal of the operation, as PostgreSQL text or an array of it. */
  | { readonly id: string; readonly kind: 'literal'; readonly index: number }
  /** The values of a row rule that are valid for the column's type, as an array. */
  | { readonly id: string; readonly kind: 'rows'; readonly value: RowValue; readonly type: PgType }
  /** Half of the padded HMAC key of a mask (bytea): for the caller's organisation, or shared by all callers. */
  | {
      readonly id: string;
      readonly kind: 'mask';
      readonly coordinate: string;
      readonly shared: boolean;
      readonly pad: 'inner' | 'outer';
    }
  /** 128 random bits, fresh for every request, as hex. */
  | { readonly id: string; readonly kind: 'nonce' }
  /** The nth join column's values of a batch, as an array. */
  | { readonly id: string; readonly kind: 'join'; readonly index: number };

/** Record keys that come back beside the JSON, and what is disclosed of these records. */
export interface Pack {
  readonly descriptor: Descriptor;
  /** Whether no key can be in one column twice. */
  readonly distinct: boolean;
}

/** Something only the gateway can fill in. The statement writes `"<nonce><position>"` in its place. */
export type Hole =
  | { readonly kind: 'cursor'; readonly layout: PackedLayout; readonly place: Buffer }
  | {
      readonly kind: 'relation';
      /** Of the join columns. */
      readonly layout: PackedLayout;
      readonly batch: Statement;
      /** Join keys that were sent to a source that then failed. */
      readonly sent: Descriptor;
    }
  | CipherHole;

/** A value that the database cannot read: opened, and given out as its type. */
export interface CipherHole {
  readonly kind: 'cipher';
  /** Of the record's key, then the ciphertext. */
  readonly layout: PackedLayout;
  /** What the ciphertext is bound to besides the record. */
  readonly coordinate: string;
  readonly encryption: Encryption;
}

/**
 * One statement. Its rows are `[body, pack …, hole inputs …]`: one row for a root field; for a batch one row for each
 * tuple of join keys, in their order.
 */
export interface Statement {
  readonly source: string;
  readonly text: string;
  /** First 32 hex digits of the text's SHA-256: the same text is prepared once. */
  readonly name: string;
  readonly slots: readonly PlanSlot[];
  readonly packs: readonly Pack[];
  readonly holes: readonly Hole[];
}

export type RootField =
  | { readonly kind: 'statement'; readonly responseName: string; readonly statement: Statement }
  | { readonly kind: 'typename'; readonly responseName: string }
  /** `__schema` and `__type`: answered from the view alone. */
  | { readonly kind: 'introspection'; readonly responseName: string };

export interface Withheld {
  /** Static: `["customers", "nodes", "*", "creditLimit"]`. */
  readonly path: readonly string[];
  readonly code: ErrorCode;
}

export interface Plan {
  /** In response order. */
  readonly roots: readonly RootField[];
  /** Coordinates given masked, at least on some rows; sorted. */
  readonly masked: readonly string[];
  readonly withheld: readonly Withheld[];
  /** Usages that name no records: filter, sort, count. */
  readonly usages: readonly Descriptor[];
}
