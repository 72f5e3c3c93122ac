import fc from 'fast-check';
import { bytesOf, utf8AsText } from '../../src/base/index.js';
import { splice } from '../../src/sources/execute.js';

const nonce = 'f00d'.repeat(8);

/** A body of JSON texts and holes, what fills each hole, and what comes of it. */
const bodies = fc
  .array(fc.oneof(fc.json(), fc.record({ hole: fc.nat({ max: 12 }), filling: fc.json() })))
  .map((parts) => {
    const fillings: string[][] = Array.from({ length: 13 }, () => []);
    for (const part of parts) if (typeof part !== 'string') fillings[part.hole]!.push(part.filling);
    return {
      fillings,
      body: parts.map((part) => (typeof part === 'string' ? part : `"${nonce}${part.hole}"`)).join(','),
      filled: parts.map((part) => (typeof part === 'string' ? part : part.filling)).join(','),
    };
  });

describe('splicing', () => {
  test('puts each filling into the next occurrence of its hole and leaves everything else alone', () => {
    fc.assert(
      fc.property(bodies, ({ body, fillings, filled }) => {
        const texts = fillings.map((each) => each.map(utf8AsText));
        expect(bytesOf(splice(utf8AsText(body), nonce, texts)).toString()).toBe(filled);
      }),
    );
  });

  test('fails rather than leave a hole open, or a filling over', () => {
    const code = (body: string, fillings: readonly (readonly string[])[]) => {
      try {
        return splice(
          utf8AsText(body),
          nonce,
          fillings.map((each) => each.map(utf8AsText)),
        );
      } catch (error) {
        return (error as { code: string }).code;
      }
    };
    const two = `["${nonce}0","${nonce}0"]`;
    expect(code(two, [['1', '2']])).toBe('[1,2]');
    expect(code(two, [['1']])).toBe('INTERNAL_ERROR');
    expect(code(two, [['1', '2', '3']])).toBe('INTERNAL_ERROR');
    expect(code(two, [])).toBe('INTERNAL_ERROR');
    expect(code('[]', [['1']])).toBe('INTERNAL_ERROR');
  });
});
