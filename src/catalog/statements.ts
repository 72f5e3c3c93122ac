/**
 * What is asked of a source's catalogue, in a fixed number of statements however many tables there are. Every name is
 * qualified, since nothing is known yet about the session's search path. PostgreSQL 13 and later; columns that newer
 * versions added to their catalogues are reached through `to_jsonb`, which is null where they are absent.
 */

/** Relations that a type can be bound to: those of people, not the system's own nor some session's temporary ones. */
const relations = `
  SELECT c.oid, c.relname, c.relkind, n.nspname,
    -- A plain table read with its inheritance children, or one with foreign partitions, holds rows that its own
    -- constraints were never applied to.
    CASE c.relkind
      WHEN 'r' THEN NOT EXISTS (SELECT FROM pg_catalog.pg_inherits i WHERE i.inhparent = c.oid)
      WHEN 'p' THEN NOT EXISTS (
        SELECT FROM pg_catalog.pg_partition_tree(c.oid) p
        JOIN pg_catalog.pg_class part ON part.oid = p.relid
        WHERE part.relkind = 'f')
      ELSE c.relkind = 'm'
    END AS constrained
  FROM pg_catalog.pg_class c
  JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
  WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f')
    AND n.nspname <> 'information_schema' AND NOT pg_catalog.starts_with(n.nspname::pg_catalog.text, 'pg_')`;

export const encodingStatement = `SELECT pg_catalog.current_setting('server_encoding') AS encoding`;

export interface TableRow {
  readonly oid: number;
  readonly schema: string;
  readonly name: string;
  readonly relkind: 'r' | 'p' | 'v' | 'm' | 'f';
  readonly comment: string | null;
}

export const tablesStatement = `
  SELECT r.oid, r.nspname::pg_catalog.text AS schema, r.relname::pg_catalog.text AS name, r.relkind,
    pg_catalog.obj_description(r.oid, 'pg_class') AS comment
  FROM (${relations}) r
  ORDER BY r.nspname, r.relname`;

/** Name of a collation under which different texts are equal, or null; of the attribute `a`. */
const looseCollation = `
  (SELECT co.collname::pg_catalog.text FROM pg_catalog.pg_collation co
    WHERE co.oid = a.attcollation AND NOT co.collisdeterministic)`;

export interface ColumnRow {
  readonly table: number;
  /** As parsed queries name it. */
  readonly number: number;
  readonly name: string;
  readonly type: number;
  readonly display: string;
  readonly loose_collation: string | null;
  readonly not_null: boolean;
  readonly comment: string | null;
}

export const columnsStatement = `
  SELECT r.oid AS table, a.attnum AS number, a.attname::pg_catalog.text AS name, a.atttypid AS type,
    pg_catalog.format_type(a.atttypid, a.atttypmod) AS display,
    ${looseCollation} AS loose_collation,
    -- Since version 18 a NOT NULL may be declared and not validated; of foreign tables it is only believed.
    a.attnotnull AND r.constrained AND NOT EXISTS (
      SELECT FROM pg_catalog.pg_constraint c
      WHERE c.conrelid = a.attrelid AND c.contype = 'n' AND NOT c.convalidated
        AND c.conkey = ARRAY[a.attnum]) AS not_null,
    pg_catalog.col_description(a.attrelid, a.attnum) AS comment
  FROM (${relations}) r
  JOIN pg_catalog.pg_attribute a ON a.attrelid = r.oid AND a.attnum > 0 AND NOT a.attisdropped
  ORDER BY r.oid, a.attnum`;

export interface AttributeRow {
  readonly name: string;
  readonly type: number;
  readonly display: string;
  readonly loose_collation: string | null;
}

export interface TypeRow {
  readonly oid: number;
  readonly schema: string;
  readonly name: string;
  readonly typtype: string;
  readonly display: string;
  /** What a domain is over; 0 for other types. */
  readonly base: number;
  /** Of an array its items' type, of a range or multirange the type of its bounds, else null. */
  readonly element: number | null;
  readonly labels: readonly string[];
  /** The extension that the type is of, or null. */
  readonly extension: string | null;
  /** Of a composite type. */
  readonly attributes: readonly AttributeRow[];
}

