/**
 * What both demo databases are drawn from: SQL functions in a schema `generator` that lives as long as the building
 * transaction. The two databases cannot see each other, so whatever both must agree on (which account a customer
 * belongs to, who ordered) is a pure function of the key.
 *
 * A size of n is n blocks of 40 accounts, 2,000 customers, 20,000 orders and 60,000 lines; a block draws only on its
 * own keys, so a larger size begins with the rows of a smaller one.
 */
export const generator = `
CREATE SCHEMA generator;
SET LOCAL search_path = generator, pg_catalog;

-- Every date below is written in UTC; with another zone, daylight saving time would move some of them.
SET LOCAL TimeZone = 'UTC';

-- How many blocks to make; set by whoever runs this.
CREATE FUNCTION blocks() RETURNS int4 STABLE LANGUAGE sql RETURN current_setting('generator.blocks')::int4;

-- 0 to sides - 1, the same for a key and topic in every run: hash partitioning relies on this hash, so it stays as it
-- is from version to version.
CREATE FUNCTION draw(key int8, topic text, sides int4) RETURNS int4 IMMUTABLE PARALLEL SAFE LANGUAGE sql
  RETURN ((hashint8extended(key, hashtextextended(topic, 0)) & 9223372036854775807) % sides)::int4;

CREATE FUNCTION pick(words text[], key int8, topic text) RETURNS text IMMUTABLE PARALLEL SAFE LANGUAGE sql
  RETURN words[1 + draw(key, topic, cardinality(words))];

-- 0 to sides - 1, low ones far more often: a few large customers and many small.
CREATE FUNCTION draw_few(key int8, topic text, sides int4) RETURNS int4 IMMUTABLE PARALLEL SAFE LANGUAGE sql
  RETURN draw(key, topic, 1000)::int8 * draw(key, topic, 1000) * sides / 1000000;

CREATE FUNCTION account_of(customer_id int4) RETURNS int4 IMMUTABLE PARALLEL SAFE LANGUAGE sql
  RETURN 1 + (customer_id - 1) / 2000 * 40 + draw_few(customer_id, 'account', 40);

-- 0 EMEA, 1 NORTH_AMERICA, 2 LATAM, 3 APAC.
CREATE FUNCTION region_of(account_id int4) RETURNS int4 IMMUTABLE PARALLEL SAFE LANGUAGE sql
  RETURN substr('0001013201103012031030101200132010310120', 1 + (account_id - 1) % 40, 1)::int4;

-- 0 (buys most) to 1999 among the customers of a block; those from 1960 on have not bought yet. 1231 and 671 are
-- inverse modulo 2000, so rank and customer number lead to each other.
CREATE FUNCTION rank_of(customer_id int4) RETURNS int4 IMMUTABLE PARALLEL SAFE LANGUAGE sql
  RETURN (customer_id - 1) % 2000 * 671 % 2000;

CREATE FUNCTION customer_of(order_id int4) RETURNS int4 IMMUTABLE PARALLEL SAFE LANGUAGE sql
  RETURN 1 + (order_id - 1) / 20000 * 2000 + 1231 * (CASE order_id % 2
    WHEN 0 THEN draw(order_id, 'customer', 1960) ELSE draw_few(order_id, 'customer', 1960) END) % 2000;

-- Nineteen or twenty orders of a block a day, from 2024 to October 2026.
CREATE FUNCTION ordered_on(order_id int4) RETURNS date IMMUTABLE PARALLEL SAFE LANGUAGE sql
  RETURN date '2024-01-01' + (order_id - 1) % 20000 * 1034 / 20000;

-- What a buyer buys: distinct products for 240 consecutive slots.
CREATE FUNCTION usual_product(buyer int4, slot int4) RETURNS int4 IMMUTABLE PARALLEL SAFE LANGUAGE sql
  RETURN 1 + (draw(buyer, 'usual products', 240) + slot * 37) % 240;

-- Ciphertexts by the record's number, put here before the rows are made.
CREATE TABLE sealed_value (record int4 PRIMARY KEY, value bytea NOT NULL);
CREATE FUNCTION sealed(record int4) RETURNS bytea STABLE LANGUAGE sql
  RETURN (SELECT value FROM sealed_value WHERE sealed_value.record = sealed.record);

-- Distinct for each of 3,200 consecutive numbers.
CREATE FUNCTION person(number int4) RETURNS text IMMUTABLE PARALLEL SAFE LANGUAGE sql
  RETURN (ARRAY['Sofia','Marcus','Ines','Daniel','Amara','Lukas','Priya','Tomas','Elena','Kwame','Hana','Oliver',
    'Leila','Mateo','Freya','Kenji','Clara','Ravi','Nadia','Emil','Zoe','Andre','Mei','Jonas','Aisha','Pedro','Greta',
    'Samuel','Yuki','Victor','Maya','Stefan','Rosa','Liam','Ingrid','Omar','Julia','Felix','Camila','Anton','Grace',
    'Diego','Sara','Noah','Helena','Arjun','Lina','Paul','Teresa','Hugo'])[1 + number * 1987 % 3200 % 50]
  || ' ' ||
  (ARRAY['Lindqvist','Okafor','Moreau','Keller','Novak','Silva','Tanaka','Murphy','Rossi','Jansen','Mehta','Fischer',
    'Costa','Berg','Dubois','Walker','Haddad','Ferrari','Larsen','Vega','Schmidt','Owusu','Laurent','Nilsson','Park',
    'Marino','Becker','Santos','Fraser','Ito','Kowalski','Romero','Visser','Grant','Bianchi','Holm','Mendes','Weber',
    'Sharma','Dalton','Aalto','Petrov','Chen','Ramos','Sinclair','Hoffmann','Torres','Lund','Ahmed','Castillo',
    'Brooks','Meyer','Vidal','Stone','Yamada','Herrera','Quinn','Bauer','Pereira','Winter','Foster','Nakamura',
    'Delgado','Hughes'])[1 + number * 1987 % 3200 / 50];
`;
