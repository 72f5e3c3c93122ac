import { accountOf, createDraw } from './draw.js';
import { reader } from './tables.js';

/** The second source: tickets, three of each customer, by the same keys as the customers'. */
export const desk = 'desk';

const ticketsPerCustomer = 3;

/** Everything from nothing to granted tables, for one transaction. */
export const buildDesk = (customers: number): string => `
DROP SCHEMA IF EXISTS ${desk} CASCADE;
CREATE SCHEMA ${desk};
SET LOCAL search_path = ${desk}, pg_catalog;
${createDraw}

CREATE TABLE ticket AS
SELECT id AS ticket_id, customer_id, ${accountOf('customer_id')} AS account_id,
  date '2024-01-01' + draw(id, 30, 700) AS opened_on, (ARRAY['low', 'normal', 'high'])[1 + draw(id, 31, 3)] AS severity,
  (ARRAY['Late delivery', 'Wrong quantity', 'Broken seal', 'Price question'])[1 + draw(id, 32, 4)] || ' ' || id AS subject
FROM generate_series(1, ${customers * ticketsPerCustomer}) AS id,
  LATERAL (SELECT 1 + id % ${customers} AS customer_id) AS of_customer;

ALTER TABLE ticket ADD PRIMARY KEY (ticket_id), ALTER customer_id SET NOT NULL, ALTER account_id SET NOT NULL,
  ALTER opened_on SET NOT NULL, ALTER severity SET NOT NULL, ALTER subject SET NOT NULL;
CREATE INDEX ON ticket (customer_id, ticket_id);

DROP FUNCTION draw;
GRANT USAGE ON SCHEMA ${desk} TO ${reader};
GRANT SELECT ON ALL TABLES IN SCHEMA ${desk} TO ${reader};
`;

/** After the commit: statistics, and the marks that index-only scans need. */
export const settleDesk = `VACUUM ANALYZE ${desk}.ticket`;
