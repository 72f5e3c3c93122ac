export type { Standing } from './abilities.js';
export { anyoneGains, diffExposure, type Change, type ExposureDiff, type Names } from './diff.js';
export { grantStatements } from './grants.js';
export { limitWords, type LimitChange } from './limits.js';
export { readColumns } from './read-columns.js';
export { conditionWords, maskWords, rowWords, valueWords } from './words.js';
