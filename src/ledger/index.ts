export type { Cells, Descriptor, Disclosure, Draft, Ledger, Outcome, Receipt } from './draft.js';
export { CertifiedWriters } from './certified-writers.js';
export type { DataKey, StoredDataKey } from './data-key.js';
export { dictionaryText, readDescriptor, type DictionaryText } from './dictionary.js';
export { allowReopening } from './enrolment.js';
export {
  decodeEntry,
  type AcceptedLoggingEntry,
  type Entry,
  type UnknownCallersEntry,
  type WriterStartEntry,
} from './entry.js';
export { destroyDataKeys, type Erasure } from './erase.js';
export type { FaultKind, LedgerFault } from './fault.js';
export { MalformedError } from './form.js';
export { openKeyRing, recordToken, type KeyRing } from './key-ring.js';
export {
  enrolmentPublicKey,
  ledgerKeys,
  loadOrCreateLedgerKeys,
  type LedgerKeys,
  type LedgerSecrets,
} from './ledger-keys.js';
export { openLedgerReader, type BatchRow, type LedgerReader, type WriterRow } from './ledger-reader.js';
export { GROUP_LEAVES, groupNodes, HASH_BYTES, leafHash, leafHashes, type Inclusion } from './merkle.js';
export { migrate } from './migrate.js';
export { openLedger, type LedgerOptions } from './open-ledger.js';
export {
  decodeBatch,
  openBatch,
  openPayload,
  openRecordKeys,
  openRequest,
  openSeal,
  wasSealed,
  type CertifiedSeal,
  type DecodedBatch,
  type OpenedRequest,
  type Unreadable,
} from './read.js';
export { verifyReceipt, type ReceiptProof } from './receipt.js';
export type { ActorDetails, RequestEntry, SealedDisclosure } from './request-entry.js';
export type { Seal, StoredSeal } from './seal.js';
export { readLocalSeals, type LocalSeal } from './seal-folder.js';
export { verifyDatabase } from './verify-database.js';
export { verifyLedger, type LedgerEvidence, type Verification } from './verify-ledger.js';
