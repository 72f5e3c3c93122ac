export { decodeCanonical, encodeCanonical, type Canonical } from './canonical.js';
export { systemClock, type Clock } from './clock.js';
export { CordonError, ERROR_TABLE, type ErrorCode } from './errors.js';
export { hashTuple, hmac, sha256, subkey } from './keys.js';
export type { Log } from './log.js';
export { formatProblem, ProblemsError, type Problem } from './problem.js';
export { constant, empty, ident, integer, join, param, render, sql, type Slot, type Sql } from './sql.js';
export { distinctPacked, unpack, type PackedKind, type PackedLayout, type Tuple } from './packed.js';
export { didYouMean, nearest } from './suggest.js';
