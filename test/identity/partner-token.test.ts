import { sha256 } from '../../src/base/index.js';
import { newPartnerToken, partnerTokenHash } from '../../src/identity/index.js';

describe('the form of a partner token', () => {
  test('is recognisable: a prefix, and letters and digits that are selected by one double click', () => {
    for (let i = 0; i < 200; i += 1) expect(newPartnerToken()).toMatch(/^cordon_pt_[0-9A-Za-z]{49}$/);
  });

  test('is told from random text by its checksum: no change of one character passes', () => {
    const token = newPartnerToken();
    expect(partnerTokenHash(token)).toBe(sha256(token).toString('hex'));
    for (let at = 0; at < token.length; at += 1) {
      const other = token[at] === 'x' ? 'y' : 'x';
      expect(partnerTokenHash(token.slice(0, at) + other + token.slice(at + 1))).toBeNull();
    }
  });

  test('carries 256 random bits: every position varies', () => {
    const tokens = Array.from({ length: 500 }, newPartnerToken);
    expect(new Set(tokens).size).toBe(500);
    // The first of 43 digits holds what 42 leave over of 256 bits, so it is no more than 62^43 / 2^256 allows.
    for (let at = 'cordon_pt_'.length; at < tokens[0]!.length; at += 1) {
      expect(new Set(tokens.map((token) => token[at])).size).toBeGreaterThan(2);
    }
  });
});
