import fc from 'fast-check';
import { hkdfSync } from 'node:crypto';
import { hkdf } from '../../src/base/index.js';

test('one block of HKDF is what the library derives', () => {
  const bytes = fc.uint8Array({ minLength: 1, maxLength: 100 });
  fc.assert(
    fc.property(bytes, bytes, fc.uint8Array({ maxLength: 100 }), (secret, salt, info) => {
      expect(hkdf(secret, salt, info)).toEqual(Buffer.from(hkdfSync('sha256', secret, salt, info, 32)));
    }),
  );
});
