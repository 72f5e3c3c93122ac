import type { Reporter } from './base/index.js';
import type { WrittenConfig } from './config-form.js';
import { writtenLimits, type CallerLimits } from './policy/index.js';

/** What one request may ask for, what all together may, and what is kept for the next. */
export interface Limits extends CallerLimits {
  /** Bytes of a token: nothing larger is parsed. */
  readonly tokenBytes: number;
  readonly viewCacheBytes: number;
  /** Requests in the gateway at once; the next one is refused before any work. */
  readonly inFlight: number;
  /** Milliseconds in which a client must have taken its answer. */
  readonly sendMs: number;
  /** Bytes of answers that clients have not taken yet, of all together. */
  readonly unsentBytes: number;
  /** Milliseconds that the event loop may run late before requests are refused. */
  readonly loopDelayMs: number;
}

export const defaultLimits: Limits = {
  rootDefault: 20,
  nestedDefault: 10,
  max: 100,
  flatMax: 1000,
  filterTerms: 50,
  filterRelationsDeep: 3,
  listItems: 500,
  relationsDeep: 6,
  tokens: 4000,
  directives: 30,
  aliases: 60,
  rootFields: 20,
  reach: 10_000,
  cost: 25_000,
  bodyBytes: 100_000,
  responseBytes: 16 * 1024 * 1024,
  statementMs: 5000,
  requestMs: 10_000,
  atOnce: 16,
  requestsPerSecond: 500,
  tokenBytes: 8192,
  viewCacheBytes: 64 * 1024 * 1024,
  inFlight: 1000,
  sendMs: 60_000,
  unsentBytes: 256 * 1024 * 1024,
  loopDelayMs: 1000,
};

/** The limits as written, and the defaults of those that are not. */
export function readLimits(written: WrittenConfig['limits'], report: Reporter): Limits {
  const { page, token, viewCache, inFlight, sendTime, unsent, loopDelay } = written;
  const { max: most = defaultLimits.max } = page;
  for (const each of ['root', 'nested'] as const)
    if ((page[each] ?? 0) > most) {
      const message = `"limits.page.${each}" is over "limits.page.max", which is ${most}.`;
      report.add(['limits', 'page', each], 'INVALID_VALUE', message);
    }
  return {
    ...defaultLimits,
    rootDefault: Math.min(defaultLimits.rootDefault, most),
    nestedDefault: Math.min(defaultLimits.nestedDefault, most),
    ...writtenLimits(written),
    tokenBytes: token ?? defaultLimits.tokenBytes,
    viewCacheBytes: viewCache ?? defaultLimits.viewCacheBytes,
    inFlight: inFlight ?? defaultLimits.inFlight,
    sendMs: sendTime ?? defaultLimits.sendMs,
    unsentBytes: unsent ?? defaultLimits.unsentBytes,
    loopDelayMs: loopDelay ?? defaultLimits.loopDelayMs,
  };
}