/** Types of columns, and those that they are made of. */
export const typesStatement = `
  WITH RECURSIVE
  ranges AS (
    SELECT g.rngtypid, g.rngsubtype, (pg_catalog.to_jsonb(g) ->> 'rngmultitypid')::pg_catalog.oid AS multirange
    FROM pg_catalog.pg_range g),
  known (oid) AS (
    SELECT a.atttypid
    FROM (${relations}) r
    JOIN pg_catalog.pg_attribute a ON a.attrelid = r.oid AND a.attnum > 0 AND NOT a.attisdropped
    UNION
    SELECT part.oid
    FROM known JOIN pg_catalog.pg_type t ON t.oid = known.oid
    CROSS JOIN LATERAL (
      SELECT t.typbasetype AS oid UNION ALL SELECT t.typelem
      UNION ALL SELECT g.rngsubtype FROM ranges g WHERE t.oid IN (g.rngtypid, g.multirange)
      UNION ALL SELECT a.atttypid FROM pg_catalog.pg_attribute a
        WHERE a.attrelid = t.typrelid AND a.attnum > 0 AND NOT a.attisdropped) part
    WHERE part.oid <> 0)
  SELECT t.oid, n.nspname::pg_catalog.text AS schema, t.typname::pg_catalog.text AS name, t.typtype,
    pg_catalog.format_type(t.oid, NULL) AS display, t.typbasetype AS base,
    CASE t.typtype
      -- The vectors of the system catalogue have elements too, and are no arrays.
      WHEN 'b' THEN (SELECT e.oid FROM pg_catalog.pg_type e WHERE e.oid = t.typelem AND e.typarray = t.oid)
      ELSE (SELECT g.rngsubtype FROM ranges g WHERE t.oid IN (g.rngtypid, g.multirange))
    END AS element,
    ARRAY(
      SELECT e.enumlabel::pg_catalog.text FROM pg_catalog.pg_enum e
      WHERE e.enumtypid = t.oid ORDER BY e.enumsortorder) AS labels,
    (SELECT x.extname::pg_catalog.text
      FROM pg_catalog.pg_depend d JOIN pg_catalog.pg_extension x ON x.oid = d.refobjid
      WHERE d.classid = 'pg_catalog.pg_type'::pg_catalog.regclass AND d.objid = t.oid AND d.deptype = 'e'
        AND d.refclassid = 'pg_catalog.pg_extension'::pg_catalog.regclass) AS extension,
    (SELECT coalesce(pg_catalog.json_agg(pg_catalog.json_build_object(
        'name', a.attname::pg_catalog.text, 'type', a.atttypid::pg_catalog.int8,
        'display', pg_catalog.format_type(a.atttypid, a.atttypmod),
        'loose_collation', ${looseCollation}) ORDER BY a.attnum), '[]')
      FROM pg_catalog.pg_attribute a
      WHERE t.typrelid <> 0 AND a.attrelid = t.typrelid AND a.attnum > 0 AND NOT a.attisdropped) AS attributes
  FROM known JOIN pg_catalog.pg_type t ON t.oid = known.oid
  JOIN pg_catalog.pg_namespace n ON n.oid = t.typnamespace
  ORDER BY t.oid`;

export interface IndexRow {
  readonly table: number;
  readonly is_primary: boolean;
  readonly is_unique: boolean;
  /** Key columns in order; null where the index has an expression. */
  readonly columns: readonly (string | null)[];
}

/** Partial indexes are left out: they say nothing of the rows outside, and serve few queries. */
export const indexesStatement = `
  SELECT r.oid AS table, i.indisprimary AND r.constrained AS is_primary,
    -- An index WITHOUT OVERLAPS tells ranges apart, not values.
    i.indisunique AND NOT i.indisexclusion AND r.constrained AS is_unique,
    ARRAY(
      SELECT a.attname::pg_catalog.text
      FROM pg_catalog.unnest(i.indkey::pg_catalog.int2[]) WITH ORDINALITY AS k (attnum, position)
      LEFT JOIN pg_catalog.pg_attribute a ON a.attrelid = r.oid AND a.attnum = k.attnum
      WHERE k.position <= i.indnkeyatts ORDER BY k.position) AS columns
  FROM (${relations}) r
  JOIN pg_catalog.pg_index i ON i.indrelid = r.oid AND i.indisvalid AND i.indpred IS NULL
  JOIN pg_catalog.pg_class x ON x.oid = i.indexrelid
  ORDER BY r.oid, i.indisprimary DESC, x.relname`;

export interface ForeignKeyRow {
  readonly table: number;
  readonly columns: readonly string[];
  readonly to_schema: string;
  readonly to_table: string;
  readonly to_columns: readonly string[];
}

/** Only those that hold for every row: validated (and so enforced), over values rather than periods. */
export const foreignKeysStatement = `
  SELECT r.oid AS table, tn.nspname::pg_catalog.text AS to_schema, tc.relname::pg_catalog.text AS to_table,
    ARRAY(
      SELECT a.attname::pg_catalog.text
      FROM pg_catalog.unnest(c.conkey) WITH ORDINALITY AS k (attnum, position)
      JOIN pg_catalog.pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = k.attnum
      ORDER BY k.position) AS columns,
    ARRAY(
      SELECT a.attname::pg_catalog.text
      FROM pg_catalog.unnest(c.confkey) WITH ORDINALITY AS k (attnum, position)
      JOIN pg_catalog.pg_attribute a ON a.attrelid = c.confrelid AND a.attnum = k.attnum
      ORDER BY k.position) AS to_columns
  FROM (${relations}) r
  JOIN pg_catalog.pg_constraint c ON c.conrelid = r.oid AND c.contype = 'f' AND c.convalidated
    AND coalesce(NOT (pg_catalog.to_jsonb(c) ->> 'conperiod')::pg_catalog.bool, true)
  JOIN pg_catalog.pg_class tc ON tc.oid = c.confrelid
  JOIN pg_catalog.pg_namespace tn ON tn.oid = tc.relnamespace
  WHERE r.constrained AND NOT EXISTS (
    -- A key into a partitioned table has a copy for each of its partitions.
    SELECT FROM pg_catalog.pg_constraint parent
    WHERE parent.oid = c.conparentid AND parent.conrelid = c.conrelid)
  ORDER BY r.oid, c.conname`;

export interface ViewRow {
  readonly table: number;
  /** As PostgreSQL keeps it, parsed. */
  readonly query: string;
}

export const viewsStatement = `
  SELECT r.oid AS table, w.ev_action::pg_catalog.text AS query
  FROM (${relations}) r
  JOIN pg_catalog.pg_rewrite w ON w.ev_class = r.oid AND w.ev_type = '1'
  WHERE r.relkind = 'v'
  ORDER BY r.oid`;
