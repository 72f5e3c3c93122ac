import { createHash } from 'node:crypto';
import { join } from 'node:path';
import type { Secrets } from '../../src/config.js';
import { loadOrCreateLedgerKeys } from '../../src/ledger/index.js';

const key = (name: string): Buffer => createHash('sha256').update(name).digest();

/** Keys of encrypted columns that a test's gateway has. */
export const testKeyNames = ['tax-id', 'margin'] as const;

/** What a test's gateway keeps secret: the ledger's keys are of its folder, the others are the same for all tests. */
export function testSecrets(folder: string): Secrets {
  return {
    ledger: loadOrCreateLedgerKeys(join(folder, 'keys')),
    answers: { mask: key('mask'), cursor: key('cursor'), version: '1' },
    // Every deployment of a test may encrypt with these.
    columns: new Map(testKeyNames.map((name) => [name, { current: key(name), old: [] }])),
  };
}
