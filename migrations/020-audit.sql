-- The index over the ledger's entries, for the questions of auditors. Derived: it can be emptied and built again at any
-- time and proves nothing by itself; what it finds is read from the ledger before anybody sees it. What the ledger
-- encrypts stands here as the first 64 bits of a keyed hash or of a key's id, never readably.

CREATE SCHEMA audit;

-- How far each writer's chain is indexed. Whoever indexes a chain holds the row's lock, and moves it on in the
-- transaction that adds the rows.
CREATE TABLE audit.progress (
  writer_id uuid PRIMARY KEY,
  -- Sequence number of the first batch that is not in the index.
  next_seq  bigint NOT NULL DEFAULT 0,
  -- Day of the last batch in the index: where to look for the next.
  day       date NOT NULL DEFAULT '-infinity',
  -- Batches that are missing in the chain or cannot be read.
  faults    bigint NOT NULL DEFAULT 0,
  -- The writer is gone and its chain indexed to the end.
  finished  boolean NOT NULL DEFAULT false
) WITH (fillfactor = 50); -- updated with every step: room for updates in place

-- One row for each request. The order of columns leaves no gaps between them.
CREATE TABLE audit.entry (
  -- Milliseconds since 1970 when its batch was sealed.
  at           bigint NOT NULL,
  seq          bigint NOT NULL,
  -- First 64 bits of the leaf hash.
  leaf         bigint NOT NULL,
  -- First 64 bits of the id of the person's data key: a person has one, and one more after each erasure.
  actor        bigint NOT NULL,
  writer_id    uuid NOT NULL,
  -- Place in its batch.
  position     integer NOT NULL,
  outcome      text NOT NULL,
  organisation text,
  -- First 64 bits of the hash of each descriptor.
  descriptors  bigint[] NOT NULL,
  -- Tokens of all records that its disclosures name.
  records      bigint[] NOT NULL,
  PRIMARY KEY (at, writer_id, seq, position)
);

-- Tokens do not compress; trying costs time in every insert.
ALTER TABLE audit.entry ALTER COLUMN records SET STORAGE EXTERNAL;

CREATE INDEX entry_leaf ON audit.entry (leaf);
CREATE INDEX entry_actor ON audit.entry (actor, at);
CREATE INDEX entry_organisation ON audit.entry (organisation, at) WHERE organisation IS NOT NULL;
CREATE INDEX entry_outcome ON audit.entry (outcome, at) WHERE outcome <> 'RELEASED';
CREATE INDEX entry_descriptors ON audit.entry USING gin (descriptors);
CREATE INDEX entry_records ON audit.entry USING gin (records);

-- What entries say was disclosed: copies of dictionary leaves, held to their hash whenever they are read.
CREATE TABLE audit.descriptor (
  hash  bytea PRIMARY KEY CHECK (octet_length(hash) = 32),
  -- First 64 bits of the hash.
  token bigint NOT NULL,
  type  text NOT NULL,
  body  bytea NOT NULL
);
CREATE INDEX descriptor_type ON audit.descriptor (type);

-- The coordinates of a descriptor, as it groups them.
CREATE TABLE audit.cells (
  descriptor  bytea NOT NULL REFERENCES audit.descriptor ON DELETE CASCADE,
  number      integer NOT NULL,
  decision    text NOT NULL,
  coordinates text[] NOT NULL,
  PRIMARY KEY (descriptor, number)
);
CREATE INDEX cells_coordinates ON audit.cells USING gin (coordinates);

-- What a gateway's own database role needs, besides ledger.grant_writer: to add to the index and to read it.
CREATE FUNCTION audit.grant_indexer(grantee regrole) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog AS $$
BEGIN
  EXECUTE format('GRANT USAGE ON SCHEMA audit TO %s', grantee);
  EXECUTE format('GRANT SELECT, INSERT, UPDATE ON audit.progress TO %s', grantee);
  EXECUTE format('GRANT SELECT, INSERT ON audit.entry, audit.descriptor, audit.cells TO %s', grantee);
END
$$;
REVOKE ALL ON FUNCTION audit.grant_indexer(regrole) FROM PUBLIC;
