export {
  AccessHistory,
  accessesOf,
  type Access,
  type AccessCursor,
  type AccessPage,
  type Given,
} from './access-history.js';
export type { AccessFilter, RecordName } from './filter.js';
export type { LedgerEntries, LedgerEntry } from './ledger-entries.js';
