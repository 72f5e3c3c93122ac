import { cacheExchange } from '@urql/exchange-graphcache';
import { relayPagination } from '@urql/exchange-graphcache/extras';
import { Client, fetchExchange, gql } from '@urql/core';
import { startDemoServer, type DemoServer } from './demo-server.js';

let demo: DemoServer;
let client: Client;
beforeAll(async () => {
  demo = await startDemoServer('urql');
  const token = await demo.token('account_manager');
  client = new Client({
    url: demo.url,
    preferGetMethod: false,
    fetchOptions: { headers: { authorization: `Bearer ${token}`, 'cordon-purpose': 'renewal' } },
    exchanges: [
      cacheExchange({
        keys: { Customer: ({ customerId }) => customerId as string, CustomerConnection: () => null },
        resolvers: { Query: { customers: relayPagination() } },
      }),
      fetchExchange,
    ],
  });
}, 60_000);
afterAll(() => demo.stop());

interface Page {
  customers: {
    edges: { node: { customerId: string; creditLimit: string | null } }[];
    pageInfo: { endCursor: string };
  };
}

const page = gql<Page, { first: number; after: string | null }>`
  query ($first: Int!, $after: String) {
    customers(first: $first, after: $after, where: { creditLimit: { gt: "1000" } }) {
      edges {
        node {
          customerId
          creditLimit
        }
      }
      pageInfo {
        hasNextPage
        endCursor
      }
    }
  }
`;

test('urql pages through a connection, filtered, and its normalised cache joins the pages', async () => {
  const first = await client.query(page, { first: 2, after: null }).toPromise();
  expect(first.error).toBeUndefined();
  const after = first.data!.customers.pageInfo.endCursor;
  const both = await client.query(page, { first: 2, after }).toPromise();
  expect(both.error).toBeUndefined();
  const edges = both.data!.customers.edges;
  expect(new Set(edges.map(({ node }) => node.customerId)).size).toBe(4);
  for (const { node } of edges) expect(Number(node.creditLimit)).toBeGreaterThan(1000);
});

test('urql tells an error of ours by its code', async () => {
  const { error } = await client.query(page, { first: -1, after: null }).toPromise();
  expect(error?.graphQLErrors.map(({ extensions }) => extensions['code'])).toEqual(['BAD_USER_INPUT']);
});
