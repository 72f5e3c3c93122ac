import { buildSchema, GraphQLEnumType } from 'graphql';
import { directiveSdl } from '../../directives/index.js';
import { maskInputSdl } from '../../src/masks/index.js';

function schemaOf(names: Parameters<typeof directiveSdl>[0]) {
  return buildSchema(`${directiveSdl(names)}\n${maskInputSdl}`);
}

const names = {
  classes: new Map([
    ['pricing', 'Prices, "net" of rebates\nand margins'],
    ['contact', 'Whom to ask'],
  ]),
  sources: ['crm', 'sales'],
  rowKeys: ['account'],
};

test('the directives are SDL that tools can build on', () => {
  const schema = schemaOf(names);
  const own = schema.getDirectives().map(({ name }) => name);
  expect(own).toEqual(
    expect.arrayContaining(['table', 'column', 'relation', 'tradeSecret', 'open', 'rows', 'encrypted']),
  );
  expect(schema.getDirective('rows')?.isRepeatable).toBe(true);
  expect(schema.getDirective('open')?.locations).toEqual(['FIELD_DEFINITION', 'OBJECT']);
});

test('every directive and argument says what it means', () => {
  for (const directive of schemaOf(names).getDirectives()) {
    expect(directive.description).toBeTruthy();
    for (const argument of directive.args)
      expect([argument.name, argument.description]).not.toContain(undefined);
  }
});

test('classes, sources and row keys are enums of what policy and configuration have', () => {
  const schema = schemaOf(names);
  const values = (name: string) =>
    (schema.getType(name) as GraphQLEnumType)
      .getValues()
      .map(({ name: value, description }) => [value, description]);
  expect(values('SecretClass')).toEqual([
    ['pricing', 'Prices, "net" of rebates\nand margins'],
    ['contact', 'Whom to ask'],
  ]);
  expect(values('SourceName')).toEqual([
    ['crm', undefined],
    ['sales', undefined],
  ]);
  expect(values('RowKey')).toEqual([['account', undefined]]);
});

test('a policy without classes or row keys still gives SDL that builds', () => {
  expect(() => schemaOf({ classes: new Map(), sources: [], rowKeys: [] })).not.toThrow();
});
