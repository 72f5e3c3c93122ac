import type { PackedLayout } from '../base/index.js';
import type { DictionaryText } from './dictionary.js';

/**
 * What a request tells the ledger. The ledger encodes, encrypts, chains and stores it; a draft itself holds no value
 * of customer data, only coordinates and record keys.
 */

/** Some coordinates of one type that share decision, usage, mask and class. */
export interface Cells {
  readonly decision: 'CLEAR' | 'MASKED' | 'AGGREGATE' | 'DENIED';
  readonly usage: 'READ' | 'FILTER' | 'SORT' | 'GROUP' | 'AGGREGATE' | 'RELATE';
  /** Name of the mask, or null. */
  readonly mask: string | null;
  /** Secret class, or null for an open coordinate. */
  readonly secretClass: string | null;
  /** Sorted `Type.field`. */
  readonly coordinates: readonly string[];
}

/**
 * The part of a disclosure that repeats from request to request. Recorded once as a dictionary leaf and referred to by
 * the hash of its encoding, so that nobody can redefine it later.
 */
export interface Descriptor {
  readonly type: string;
  readonly source: string;
  readonly keyLayout: PackedLayout;
  readonly cells: readonly Cells[];
}

/** Cells of a descriptor, given for these records. */
export interface Disclosure {
  readonly descriptor: Descriptor;
  /** Distinct records. */
  readonly count: number;
  /** Their keys, packed by the descriptor's layout; empty for a usage that names no record (filter, sort). */
  readonly keys: Uint8Array;
}

export type Outcome =
  /** Everything asked for was authorised for release. */
  | 'RELEASED'
  /** Some root fields failed; the others were authorised for release. */
  | 'PARTIAL'
  /** Refused before any source was asked. */
  | 'REFUSED'
  /** Failed; no customer data was released. */
  | 'FAILED';

export interface Draft {
  readonly endpoint: 'data' | 'control';
  readonly requestId: string;
  /** Milliseconds since 1970. */
  readonly receivedAt: number;
  readonly actor: {
    readonly personId: string;
    readonly principalId: string;
    readonly organisation: string | null;
    readonly tokenId: string | null;
    readonly client: string | null;
    readonly session: string | null;
    readonly ip: string;
    readonly authTime: number | null;
    readonly authMethods: readonly string[];
  };
  readonly roles: readonly string[];
  readonly assertedRoles: readonly string[];
  readonly operationName: string | null;
  /** Document and variables as received; the ledger keeps keyed hashes of them only. */
  readonly document: string | null;
  readonly variables: string | null;
  readonly purpose: string | null;
  readonly justification: string | null;
  /** Ids of the agreements and training records that conditions relied on. */
  readonly reliedOn: readonly string[];
  /**
   * The SDL and the policy that the request was answered by. The entry holds their SHA-256; the texts are dictionary
   * leaves before it, and so whatever an entry cites can be read, however often a gateway has changed its policy.
   */
  readonly schema: DictionaryText;
  readonly policy: DictionaryText;
  readonly outcome: Outcome;
  /** First error's code, or null. */
  readonly code: string | null;
  /** The true reason, for auditors only: `hidden: Customer.creditLimit`. Coordinates and codes, never values. */
  readonly reason: string | null;
  readonly durationMicros: number;
  readonly rows: number;
  readonly bytes: number;
  readonly disclosures: readonly Disclosure[];
}

/** What the caller gets as `Cordon-Receipt`: proof that an entry with this hash was recorded. */
export interface Receipt {
  /** Header value, constant length for a deployment. */
  readonly header: string;
  /** Leaf hash, lower-case hex. */
  readonly leaf: string;
}

/** The appending side, as the gateway and the control plane see it. */
export interface Ledger {
  /**
   * Resolves when the entry is durable; only then may anything be released.
   * Rejects with LEDGER_UNAVAILABLE, and then nothing may be.
   */
  append(draft: Draft): Promise<Receipt>;
  /** Counts a request that no known principal made; a summary entry follows within a minute. */
  countUnknown(network: string, code: string): void;
  /** Whether an append is likely to succeed; false closes the door before any work is done. */
  readonly available: boolean;
  /** What waits for a batch. */
  readonly waiting: { readonly entries: number; readonly bytes: number };
  close(): Promise<void>;
}
