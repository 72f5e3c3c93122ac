import type { PgKind } from '../../catalog/index.js';

/**
 * Values that broke something once, or could: ends of ranges, what is no number, what a pattern or a parser trips over,
 * what looks like something else. In the form in which PostgreSQL prints them (ISO, UTC), where that is not too long.
 */

const texts: readonly string[] = [
  '',
  ' ',
  ' leading',
  'trailing ',
  'Secret\\',
  '%',
  '_',
  '%_\\%\\',
  '\\',
  "O'Brien",
  '"quoted"',
  '{a,b}',
  '(x,"y")',
  'NULL',
  'null',
  "'; DROP TABLE customer; --",
  '$1',
  '<script>alert(1)</script>',
  '\u202Egnp.exe',
  'e\u0301',
  'é',
  '\u200Bzero\u200Dwidth',
  '😀',
  '𝒳𝒴',
  '👩‍👩‍👧‍👦',
  'İstanbul',
  'ıßﬃ',
  'STRASSE',
  'straße',
  'abc',
  'ABC',
  'line\nbreak\ttab\r',
  '\u0001\u001F',
  '\u2028\uFEFF',
  '{"a":"b"}',
  '0',
  '1e5',
  'NaN',
  'buy@corp.example',
  'BUY@CORP.EXAMPLE',
  'no-at.example',
  'x'.repeat(3000),
  '一二三四五六七八九十',
];

const instants: readonly string[] = [
  'infinity',
  '-infinity',
  '4713-01-01 00:00:00 BC',
  '0001-01-01 00:00:00',
  '294276-12-31 23:59:59.999999',
  '1970-01-01 00:00:00',
  '1999-12-31 23:59:59.5',
  '2024-02-29 12:00:00',
  '2026-03-29 01:30:00',
  '9999-12-31 23:59:59',
  '10000-01-01 00:00:00',
];

// The last ones add up to another sum in another order; with NaN or an infinity among them no sum would tell.
const floats = [
  ...['0', '-0', 'NaN', 'Infinity', '-Infinity', '1.5', '-2.25', '1e-05'],
  ...['0.1', '0.2', '0.3', '0.7', '1e+15', '-1e+15'],
];

