import {
  ApolloClient,
  CombinedGraphQLErrors,
  gql,
  HttpLink,
  InMemoryCache,
  type TypedDocumentNode,
} from '@apollo/client';
import { relayStylePagination } from '@apollo/client/utilities';
import { filter, firstValueFrom } from 'rxjs';
import { startDemoServer, type DemoServer } from './demo-server.js';

let demo: DemoServer;
let client: ApolloClient;
beforeAll(async () => {
  demo = await startDemoServer('apollo-client');
  client = new ApolloClient({
    link: new HttpLink({
      uri: demo.url,
      headers: { authorization: `Bearer ${await demo.token('support')}` },
    }),
    cache: new InMemoryCache({
      typePolicies: {
        Query: { fields: { customers: relayStylePagination() } },
        Customer: { keyFields: ['customerId'] },
      },
    }),
  });
}, 60_000);
afterAll(() => demo.stop());

interface Page {
  customers: { edges: { node: { customerId: string; name: string } }[]; pageInfo: { endCursor: string } };
}

const page: TypedDocumentNode<Page> = gql`
  query Page($first: Int!, $after: String) {
    customers(first: $first, after: $after) {
      edges {
        cursor
        node {
          ...Card
        }
      }
      pageInfo {
        hasNextPage
        endCursor
      }
    }
  }
  fragment Card on Customer {
    customerId
    name
  }
`;

const keys = ({ customers }: Page) => customers.edges.map(({ node }) => node.customerId);

test('Apollo Client pages through a connection and merges the pages in its cache', async () => {
  const query = client.watchQuery({ query: page, variables: { first: 3 } });
  const { data } = await firstValueFrom(query.pipe(filter(({ loading }) => !loading)));
  const first = data as Page;
  expect(keys(first)).toHaveLength(3);
  const more = await query.fetchMore({ variables: { after: first.customers.pageInfo.endCursor } });
  expect(keys(more.data)).toHaveLength(3);

  const merged = client.readQuery({ query: page, variables: { first: 3 } });
  expect(new Set(keys(merged!)).size).toBe(6);
});

test('Apollo Client keeps one record of its cache for a customer met by two ways', async () => {
  const byKey = gql`
    query One($id: ID!) {
      customer(customerId: $id) {
        customerId
        name
        email
      }
    }
  `;
  const { data } = await client.query({ query: page, variables: { first: 1 } });
  const [id] = keys(data!);
  await client.query({ query: byKey, variables: { id } });
  expect(client.cache.extract()).toHaveProperty([`Customer:{"customerId":"${id}"}`], {
    __typename: 'Customer',
    customerId: id,
    name: expect.stringMatching(/^pseud-/) as string,
    email: expect.any(String) as string,
  });
});

test('Apollo Client tells an error of ours by its code', async () => {
  const wrong = client.query({
    query: gql`
      {
        customers {
          nodes {
            nothingOfThatName
          }
        }
      }
    `,
  });
  const error: unknown = await wrong.catch((cause: unknown) => cause);
  if (!CombinedGraphQLErrors.is(error)) throw error;
  expect(error.errors.map(({ extensions }) => extensions?.['code'])).toEqual(['GRAPHQL_VALIDATION_FAILED']);
});
