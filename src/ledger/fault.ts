/**
 * What can be wrong with a ledger. Kinds are stable: scripts match on them.
 *
 * | kind | means |
 * |------|-------|
 * | `WRITER_UNKNOWN` | batches of a writer that has no row |
 * | `CERTIFICATE_INVALID` | a writer that the enrolment key did not certify, or not as this |
 * | `SEAL_MALFORMED` | bytes that are not a seal |
 * | `SIGNATURE_INVALID` | a seal that its writer did not sign |
 * | `COLUMN_MISMATCH` | a column that says other than the signed seal |
 * | `BATCH_MISSING` | a gap in a writer's sequence |
 * | `BATCH_REPEATED` | a sequence number that was there before, with the same bytes or with others |
 * | `CHAIN_BROKEN` | a seal that does not follow from the one before it |
 * | `COUNT_MISMATCH` | more or fewer entries than the seals say |
 * | `CLOCK_BACKWARDS` | a seal older than the one before it, by the clock that only goes forwards |
 * | `PAYLOAD_MALFORMED` | a payload that is not a canonical list of entries |
 * | `ROOT_MISMATCH` | entries that are not those that were sealed |
 * | `ENTRY_MALFORMED` | an entry that is not the canonical form of anything |
 * | `START_MISPLACED` | a chain that does not begin with its writer's start, or has another start in it |
 * | `TEXT_MISSING` | entries that cite a text not announced before them on their day |
 * | `TAIL_LOST` | a batch that a writer acknowledged, or a later chain saw, and that is not there |
 * | `TAIL_FORKED` | another batch in place of one that a writer acknowledged or a later chain saw |
 * | `GAP_DECLARED` | a writer that began with the operator's word that batches were lost |
 * | `DATA_KEY_INVALID` | a data key that was altered or is under a wrong id |
 * | `DATA_KEY_MISSING` | a data key that entries cite and that is not there, not even as destroyed |
 */
export type FaultKind =
  | 'WRITER_UNKNOWN'
  | 'CERTIFICATE_INVALID'
  | 'SEAL_MALFORMED'
  | 'SIGNATURE_INVALID'
  | 'COLUMN_MISMATCH'
  | 'BATCH_MISSING'
  | 'BATCH_REPEATED'
  | 'CHAIN_BROKEN'
  | 'COUNT_MISMATCH'
  | 'CLOCK_BACKWARDS'
  | 'PAYLOAD_MALFORMED'
  | 'ROOT_MISMATCH'
  | 'ENTRY_MALFORMED'
  | 'START_MISPLACED'
  | 'TEXT_MISSING'
  | 'TAIL_LOST'
  | 'TAIL_FORKED'
  | 'GAP_DECLARED'
  | 'DATA_KEY_INVALID'
  | 'DATA_KEY_MISSING';

export interface LedgerFault {
  readonly kind: FaultKind;
  readonly writerId: string | null;
  readonly seq: number | null;
  /** One sentence; holds no part of an entry. */
  readonly message: string;
}
