// Mercurius as its documentation has it for production: jit at the first repetition of a document, loaders over batched SQL,
// statements prepared, only the columns that are asked for. No token, no checks, no masks, no audit.
import fastify from 'fastify';
import mercurius from 'mercurius';
import pg from 'pg';
import { answering, settings } from './contender.mjs';

// Dates are days, not moments of the server's zone.
pg.types.setTypeParser(pg.types.builtins.DATE, (text) => text);
const pool = new pg.Pool({ ...settings.reader, max: settings.poolSize });
const query = (name, text, values) => pool.query({ name, text, values }).then(({ rows }) => rows);

const schema = `
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

// Rows come with the names of the fields, so the compiled query reads them without resolvers.
const columns = {
  customer: `customer_id AS "customerId", region, name, email, credit_limit AS "creditLimit"`,
  order: `order_id AS "orderId", customer_id AS "customerId", ordered_on AS "orderedOn", status, total`,
  item: `order_id AS "orderId", sku, quantity, unit_price AS "unitPrice"`,
};

const resolvers = {
  Query: {
    customers: (_root, { first, after }) =>
      query(
        'customers',
        `SELECT ${columns.customer} FROM shop.customer WHERE customer_id > $1 ORDER BY customer_id LIMIT $2`,
        [after, first],
      ),
    customer: async (_root, { customerId }) => {
      const [row] = await query(
        'customer',
        `SELECT ${columns.customer} FROM shop.customer WHERE customer_id = $1`,
        [customerId],
      );
      return row;
    },
  },
};

/** Rows of each key, in the keys' order. */
function groupBy(rows, key, keys) {
  const groups = new Map(keys.map((each) => [each, []]));
  for (const row of rows) groups.get(row[key]).push(row);
  return keys.map((each) => groups.get(each));
}

async function ordersOf(customers, first) {
  const rows = await query(
    'orders',
    `SELECT o.* FROM unnest($1::int4[]) AS c (id) CROSS JOIN LATERAL (
       SELECT ${columns.order} FROM shop.orders WHERE customer_id = c.id ORDER BY order_id LIMIT $2) AS o`,
    [customers, first],
  );
  return groupBy(rows, 'customerId', customers);
}

async function itemsOf(orders) {
  const rows = await query(
    'items',
    `SELECT ${columns.item} FROM shop.item WHERE order_id = ANY ($1::int4[]) ORDER BY order_id, line_no`,
    [orders],
  );
  return groupBy(rows, 'orderId', orders);
}

// Without the loaders' cache: each record comes once in an answer, so there is nothing to find in it.
const opts = { cache: false };
const loaders = {
  Customer: {
    orders: {
      opts,
      loader: async (queries) => {
        const sizes = new Set(queries.map(({ params }) => params.first));
        const bySize = new Map();
        for (const first of sizes) {
          const customers = queries
            .filter(({ params }) => params.first === first)
            .map(({ obj }) => obj.customerId);
          const found = await ordersOf(customers, first);
          bySize.set(first, new Map(customers.map((customer, i) => [customer, found[i]])));
        }
        return queries.map(({ obj, params }) => bySize.get(params.first).get(obj.customerId));
      },
    },
  },
  Order: {
    items: { opts, loader: (queries) => itemsOf(queries.map(({ obj }) => obj.orderId)) },
  },
};

const app = fastify();
app.register(mercurius, { schema, resolvers, loaders, jit: 1 });
await app.listen({ host: '127.0.0.1', port: 0 });
answering(app.server.address().port);
