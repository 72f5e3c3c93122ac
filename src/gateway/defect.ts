import type { CordonError, Log } from '../base/index.js';

/**
 * Writes a defect of the gateway into its log, which alone has more of it than the one sentence. By the id the request's
 * entry has too: the receipt that a caller holds leads to the entry, and the entry here.
 * @param requestId null where nobody known asked, and there is no entry
 */
export function logDefect(log: Log, { cause, detail }: CordonError, requestId: string | null): void {
  const error = cause instanceof Error ? (cause.stack ?? cause.message) : (detail ?? typeof cause);
  log.error({ requestId, error }, 'a request failed');
}
