import { GraphQLError, parseValue } from 'graphql';
import { jsonScalar } from '../../src/view/json-scalar.js';

describe('JSON that a caller writes', () => {
  test.each([
    ['"a\\"b"', '"a\\"b"'],
    ['-12.50', '-12.50'],
    ['1e999999', '1e999999'],
    ['12345678901234567890', '12345678901234567890'],
    ['true', 'true'],
    ['[1, [null], "é"]', '[1,[null],"é"]'],
    ['{ a: { b: [] }, __proto__: 1 }', '{"a":{"b":[]},"__proto__":1}'],
  ])('in a document is the text of it, with every digit: %s', (written, text) => {
    expect(jsonScalar.parseLiteral(parseValue(written))).toBe(text);
  });

  test.each([['$secret'], ['[{ a: $secret }]'], ['secret'], ['{ a: secret }']])(
    'in a document holds neither variables nor names, and neither is said: %s',
    (written) => {
      const read = () => jsonScalar.parseLiteral(parseValue(written));
      expect(read).toThrow(GraphQLError);
      expect(read).not.toThrow(/secret/);
    },
  );

  test.each([
    ['a"b', '"a\\"b"'],
    [0.1, '0.1'],
    [-9007199254740991, '-9007199254740991'],
    [{ a: [1, null, true] }, '{"a":[1,null,true]}'],
    [JSON.parse('{"__proto__": {"a": 1}}'), '{"__proto__":{"a":1}}'],
  ])('as a variable is the text of it: %j', (value, text) => {
    expect(jsonScalar.parseValue(value)).toBe(text);
  });

  test.each([[9007199254740993], [[1e21]], [{ a: Infinity }]])(
    'as a variable has no number that may have lost digits on its way: %p',
    (value) => {
      const read = () => jsonScalar.parseValue(value);
      expect(read).toThrow(
        'JSON has whole numbers up to 2⁵³ in variables; write larger ones in the document.',
      );
    },
  );
});
