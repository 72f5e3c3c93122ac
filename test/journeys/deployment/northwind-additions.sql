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
