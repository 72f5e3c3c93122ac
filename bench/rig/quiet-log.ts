import type { Log } from '../../src/base/index.js';
import { say } from './say.js';

/** What programs that measure pass on of what they start: what they warn of. */
export const quiet: Log = {
  debug: () => undefined,
  info: () => undefined,
  warn: (_, message) => say(message),
  error: (_, message) => say(message),
  child: () => quiet,
};
