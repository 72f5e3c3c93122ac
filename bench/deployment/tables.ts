import { accountOf, createDraw } from './draw.js';

/**
 * The benchmark's customer database: customers, ten orders each, one to five items an order (three on average). Every
 * value is a pure function of its key, so each run of any size measures the same rows.
 */

/** The database, its one schema, and the gateway's role in it. */
export const shop = 'shop';
export const reader = 'shop_reader';

export const ordersPerCustomer = 10;

/** Prepares the role. Once for a cluster; repeating it changes nothing. */
export const prepareReader = `
DO $$ BEGIN
  IF NOT EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname = '${reader}') THEN CREATE ROLE ${reader} LOGIN; END IF;
END $$`;

// The multiplier has no factor in common with 200 or its multiples by ten, so each run through the customers meets every one
// once, and a customer's orders lie far apart in the table, as orders that came in over years do.
const customerOf = (customers: number) =>
  `(1 + (id * 7919::int8 + (id - 1) / ${customers} * 131) % ${customers})::int4`;

/** Everything from nothing to granted tables, for one transaction. */
export const buildTables = (customers: number): string => `
DROP SCHEMA IF EXISTS ${shop} CASCADE;
CREATE SCHEMA ${shop};
SET LOCAL search_path = ${shop}, pg_catalog;

${createDraw}

CREATE TABLE customer AS
SELECT id AS customer_id, ${accountOf('id')} AS account_id,
  (ARRAY['EMEA', 'NORTH_AMERICA', 'LATAM', 'APAC'])[1 + draw(id, 2, 4)] AS region,
  (ARRAY['Aurora', 'Borealis', 'Cobalt', 'Delta', 'Ember', 'Fathom', 'Granite', 'Harbor'])[1 + draw(id, 3, 8)] || ' '
    || (ARRAY['Foods', 'Robotics', 'Textiles', 'Optics', 'Shipping', 'Chemicals'])[1 + draw(id, 4, 6)] || ' ' || id AS name,
  (ARRAY['anna', 'bela', 'carl', 'dora', 'emil'])[1 + draw(id, 5, 5)] || '@customer-' || id || '.example' AS email,
  (5000 + draw(id, 6, 500000))::numeric(12, 2) AS credit_limit,
  date '2015-01-01' + draw(id, 7, 3600) AS customer_since
FROM generate_series(1, ${customers}) AS id;

CREATE TABLE orders AS
SELECT id AS order_id, customer_id, account_id, date '2023-01-01' + (id * 1000::int8 / ${customers * ordersPerCustomer})::int4 AS ordered_on,
  (ARRAY['open', 'packed', 'shipped', 'shipped', 'cancelled'])[1 + draw(id, 8, 5)] AS status,
  (draw(id, 9, 5000000) / 100.0)::numeric(12, 2) AS total
FROM generate_series(1, ${customers * ordersPerCustomer}) AS id
JOIN customer ON customer_id = ${customerOf(customers)};

CREATE TABLE item AS
SELECT order_id, line_no, 'SKU-' || lpad(draw(order_id, line_no, 100000)::text, 5, '0') AS sku,
  1 + draw(order_id, 10 + line_no, 90) AS quantity, (1 + draw(order_id, 20 + line_no, 99999) / 100.0)::numeric(12, 2) AS unit_price
FROM orders, generate_series(1, 1 + order_id % 5) AS line_no;

ALTER TABLE customer ADD PRIMARY KEY (customer_id), ALTER region SET NOT NULL, ALTER name SET NOT NULL,
  ALTER email SET NOT NULL, ALTER credit_limit SET NOT NULL, ALTER customer_since SET NOT NULL, ALTER account_id SET NOT NULL;
ALTER TABLE orders ADD PRIMARY KEY (order_id), ADD FOREIGN KEY (customer_id) REFERENCES customer,
  ALTER customer_id SET NOT NULL, ALTER account_id SET NOT NULL, ALTER ordered_on SET NOT NULL, ALTER status SET NOT NULL,
  ALTER total SET NOT NULL;
ALTER TABLE item ADD PRIMARY KEY (order_id, line_no), ADD FOREIGN KEY (order_id) REFERENCES orders, ALTER sku SET NOT NULL,
  ALTER quantity SET NOT NULL, ALTER unit_price SET NOT NULL;
CREATE INDEX ON orders (customer_id, order_id);

DROP FUNCTION draw;
GRANT USAGE ON SCHEMA ${shop} TO ${reader};
GRANT SELECT ON ALL TABLES IN SCHEMA ${shop} TO ${reader};
`;

/** After the commit: statistics, and the marks that index-only scans need. */
export const settleTables = `VACUUM ANALYZE ${shop}.customer, ${shop}.orders, ${shop}.item`;
