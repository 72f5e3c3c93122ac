import { parse, Source, type ObjectTypeDefinitionNode } from 'graphql';
import {
  readColumn,
  readOpen,
  readRelation,
  readRows,
  readTable,
  readTradeSecret,
  type Annotated,
  type Reading,
} from '../../directives/index.js';

/** A type that bears the directives, on line 2 of its file. */
function typeWith(directives: string): Annotated {
  const document = parse(new Source(`\ntype T ${directives} { f: Int }`, 't.graphql'));
  return document.definitions[0] as ObjectTypeDefinitionNode;
}

function said<Directive>(reading: Reading<Directive> | null): Directive {
  if (reading === null || 'problems' in reading) throw new Error(JSON.stringify(reading));
  return reading.says;
}

function codes(reading: Reading<unknown> | null): readonly string[] {
  if (reading === null || !('problems' in reading)) return [];
  return reading.problems.map(({ file, line, code }) => `${file}:${line} ${code}`);
}

describe('what a directive says', () => {
  test('@table, with the schema public unless it says another', () => {
    expect(said(readTable(typeWith('@table(source: crm, name: "customers")')))).toEqual({
      source: 'crm',
      schema: 'public',
      name: 'customers',
      key: null,
      keyBecause: null,
      plural: null,
    });
    const whole =
      '@table(source: crm, schema: "sales", name: "Q", key: ["a", "b"], keyBecause: "so", plural: "people")';
    expect(said(readTable(typeWith(whole)))).toEqual({
      source: 'crm',
      schema: 'sales',
      name: 'Q',
      key: ['a', 'b'],
      keyBecause: 'so',
      plural: 'people',
    });
  });

  test('@column', () => {
    expect(said(readColumn(typeWith('@column(name: "Köln")')))).toEqual({ name: 'Köln' });
  });

  test('@relation through a table', () => {
    const through = 'through: { name: "c", from: "d", to: ["e", "f"] }';
    expect(said(readRelation(typeWith(`@relation(from: "a", to: ["b", "c"], ${through})`)))).toEqual({
      from: ['a'],
      to: ['b', 'c'],
      through: { schema: 'public', name: 'c', from: ['d'], to: ['e', 'f'] },
      list: false,
    });
  });

  test('@relation, where one column stands for a list of one', () => {
    expect(said(readRelation(typeWith('@relation(from: "a", to: ["b"], list: true)')))).toEqual({
      from: ['a'],
      to: ['b'],
      through: null,
      list: true,
    });
  });

  test('@tradeSecret, its mask as plain data', () => {
    expect(said(readTradeSecret(typeWith('@tradeSecret(class: pricing)')))).toEqual({
      secretClass: 'pricing',
      mask: null,
      nulls: null,
    });
    const { mask } = said(
      readTradeSecret(typeWith('@tradeSecret(class: pricing, mask: { dateTrunc: { unit: YEAR } })')),
    );
    expect(JSON.stringify(mask)).toBe('{"dateTrunc":{"unit":"YEAR"}}');
    expect(said(readTradeSecret(typeWith('@tradeSecret(class: pricing, nulls: KEEP)'))).nulls).toBe('KEEP');
  });

  test('@open', () => {
    expect(said(readOpen(typeWith('@open')))).toEqual({ dimension: false, because: null });
    expect(said(readOpen(typeWith('@open(dimension: true, because: "printed")')))).toEqual({
      dimension: true,
      because: 'printed',
    });
  });

  test('@rows, as often as it stands there', () => {
    const rows = readRows(
      typeWith(
        '@rows(by: a, column: "x") @rows(by: b, via: "y") @rows(by: c, shared: true) @rows(shared: true)',
      ),
    );
    expect(rows.map(said)).toEqual([
      { kind: 'column', by: 'a', column: 'x' },
      { kind: 'via', by: 'b', field: 'y' },
      { kind: 'shared', by: 'c' },
      { kind: 'shared', by: null },
    ]);
  });

  test('a directive that is not there', () => {
    const bare = typeWith('');
    const readers = [readTable, readColumn, readRelation, readTradeSecret, readOpen];
    expect(readers.map((read) => read(bare))).toEqual([null, null, null, null, null]);
    expect(readRows(bare)).toEqual([]);
  });
});

describe('mistakes in arguments', () => {
  test.each<[directive: string, read: (node: Annotated) => Reading<unknown> | null, problems: string[]]>([
    ['@table', readTable, ['MISSING_ARGUMENT', 'MISSING_ARGUMENT']],
    ['@table(source: "crm", name: customers)', readTable, ['INVALID_ARGUMENT', 'INVALID_ARGUMENT']],
    ['@table(source: null, name: "c")', readTable, ['MISSING_ARGUMENT']],
    ['@table(source: crm, name: "c", key: [a])', readTable, ['INVALID_ARGUMENT']],
    ['@table(source: crm, name: "c", name: "d")', readTable, ['DUPLICATE_ARGUMENT']],
    [
      '@table(source: crm, name: "c", keys: ["a"], x: 1)',
      readTable,
      ['UNKNOWN_ARGUMENT', 'UNKNOWN_ARGUMENT'],
    ],
    ['@column', readColumn, ['MISSING_ARGUMENT']],
    ['@relation(from: ["a"])', readRelation, ['MISSING_ARGUMENT']],
    ['@relation(from: ["a", "b"], to: ["c"])', readRelation, ['RELATION_PAIRS']],
    ['@relation(from: [], to: [])', readRelation, ['RELATION_PAIRS']],
    ['@relation(from: "a", to: "b", list: 1)', readRelation, ['INVALID_ARGUMENT']],
    ['@tradeSecret', readTradeSecret, ['MISSING_ARGUMENT']],
    ['@tradeSecret(class: "pricing")', readTradeSecret, ['INVALID_ARGUMENT']],
    ['@open(dimension: yes)', readOpen, ['INVALID_ARGUMENT']],
    ['@open(reason: "printed")', readOpen, ['UNKNOWN_ARGUMENT']],
    ['@rows', (node) => readRows(node)[0] ?? null, ['ROWS_ONE_WAY']],
    ['@rows(by: a)', (node) => readRows(node)[0] ?? null, ['ROWS_ONE_WAY']],
    ['@rows(by: a, shared: false)', (node) => readRows(node)[0] ?? null, ['ROWS_ONE_WAY']],
    ['@rows(by: a, column: "x", via: "y")', (node) => readRows(node)[0] ?? null, ['ROWS_ONE_WAY']],
    ['@rows(by: a, column: "x", shared: true)', (node) => readRows(node)[0] ?? null, ['ROWS_ONE_WAY']],
    ['@rows(column: "x")', (node) => readRows(node)[0] ?? null, ['MISSING_ARGUMENT']],
    ['@rows(by: "a", column: "x")', (node) => readRows(node)[0] ?? null, ['INVALID_ARGUMENT']],
  ])('%s', (directive, read, problems) => {
    expect(codes(read(typeWith(directive)))).toEqual(problems.map((code) => `t.graphql:2 ${code}`));
  });

  test('a mistake stands on the line of its argument', () => {
    const node = typeWith('@table(\n  source: crm\n  name: customers\n)');
    expect(codes(readTable(node))).toEqual(['t.graphql:4 INVALID_ARGUMENT']);
  });

  test('an unknown argument names the near one', () => {
    const reading = readTable(typeWith('@table(source: crm, name: "c", plurals: "d")'));
    expect(reading !== null && 'problems' in reading && reading.problems[0]?.message).toBe(
      '@table has no "plurals". Did you mean "plural"?',
    );
  });
});
