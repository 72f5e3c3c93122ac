import { CordonError } from '../base/index.js';
import type { PartnerTokenLookup } from '../identity/index.js';
import { isInForce } from './agreements.js';
import type { LocalCopy } from './local-copy.js';
import type { Records } from './records.js';
import type { TokenRecord } from './tokens.js';

function whyRefused(token: TokenRecord, records: Records, now: number): string | null {
  if (token.revokedAt !== null) return 'the partner token is revoked';
  if (now >= token.expiresAt) return 'the partner token has expired';
  if (token.agreement === null) return null;
  const agreement = records.agreements.get(token.agreement);
  return agreement !== undefined && isInForce(agreement, now)
    ? null
    : "the partner token's agreement is not in force";
}

/** Partner tokens as identity asks for them. A copy that is too old closes the door: it may not know a revocation. */
export function createTokenLookup(copy: LocalCopy<Records>): PartnerTokenLookup {
  return {
    find(hash, now) {
      const records = copy.read();
      if (records === null) {
        throw new CordonError('LEDGER_UNAVAILABLE', { detail: 'the copy of the partner tokens is too old' });
      }
      const token = records.tokens.get(hash);
      if (token === undefined) return { refused: 'unknown partner token' };
      const refused = whyRefused(token, records, now);
      return refused === null ? token : { refused };
    },
  };
}
