import fc from 'fast-check';
import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { fieldCipher } from '../../src/ledger/field-cipher.js';
import { KeyedHashes } from '../../src/ledger/keyed-hashes.js';
import { ledgerKeys } from '../../src/ledger/index.js';
import { pendingRequest } from '../../src/ledger/pending.js';
import { customers, draft } from './drafts.js';

const { privateKey } = generateKeyPairSync('ed25519');
const keys = ledgerKeys({
  enrolment: privateKey.export({ type: 'pkcs8', format: 'pem' }),
  kek: randomBytes(32),
  indexRoot: randomBytes(32),
});
const dataKey = { id: randomBytes(16), secret: randomBytes(32) };
const cipher = fieldCipher({
  writerId: '6b1b36cb-4d5c-4d09-9c37-0a4d0b7c1e11',
  seq: 7,
  salt: randomBytes(32),
});

/** What takes three bytes for one unit, and what takes four for two. */
const text = fc.string({ unit: fc.constantFrom('a', 'ß', '€', '💶'), maxLength: 300 });
const texts = fc.array(text, { maxLength: 20 });

test('an entry has no more bytes than were counted for it', () => {
  fc.assert(
    fc.property(text, texts, fc.array(fc.nat({ max: 2000 }), { maxLength: 8 }), (each, several, counts) => {
      const disclosures = counts.map((count) => customers(...Array.from({ length: count }, (_, i) => i)));
      const { actor } = draft();
      const pending = pendingRequest(
        draft({
          ...{
            requestId: each,
            operationName: each,
            purpose: each,
            justification: each,
            code: each,
            reason: each,
          },
          ...{ roles: several, assertedRoles: several, reliedOn: several, disclosures },
          actor: { ...actor, personId: each, tokenId: each, session: each, ip: each, authMethods: several },
        }),
        {
          hashes: new KeyedHashes(keys),
          keyVersion: keys.version,
          actorKey: dataKey,
          sourceKeys: disclosures.map(() => dataKey),
        },
      );
      const place = { index: 3, recordedAt: 1_790_000_000_000, secret: randomBytes(16), cipher };
      expect(pending.encode(place).length).toBeLessThanOrEqual(pending.size);
    }),
    { numRuns: 200 },
  );
});
