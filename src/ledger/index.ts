export type { Cells, Descriptor, Disclosure, Draft, Ledger, Outcome, Receipt } from './draft.js';
