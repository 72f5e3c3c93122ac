import { CordonError } from '../base/index.js';

/**
 * The one refusal of a credential. Whatever check failed, the caller reads the same sentence, or the answers would
 * guide a forger from check to check.
 * @param detail which check, for log and ledger; a fixed text of this code base, never a part of the token
 */
export function unauthenticated(detail: string): CordonError {
  return new CordonError('UNAUTHENTICATED', { detail });
}
