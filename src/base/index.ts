export { bytesAsText, bytesOf, utf8AsText, type ByteText } from './byte-text.js';
export { Cancellation } from './cancellation.js';
export { encodeCanonical, type Canonical } from './canonical.js';
export { systemClock, type Clock } from './clock.js';
export { decodeCanonical } from './decode-canonical.js';
export { CordonError, ERROR_TABLE, type ErrorCode } from './errors.js';
export { durationForm, integerForm, mapForm, sizeForm, strictForm, textForm } from './form.js';
export { deepFreeze } from './freeze.js';
export { HmacKey } from './hmac-key.js';
export { interpolate } from './interpolate.js';
export { hashTuple, hkdf, hmac, sha256, subkey } from './keys.js';
export type { Log } from './log.js';
export { formatProblem, ProblemsError, type Problem } from './problem.js';
export { packageFolder } from './package-folder.js';
export { Reporter } from './reporter.js';
export { loadOrCreateKeys, parseKey } from './secret-files.js';
export { constant, empty, ident, integer, join, param, render, sql, type Slot, type Sql } from './sql.js';
export {
  countPacked,
  distinctPacked,
  pack,
  splitPacked,
  unpack,
  type PackedKind,
  type PackedLayout,
  type Tuple,
} from './packed.js';
export { answerQuestions, AskedThread } from './asked-thread.js';
export { isEncrypted, steadySocket, streamOfClient, type ConnectionOptions } from './steady-socket.js';
export { didYouMean } from './suggest.js';
export { readYaml, type Path, type YamlText } from './yaml.js';
