import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { transform } from '@swc/core';
import relayCompiler from 'relay-compiler';
import {
  createOperationDescriptor,
  Environment,
  fetchQuery,
  getSelector,
  Network,
  RecordSource,
  Store,
  type ConcreteRequest,
  type GraphQLResponse,
  type ReaderFragment,
} from 'relay-runtime';
import { startDemoServer, type DemoServer } from './demo-server.js';

let demo: DemoServer;
let folder: string;
beforeAll(async () => {
  demo = await startDemoServer('relay');
  folder = await mkdtemp(join(tmpdir(), 'cordon-relay-'));
}, 60_000);
afterAll(async () => {
  await demo.stop();
  await rm(folder, { recursive: true, force: true });
});

const source = `
import { graphql } from 'relay-runtime';

graphql\`
  query listQuery($first: Int!, $after: String) {
    ...list_page @arguments(first: $first, after: $after)
  }
\`;

graphql\`
  fragment list_page on Query
  @argumentDefinitions(first: { type: "Int!" }, after: { type: "String" })
  @refetchable(queryName: "listPageQuery") {
    customers(first: $first, after: $after) @connection(key: "list_customers") {
      edges {
        node {
          customerId
          ...list_card
        }
      }
    }
  }
\`;

graphql\`
  fragment list_card on Customer {
    name
    orders(first: 1) {
      nodes {
        orderNumber
      }
    }
  }
\`;
`;

/** Compiles the documents against the schema of a role and loads what the compiler wrote. */
async function compile(role: string): Promise<<Artifact>(name: string) => Promise<Artifact>> {
  await mkdir(join(folder, 'src'), { recursive: true });
  await writeFile(join(folder, 'schema.graphql'), await demo.schema(role));
  await writeFile(join(folder, 'src/list.ts'), source);
  const config = { src: './src', schema: './schema.graphql', language: 'typescript', eagerEsModules: false };
  await writeFile(join(folder, 'relay.config.json'), JSON.stringify(config));
  await promisify(execFile)(relayCompiler, ['relay.config.json'], { cwd: folder });
  return (name) => load(`${name}.graphql`);
}

/** One of the compiler's modules, and those that it asks for. */
async function load<Artifact>(name: string): Promise<Artifact> {
  const written = await readFile(join(folder, 'src/__generated__', `${name}.ts`), 'utf8');
  const { code } = await transform(written, {
    jsc: { parser: { syntax: 'typescript' }, target: 'es2023' },
    module: { type: 'commonjs' },
  });
  const asked = [...code.matchAll(/require\('\.\/([\w.]+)'\)/g)].map(([, other = '']) => other);
  const others = new Map<string, unknown>(
    await Promise.all(asked.map(async (other) => [`./${other}`, await load<unknown>(other)] as const)),
  );
  const module = { exports: {} as { default: Artifact } };
  // eslint-disable-next-line @typescript-eslint/no-implied-eval -- it is the compiler's own output
  const run = new Function('module', 'exports', 'require', code) as (...given: unknown[]) => void;
  run(module, module.exports, (path: string) => others.get(path));
  return module.exports.default;
}

test('Relay compiles a connection against what cordon schema prints, fetches it and goes on behind it', async () => {
  const load = await compile('support');
  const query = await load<ConcreteRequest>('listQuery');
  const fragment = await load<ReaderFragment>('list_page');
  const authorization = `Bearer ${await demo.token('support')}`;
  const environment = new Environment({
    store: new Store(new RecordSource()),
    network: Network.create(async ({ text }, variables) => {
      const headers = { 'content-type': 'application/json', authorization };
      const body = JSON.stringify({ query: text, variables });
      const response = await fetch(demo.url, { method: 'POST', headers, body });
      return (await response.json()) as GraphQLResponse;
    }),
  });
  const list = async (variables: { first: number; after?: string }) => {
    const data = await fetchQuery(environment, query, variables).toPromise();
    const operation = createOperationDescriptor(query, variables);
    environment.retain(operation);
    const selector = getSelector(fragment, data);
    if (selector.kind !== 'SingularReaderSelector') throw new Error('the fragment was not spread');
    return environment.lookup(selector).data as {
      customers: {
        edges: { node: { customerId: string } }[];
        pageInfo: { hasNextPage: boolean; endCursor: string };
      };
    };
  };
  const first = await list({ first: 2 });
  expect(first.customers.edges).toHaveLength(2);
  expect(first.customers.pageInfo.hasNextPage).toBe(true);
  // The store has put both pages into one connection.
  const both = await list({ first: 2, after: first.customers.pageInfo.endCursor });
  expect(new Set(both.customers.edges.map(({ node }) => node.customerId)).size).toBe(4);
});
