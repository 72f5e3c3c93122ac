import type { Log } from '../../src/base/index.js';

/** A log that keeps nothing, for tests that are not about it. */
export const quietLog: Log = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
  child: () => quietLog,
};
