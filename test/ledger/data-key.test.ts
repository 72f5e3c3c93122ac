import { createCipheriv, randomBytes } from 'node:crypto';
import { encodeCanonical } from '../../src/base/index.js';
import { newDataKey, sourceScope, unwrapDataKey } from '../../src/ledger/data-key.js';

describe('a data key', () => {
  const wrapping = randomBytes(32);
  const stored = newDataKey('source:crm:2026-11', wrapping);

  it('comes back as it was made', () => {
    const key = unwrapDataKey(stored, wrapping);
    expect(key).toEqual(unwrapDataKey(stored, wrapping));
    expect(key!.secret).toHaveLength(32);
    expect(key!.id).toEqual(stored.commitment.subarray(0, 16));
  });

  it('is nothing once it is destroyed', () => {
    expect(unwrapDataKey({ ...stored, wrapped: null }, wrapping)).toBeNull();
  });

  it('is not opened by another wrapping key', () => {
    expect(() => unwrapDataKey(stored, randomBytes(32))).toThrow('wrapped by another key');
  });

  it('cannot be replaced under its commitment, not even by who has the wrapping key', () => {
    const { scope, commitment } = stored;
    const nonce = randomBytes(12);
    const cipher = createCipheriv('aes-256-gcm', wrapping, nonce).setAAD(
      encodeCanonical(['cordon/data-key/1', scope, commitment]),
    );
    const other = Buffer.concat([cipher.update(randomBytes(32)), cipher.final()]);
    const wrapped = Buffer.concat([nonce, other, cipher.getAuthTag()]);
    expect(() => unwrapDataKey({ ...stored, wrapped }, wrapping)).toThrow('not the one committed to');
  });

  it('serves one source and month, by UTC', () => {
    expect(sourceScope('crm', Date.UTC(2026, 10, 30, 23, 59, 59, 999))).toBe('source:crm:2026-11');
    expect(sourceScope('crm', Date.UTC(2026, 11, 1))).toBe('source:crm:2026-12');
  });
});
