-- What the sample lacks to be a wholesaler that owns a music shop. Only these tests know of it.

-- Robert King and Laura Callahan work in both houses.
CREATE TABLE secondment (
    employee_id smallint PRIMARY KEY REFERENCES employees,
    shop_employee_id integer NOT NULL UNIQUE,
    since date NOT NULL
);
INSERT INTO secondment VALUES (7, 7, '2004-01-02'), (8, 8, '2004-03-04');

-- The sample's pictures are empty. These are longer than a line of Base64, of every remainder by three.
UPDATE employees
SET photo = sha256(convert_to(last_name, 'UTF8')) || sha256(convert_to(first_name, 'UTF8')) || substring('\x00ff00'::bytea, 1, employee_id % 4)
WHERE employee_id <> 9;
UPDATE employees SET photo = NULL WHERE employee_id = 9;

-- Nobody has sorted the customers yet.
INSERT INTO customer_demographics VALUES ('RETL', 'Sells to those who eat it'), ('GAST', 'Cooks it'), ('NONE', NULL);
INSERT INTO customer_customer_demo
SELECT customer_id, CASE WHEN contact_title = 'Owner' THEN 'GAST' ELSE 'RETL' END FROM customers WHERE customer_id < 'M';
INSERT INTO customer_customer_demo VALUES ('ALFKI', 'GAST');

-- Kinds of values that the sample has none of.
CREATE SCHEMA ext;
CREATE EXTENSION citext SCHEMA ext;
CREATE TABLE campaigns (
    campaign_id integer PRIMARY KEY,
    code ext.citext NOT NULL,
    season daterange,
    guests int4range,
    terms jsonb,
    labels ext.citext[]
);
INSERT INTO campaigns
SELECT i, (ARRAY['Spring', 'SPRING', 'spring sale', 'Autumn', 'autumn%', 'Ünder_1'])[1 + i % 6] || CASE WHEN i % 5 = 0 THEN 'X' ELSE '' END,
    CASE i % 7 WHEN 0 THEN NULL WHEN 1 THEN 'empty' WHEN 2 THEN daterange(NULL, '1997-03-01') ELSE daterange('1997-01-01'::date + i * 5, '1997-02-01'::date + i * 6) END,
    CASE i % 6 WHEN 0 THEN NULL WHEN 1 THEN int4range(i, NULL) WHEN 2 THEN 'empty' ELSE int4range(i, i + 1 + i % 9) END,
    CASE i % 8 WHEN 0 THEN NULL WHEN 1 THEN '[1, {"net": 2}]' WHEN 2 THEN '"open"' ELSE jsonb_build_object('net', i % 4, 'to', jsonb_build_array(i % 3, NULL, 'all')) END,
    CASE i % 5 WHEN 0 THEN NULL WHEN 1 THEN '{}' WHEN 2 THEN '{New,NULL}' ELSE (ARRAY['new', 'Sale', 'SALE'])[1:i % 4] END
FROM generate_series(1, 40) AS i;
-- What customers would buy again, some of it noted twice, and some without saying who or what.
CREATE TABLE wish (customer_id varchar(5), product_id smallint, noted date);
INSERT INTO wish
SELECT customer_id, product_id, order_date FROM orders JOIN order_details USING (order_id) WHERE order_id % 3 = 0;
INSERT INTO wish VALUES (NULL, 1, NULL), ('ALFKI', NULL, NULL), (NULL, NULL, NULL), ('ALFKI', 2, NULL), ('ALFKI', 2, NULL);
CREATE INDEX ON wish (customer_id);
CREATE INDEX ON wish (product_id);

-- What was sent in the place of what: lines of orders, either way told apart by two columns.
CREATE TABLE replacement (order_id smallint, product_id smallint, by_order_id smallint, by_product_id smallint);
INSERT INTO replacement
SELECT a.order_id, a.product_id, b.order_id, b.product_id
FROM order_details a JOIN order_details b ON b.order_id = a.order_id + 1 AND b.quantity >= a.quantity WHERE a.order_id % 2 = 0;
INSERT INTO replacement VALUES (10248, 11, 10248, 11), (10248, 11, NULL, 11), (10248, NULL, 10248, 11);
CREATE INDEX ON replacement (order_id, product_id);
CREATE INDEX ON replacement (by_order_id, by_product_id);
