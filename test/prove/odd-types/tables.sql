CREATE SCHEMA ext;
CREATE EXTENSION citext SCHEMA ext;
CREATE TYPE mood AS ENUM ('so so', 'fine', 'grand');
CREATE TYPE inner_part AS (label varchar(6), at mood, tags ext.citext[]);
CREATE TYPE part AS (inner_part inner_part, amount numeric(7, 2)[], note text);
CREATE TYPE span AS RANGE (subtype = float8);

-- Joined by values that are equal in more than one form.
CREATE TABLE holder (code ext.citext, stamp timestamptz, owner text NOT NULL, level int NOT NULL, name ext.citext, PRIMARY KEY (code, stamp));
CREATE TABLE thing (
    id numeric PRIMARY KEY,
    code ext.citext,
    stamp timestamptz,
    owner text,
    flag boolean, small smallint, whole int, big bigint, oid oid,
    amount numeric(12, 2), free numeric, cash money, r real, d double precision,
    txt text, short varchar(5), padded char(4), nm name, ch "char", ci ext.citext,
    day date, ts timestamp(3), tz timestamptz, t time, ttz timetz, iv interval,
    u uuid, j json, jb jsonb, x xml, b bytea, bits bit(3), vbits varbit,
    ip inet, net cidr, mac macaddr, mac8 macaddr8, pt point, cir circle,
    tsv tsvector, lsn pg_lsn, mood mood, part part,
    ir int4range, nr numrange, dr daterange, tr tstzrange, mr nummultirange, sp span,
    ints int[], words varchar(5)[], cis ext.citext[], days date[], moods mood[], grid int[], ranges int4range[]
);
CREATE TABLE address_book (ip inet, bits varbit, mac macaddr, bytes bytea, lsn pg_lsn, u uuid, seen date, mood mood, owner text, note text, PRIMARY KEY (bytes, ip));
-- Links by texts of any case, by bytes and addresses; twice, and to nothing.
CREATE TABLE knows (ci ext.citext, stamp timestamptz, bytes bytea, ip inet);
CREATE TABLE tie (tie_id int PRIMARY KEY, a numeric, b numeric, owner text, note text);

CREATE VIEW calm AS SELECT id, ci, txt, amount, owner, upper(txt) AS loud, mood FROM thing WHERE mood <> 'grand';
CREATE VIEW vouched AS SELECT ci, day, owner, amount, b, ir, jb, cis FROM thing UNION SELECT ci, seen, h.owner, 1.00, bytes, 'empty', 'null', '{}' FROM address_book h, thing;
CREATE MATERIALIZED VIEW tally AS SELECT ci, mood, owner, count(*) AS n, max(amount) AS most FROM thing GROUP BY ci, mood, owner;
CREATE UNIQUE INDEX ON tally (ci, mood, owner);
