import { codegen } from '@graphql-codegen/core';
import * as operationsPlugin from '@graphql-codegen/typescript-operations';
import { buildSchema, parse, printSchema } from 'graphql';
import ts from 'typescript';
import { startDemoServer, type DemoServer } from './demo-server.js';

let demo: DemoServer;
beforeAll(async () => {
  demo = await startDemoServer('code-generation');
}, 60_000);
afterAll(() => demo.stop());

async function generate(role: string, document: string): Promise<string> {
  const schema = buildSchema(await demo.schema(role));
  return codegen({
    filename: 'types.ts',
    schema: parse(printSchema(schema)),
    documents: [{ location: 'query.graphql', document: parse(document) }],
    config: { skipTypename: true, defaultScalarType: 'string' },
    plugins: [{ operations: {} }],
    pluginMap: { operations: operationsPlugin },
  });
}

/** What the TypeScript compiler says of the text, in its strictest setting. */
function complaints(text: string): string[] {
  const options: ts.CompilerOptions = {
    strict: true,
    noEmit: true,
    target: ts.ScriptTarget.ES2023,
    types: [],
  };
  const host = ts.createCompilerHost(options);
  const getSourceFile = host.getSourceFile.bind(host);
  host.getSourceFile = (name, ...rest) =>
    name === 'types.ts'
      ? ts.createSourceFile(name, text, ts.ScriptTarget.ES2023)
      : getSourceFile(name, ...rest);
  const program = ts.createProgram(['types.ts'], options, host);
  return ts
    .getPreEmitDiagnostics(program)
    .map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, '\n'));
}

const document = `query Prices($where: CustomerWhere) {
  customers(where: $where, orderBy: [{ name: ASC }]) { nodes { customerId name creditLimit } }
}`;

test('types are generated from the schema of a role, nullable where values may be withheld', async () => {
  const types = await generate('account_manager', document);
  expect(complaints(types)).toEqual([]);
  expect(
    complaints(`${types}\nconst nothing: PricesQuery = { customers: { nodes: [{ customerId: 1 }] } };`),
  ).not.toEqual([]);
});

test('a document that names what a role does not see fails where types are generated', async () => {
  await expect(generate('partner', document)).rejects.toThrow(/creditLimit|orderBy|CustomerWhere/);
});
