export { recordAgreement, type Agreement } from './agreements.js';
export { createFacts } from './facts.js';
export type { LocalCopy } from './local-copy.js';
export { createRecordsCopy, type Records } from './records.js';
export { RecordError, type ControlDatabase } from './record-store.js';
export { createTokenLookup } from './token-lookup.js';
export { issueToken, listTokens, revokeToken, type TokenRecord, type TokenRequest } from './tokens.js';
export { recordTraining, type Training } from './trainings.js';
