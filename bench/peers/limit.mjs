// The limit: what one machine can do at all. Bare node:http and pg, one prepared statement a workload and source, JSON built by
// PostgreSQL in the shape that measured fastest (concatenation; row_to_json and json_agg take a tenth longer). No token,
// no checks, no masks, no audit.
import { createServer } from 'node:http';
import pg from 'pg';
import { answering, settings } from './contender.mjs';

const customer = `'{"customerId":"' || customer_id || '","name":' || to_json(name) || ',"email":' || to_json(email)
  || ',"region":' || to_json(region) || ',"creditLimit":"' || credit_limit || '"'`;
const order = `'{"orderId":"' || order_id || '","orderedOn":"' || ordered_on || '","status":' || to_json(status)
  || ',"total":"' || total || '"'`;
const item = `'{"sku":' || to_json(sku) || ',"quantity":' || quantity || ',"unitPrice":"' || unit_price || '"}'`;

const orders = (more) => `coalesce((SELECT string_agg(j, ',') FROM (SELECT ${order} || ${more} AS j
  FROM shop.orders o WHERE o.customer_id = c.customer_id ORDER BY order_id LIMIT 5) o), '')`;
const items = `coalesce((SELECT string_agg(${item}, ',' ORDER BY line_no) FROM shop.item i
  WHERE i.order_id = o.order_id), '')`;
const page = (
  more,
  size,
) => `SELECT '[' || coalesce(string_agg(j, ','), '') || ']' FROM (SELECT ${customer} || ${more} AS j
  FROM shop.customer c WHERE customer_id > $1 ORDER BY customer_id LIMIT ${size}) c`;

const statements = {
  list: page(`',"orders":[' || ${orders(`',"items":[' || ${items} || ']}'`)} || ']}'`, 50),
  flat: page(`'}'`, 100),
  one: `SELECT ${customer} || ',"orders":[' || ${orders(`'}'`)} || ']}' FROM shop.customer c WHERE customer_id = $1`,
};

const ticket = `'{"ticketId":"' || ticket_id || '","openedOn":"' || opened_on || '","severity":' || to_json(severity)
  || ',"subject":' || to_json(subject) || '}'`;
const crossing = {
  customers: `SELECT customer_id, ${customer} FROM shop.customer WHERE customer_id > $1 ORDER BY customer_id LIMIT 50`,
  tickets: `SELECT customer_id, string_agg(j, ',') FROM unnest($1::int4[]) AS c (id) CROSS JOIN LATERAL (
    SELECT customer_id, ${ticket} AS j FROM desk.ticket WHERE customer_id = c.id ORDER BY ticket_id LIMIT 5) AS t
    GROUP BY customer_id`,
};

const pool = new pg.Pool({ ...settings.reader, max: settings.poolSize });
const desk = new pg.Pool({ ...settings.desk, max: settings.poolSize });

const read = async (from, name, text, values) => {
  const { rows } = await from.query({ name, text, values, rowMode: 'array' });
  return rows;
};

/** Two databases: their rows are put together here. */
async function cross(key) {
  const customers = await read(pool, 'customers', crossing.customers, [key]);
  const found = await read(desk, 'tickets', crossing.tickets, [customers.map(([id]) => id)]);
  const tickets = new Map(found);
  return `[${customers.map(([id, json]) => `${json},"tickets":[${tickets.get(id) ?? ''}]}`).join()}]`;
}

async function answer(name, key) {
  if (name === 'cross') return cross(key);
  const [row] = await read(pool, name, statements[name], [key]);
  return row?.[0] ?? 'null';
}

const server = createServer(async (request, response) => {
  const [path, key] = request.url.split('?');
  try {
    const body = Buffer.from(await answer(path.slice(1), key));
    response.writeHead(200, { 'content-type': 'application/json', 'content-length': body.length });
    response.end(body);
  } catch {
    response.writeHead(500, { 'content-length': 0 });
    response.end();
  }
});
server.listen(0, '127.0.0.1', () => answering(server.address().port));
