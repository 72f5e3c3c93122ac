// What a good team would write itself: Apollo Server, graphql-shield on the marked fields, resolvers that mask, DataLoaders
// over batched SQL, and an audit row for each request that nobody waits for. Everything that made it slower without
// making it safer was left out: no cache control, tokens verified once and remembered, only the columns it needs.
import { ApolloServer, HeaderMap } from '@apollo/server';
import { ApolloServerPluginCacheControlDisabled } from '@apollo/server/plugin/disabled';
import { makeExecutableSchema } from '@graphql-tools/schema';
import DataLoader from 'dataloader';
import fastify from 'fastify';
import { applyMiddleware } from 'graphql-middleware';
import { rule, shield } from 'graphql-shield';
import { createRemoteJWKSet, jwtVerify } from 'jose';
import { LRUCache } from 'lru-cache';
import { createHmac } from 'node:crypto';
import pg from 'pg';
import { answering, settings } from './contender.mjs';

// Dates are days, not moments of the server's zone.
pg.types.setTypeParser(pg.types.builtins.DATE, (text) => text);
const reads = new pg.Pool({ ...settings.reader, max: settings.poolSize });
// A pool of its own, so that the audit never holds up a request.
const audits = new pg.Pool({ ...settings.audit, max: 2 });

const typeDefs = `
  type Customer {
    customerId: ID!
    region: String!
    name: String!
    email: String!
    creditLimit: String!
    orders(first: Int = 10): [Order!]!
  }
  type Order { orderId: ID! orderedOn: String! status: String! total: String! items: [Item!]! }
  type Item { sku: String! quantity: Int! unitPrice: String! }
  type Query {
    customers(first: Int!, after: ID = "0"): [Customer!]!
    customer(customerId: ID!): Customer
  }`;

const query = (name, text, values) => reads.query({ name, text, values }).then(({ rows }) => rows);

const customerColumns = 'customer_id, region, name, email, credit_limit';

function groupBy(rows, key, keys) {
  const groups = new Map(keys.map((each) => [each, []]));
  for (const row of rows) groups.get(row[key]).push(row);
  return keys.map((each) => groups.get(each));
}

/** One set for each request. */
function loaders(accounts) {
  const orders = new Map();
  return {
    orders: (first) => {
      if (!orders.has(first))
        orders.set(
          first,
          new DataLoader(async (customers) =>
            groupBy(
              await query(
                'orders',
                `SELECT o.* FROM unnest($1::int4[]) AS c (id) CROSS JOIN LATERAL (
                   SELECT order_id, customer_id, ordered_on, status, total FROM shop.orders
                   WHERE customer_id = c.id AND account_id = ANY ($2) ORDER BY order_id LIMIT $3) AS o`,
                [customers, accounts, first],
              ),
              'customer_id',
              customers,
            ),
          ),
        );
      return orders.get(first);
    },
    items: new DataLoader(async (keys) =>
      groupBy(
        await query(
          'items',
          `SELECT order_id, line_no, sku, quantity, unit_price FROM shop.item
           WHERE order_id = ANY ($1::int4[]) ORDER BY order_id, line_no`,
          [keys],
        ),
        'order_id',
        keys,
      ),
    ),
  };
}

const pseudonym = (value) =>
  createHmac('sha256', 'a key of the team').update(value).digest('base64url').slice(0, 16);
const bucket = (size) => (value) => String(Math.floor(Number(value) / size) * size);
const masked =
  (secretClass, read, mask) =>
  (row, _arguments, { clear }) =>
    clear.has(secretClass) ? read(row) : mask(read(row));

const resolvers = {
  Query: {
    customers: (_root, { first, after }, { accounts }) =>
      query(
        'customers',
        `SELECT ${customerColumns} FROM shop.customer WHERE customer_id > $1 AND account_id = ANY ($2)
         ORDER BY customer_id LIMIT $3`,
        [after, accounts, first],
      ),
    customer: async (_root, { customerId }, { accounts }) => {
      const [row] = await query(
        'customer',
        `SELECT ${customerColumns} FROM shop.customer WHERE customer_id = $1 AND account_id = ANY ($2)`,
        [customerId, accounts],
      );
      return row;
    },
  },
  Customer: {
    customerId: (row) => row.customer_id,
    name: masked('relationship', (row) => row.name, pseudonym),
    email: masked(
      'contact',
      (row) => row.email,
      () => 'x@x',
    ),
    creditLimit: masked('pricing', (row) => row.credit_limit, bucket(50000)),
    orders: (row, { first }, context) => context.loaders.orders(first).load(row.customer_id),
  },
  Order: {
    orderId: (row) => row.order_id,
    orderedOn: (row) => row.ordered_on,
    total: masked('pricing', (row) => row.total, bucket(1000)),
    items: (row, _arguments, context) => context.loaders.items.load(row.order_id),
  },
  Item: {
    quantity: masked(
      'relationship',
      (row) => row.quantity,
      (value) => Math.floor(value / 10) * 10,
    ),
    unitPrice: masked('pricing', (row) => row.unit_price, bucket(100)),
  },
};

/** Roles that may have a field at all, masked or not. */
const mayRead = (...roles) =>
  rule({ cache: 'contextual' })((_parent, _arguments, context) => roles.includes(context.role));
const marked = mayRead('account_manager', 'support');
const rules = shield({
  Customer: { name: marked, email: marked, creditLimit: marked },
  Order: { total: marked },
  Item: { quantity: marked, unitPrice: marked },
});

const cleared = {
  account_manager: new Set(['relationship', 'contact', 'pricing']),
  support: new Set(),
};

const keySet = createRemoteJWKSet(new URL(settings.jwksUri));
const verified = new LRUCache({ max: 1000 });

async function callerOf(authorization) {
  let caller = verified.get(authorization);
  if (caller === undefined) {
    const { issuer, audience } = settings;
    const { payload } = await jwtVerify(authorization.slice('Bearer '.length), keySet, { issuer, audience });
    const role = payload.roles[0];
    caller = { subject: payload.sub, role, accounts: payload.accounts, clear: cleared[role] };
    const ttl = payload.exp * 1000 - Date.now();
    verified.set(authorization, caller, { ttl });
  }
  return caller;
}

const audit = `INSERT INTO audit (caller, role, operation, variables) VALUES ($1, $2, $3, $4)`;

const apollo = new ApolloServer({
  schema: applyMiddleware(makeExecutableSchema({ typeDefs, resolvers }), rules),
  nodeEnv: 'production',
  stopOnTerminationSignals: false,
  plugins: [
    ApolloServerPluginCacheControlDisabled(),
    {
      requestDidStart: async () => ({
        async willSendResponse({ contextValue: { subject, role }, request }) {
          const values = [subject, role, request.query, JSON.stringify(request.variables)];
          audits.query({ name: 'audit', text: audit, values }).catch((error) => console.error(error.message));
        },
      }),
    },
  ],
});
await apollo.start();

const app = fastify();
app.post('/graphql', async (request, reply) => {
  const { authorization } = request.headers;
  const response = await apollo.executeHTTPGraphQLRequest({
    httpGraphQLRequest: {
      method: 'POST',
      headers: new HeaderMap(Object.entries(request.headers)),
      search: '',
      body: request.body,
    },
    context: async () => {
      const caller = await callerOf(authorization);
      return { ...caller, loaders: loaders(caller.accounts) };
    },
  });
  for (const [name, value] of response.headers) reply.header(name, value);
  return reply.code(response.status ?? 200).send(response.body.string);
});
await app.listen({ host: '127.0.0.1', port: 0 });
answering(app.server.address().port);