export const hostile: Partial<Readonly<Record<PgKind, readonly string[]>>> = {
  bool: ['true', 'false'],
  int2: ['-32768', '32767', '0', '-1', '1'],
  int4: ['-2147483648', '2147483647', '0', '-1', '1'],
  int8: ['-9223372036854775808', '9223372036854775807', '9007199254740993', '0', '-1', '1'],
  oid: ['0', '4294967295'],
  numeric: [
    ...['NaN', 'Infinity', '-Infinity', '0', '0.00', '1.10', '1.1', '-0.5'],
    ...[
      `1${'0'.repeat(400)}`,
      `0.${'0'.repeat(300)}1`,
      '99999999999999999999.99',
      '-99999999999999999999.99',
    ],
  ],
  money: ['-92233720368547758.08', '92233720368547758.07', '0.00', '1.50'],
  float4: [...floats, '3.4028235e+38', '-3.4028235e+38', '1e-45', '1e+06'],
  float8: [...floats, '1.7976931348623157e+308', '-1.7976931348623157e+308', '5e-324'],
  text: texts,
  varchar: texts,
  bpchar: texts,
  citext: texts,
  name: texts,
  char: ['a', '%', 'Z', ' ', ''],
  uuid: ['00000000-0000-0000-0000-000000000000', 'ffffffff-ffff-ffff-ffff-ffffffffffff'],
  date: [
    ...['infinity', '-infinity', '4713-01-01 BC', '0001-01-01 BC', '0001-01-01', '5874897-12-31'],
    ...['1970-01-01', '2024-02-29', '0999-12-31', '9999-12-31', '10000-01-01'],
  ],
  timestamp: instants,
  timestamptz: instants.map((text) =>
    text.endsWith('infinity') ? text : text.replace(/^([\d.: -]+?)( BC)?$/, '$1+00$2'),
  ),
  time: ['00:00:00', '24:00:00', '23:59:59.999999', '12:00:00'],
  timetz: ['24:00:00+15:59:59', '00:00:00-15:59:59', '12:00:00+01', '23:59:59.999999+00'],
  interval: [
    ...['00:00:00', '1 day', '-1 days', '1 mon', '30 days', '1 year 2 mons 3 days 04:05:06.5'],
    ...['infinity', '-infinity', '-178956970 years -8 mons -2147483648 days'],
  ],
  json: [
    ...['{"a":"\\u0000","b":"\\ud800"}', '1e999999', 'null', '"x"', '[]', '{}', '{"a":1,"a":2}'],
    ...['[[[[[[[[]]]]]]]]', '{"a": {"b": [1, {"c": null}]}}', '"%_\\\\"', '{"":0}'],
  ],
  jsonb: [
    ...['null', 'true', '"x"', '[]', '{}', `1${'0'.repeat(400)}`, '1.10', '"%_\\\\"', '{"": 0}'],
    ...['[[{"a": 1}], 2]', '{"a": {"b": [1, {"c": null}]}}', '"\\u0001\\n"', '{"a": "NULL", "b": null}'],
  ],
  xml: ['<a/>', '<b>&lt;</b>', 'text', '<a x="1">é</a>', '<?pi?><a/>'],
  bytea: ['\\x', '\\x00', '\\x00ff', '\\x5c'],
  bit: ['0', '1', '0101'],
  varbit: ['', '0', '1', '010101010'],
  inet: [
    ...['0.0.0.0/0', '255.255.255.255', '10.1.2.3', '10.1.2.3/24', '::', '::/0', 'fe80::1'],
    ...['::ffff:1.2.3.4', '2001:db8::1/64', '127.0.0.1'],
  ],
  cidr: ['0.0.0.0/0', '10.1.2.0/24', '255.255.255.255/32', '::/0', '2001:db8::/32', '::1/128'],
  macaddr: ['00:00:00:00:00:00', 'ff:ff:ff:ff:ff:ff', '08:00:2b:01:02:03'],
  macaddr8: ['00:00:00:00:00:00:00:00', 'ff:ff:ff:ff:ff:ff:ff:ff'],
  point: ['(0,0)', '(NaN,Infinity)', '(-Infinity,1e+308)', '(1.5,-2.25)', '(-0,5e-324)'],
  line: ['{1,-1,0}', '{0,1,0.5}'],
  lseg: ['[(0,0),(1,1)]', '[(NaN,0),(Infinity,1)]'],
  box: ['(1,1),(0,0)', '(Infinity,1),(0,-Infinity)'],
  path: ['((0,0),(1,1))', '[(0,0),(1,1)]', '((0,0))'],
  polygon: ['((0,0),(1,1),(2,0))', '((NaN,0))'],
  circle: ['<(0,0),1>', '<(0,0),0>', '<(1,1),Infinity>'],
  tsvector: ['', "'a':1 'b'", "'it''s':1A"],
  tsquery: ['', "'a' & 'b'", "!'a'", "'a':*"],
  pg_lsn: ['0/0', 'FFFFFFFF/FFFFFFFF'],
};

/** Values of types of extensions, by the name of the type. */
export const hostileOfExtensions: Readonly<Record<string, readonly string[]>> = {
  hstore: ['', '"a"=>"1"', '"a"=>NULL', '"\\\\"=>"%"', '"a"=>"1", "b"=>"2"'],
  ltree: ['', 'Top', 'Top.Science', 'a.b.c.d.e'],
  lquery: ['*', 'Top.*', '!a'],
  ltxtquery: ['a & b', '!a', 'a*'],
  cube: ['(0)', '(1, 2, 3)', '(0, 0),(1, 1)'],
  seg: ['1', '1 .. 2', '1 ..'],
};
