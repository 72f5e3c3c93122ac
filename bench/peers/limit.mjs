// The limit: what one machine can do at all. Bare node:http and pg, one prepared statement a workload, JSON built by
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

const pool = new pg.Pool({ ...settings.reader, max: settings.poolSize });

const server = createServer(async (request, response) => {
  const [path, key] = request.url.split('?');
  const name = path.slice(1);
  try {
    const { rows } = await pool.query({ name, text: statements[name], values: [key], rowMode: 'array' });
    const body = Buffer.from(rows[0]?.[0] ?? 'null');
    response.writeHead(200, { 'content-type': 'application/json', 'content-length': body.length });
    response.end(body);
  } catch {
    response.writeHead(500, { 'content-length': 0 });
    response.end();
  }
});
server.listen(0, '127.0.0.1', () => answering(server.address().port));
