export type { Cells, Descriptor, Disclosure, Draft, Ledger, Outcome, Receipt } from './draft.js';
export {
  enrolmentPublicKey,
  ledgerKeys,
  loadOrCreateLedgerKeys,
  type LedgerKeys,
  type LedgerSecrets,
} from './ledger-keys.js';
export { migrate } from './migrate.js';
export { openLedger, type LedgerOptions } from './open-ledger.js';
export { verifyReceipt, type ReceiptProof } from './receipt.js';
