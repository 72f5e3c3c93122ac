import fc from 'fast-check';
import { createHmac, hkdfSync } from 'node:crypto';
import { hkdf, HmacKey } from '../../src/base/index.js';

test('one block of HKDF is what the library derives', () => {
  const bytes = fc.uint8Array({ minLength: 1, maxLength: 100 });
  fc.assert(
    fc.property(bytes, bytes, fc.uint8Array({ maxLength: 100 }), (secret, salt, info) => {
      expect(hkdf(secret, salt, info)).toEqual(Buffer.from(hkdfSync('sha256', secret, salt, info, 32)));
    }),
  );
});

test('many messages under one key are authenticated as the library does each', () => {
  const bytes = fc.uint8Array({ maxLength: 300 });
  fc.assert(
    fc.property(bytes, fc.array(bytes, { maxLength: 5 }), (secret, messages) => {
      const key = new HmacKey(secret);
      for (const message of messages)
        expect(key.of(message)).toEqual(createHmac('sha256', secret).update(message).digest());
    }),
  );
});
