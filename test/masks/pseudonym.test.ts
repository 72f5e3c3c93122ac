import { createHash, createHmac } from 'node:crypto';
import fc from 'fast-check';
import { hmacPads, masks } from '../../src/masks/index.js';
import { openProbe, pgType, target, type Probe } from './probe.js';

const text = { type: pgType('text') };
const spec = { name: 'pseudonym' } as const;

function pseudonymOf(value: string | null, record = Buffer.alloc(4), key = Buffer.alloc(32)): string | null {
  return masks.pseudonym.reference(spec, target(text.type), { value, record, key });
}

describe('the pads of a key', () => {
  it('make HMAC-SHA-256 of two plain hashes, for keys of any length', () => {
    const sha256 = (...parts: Uint8Array[]): Buffer =>
      createHash('sha256').update(Buffer.concat(parts)).digest();
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 150, size: 'max' }),
        fc.uint8Array({ maxLength: 150, size: 'max' }),
        (key, message) => {
          const { inner, outer } = hmacPads(key);
          expect(sha256(outer, sha256(inner, message))).toEqual(
            createHmac('sha256', key).update(message).digest(),
          );
        },
      ),
    );
  });
});

describe('pseudonym', () => {
  let probe: Probe;
  beforeAll(async () => {
    probe = await openProbe();
  });
  afterAll(() => probe.close());

  it('is alike for equal values and differs for all others', async () => {
    const rows = await probe.maskAll(text, [spec], ['Acme', 'Acme', 'acme', 'Acme ', '', 'Ächme']);
    const pseudonyms = rows.map(({ masked }) => masked[0]);
    expect(pseudonyms[0]).toBe(pseudonyms[1]);
    expect(new Set(pseudonyms).size).toBe(5);
    for (const pseudonym of pseudonyms) expect(pseudonym).toMatch(/^pseud(-[bcdfghjkmnpqrstv]{4}){4}$/);
  });

  it('is that of the record where the value is null', async () => {
    const rows = await probe.maskAll(text, [spec], [null, null, null]);
    expect(new Set(rows.map(({ masked }) => masked[0])).size).toBe(3);
  });

  it('keeps values and records apart, even where their bytes are equal', () => {
    expect(pseudonymOf('key', Buffer.from('other'))).not.toBe(pseudonymOf(null, Buffer.from('key')));
  });

  it('differs between audiences, so that two cannot compare', () => {
    expect(pseudonymOf('Acme')).not.toBe(pseudonymOf('Acme', Buffer.alloc(4), Buffer.alloc(32, 1)));
  });
});
