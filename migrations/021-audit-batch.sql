-- Of batches with many entries, what it takes to show that one of them was sealed without reading the others. Derived as the
-- rest of the index is, and as little believed: what is here must lead to the root that the batch's writer signed.

CREATE TABLE audit.batch (
  writer_id uuid NOT NULL,
  seq       bigint NOT NULL,
  -- The leaf hash of each entry, one after the other.
  leaves    bytea NOT NULL,
  -- Where each entry begins in the payload and where it ends, by turns.
  bounds    integer[] NOT NULL,
  PRIMARY KEY (writer_id, seq)
);

-- Hashes do not compress, and single bounds are looked up; trying costs time in every insert.
ALTER TABLE audit.batch ALTER COLUMN leaves SET STORAGE EXTERNAL, ALTER COLUMN bounds SET STORAGE EXTERNAL;

CREATE OR REPLACE FUNCTION audit.grant_indexer(grantee regrole) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog AS $$
BEGIN
  EXECUTE format('GRANT USAGE ON SCHEMA audit TO %s', grantee);
  EXECUTE format('GRANT SELECT, INSERT, UPDATE ON audit.progress TO %s', grantee);
  EXECUTE format('GRANT SELECT, INSERT ON audit.entry, audit.batch, audit.descriptor, audit.cells TO %s', grantee);
END
$$;

-- Whoever was granted the index before has all of it.
DO $$
DECLARE
  indexer regrole;
BEGIN
  FOR indexer IN
    SELECT DISTINCT acl.grantee::regrole FROM pg_class, aclexplode(relacl) AS acl
    WHERE pg_class.oid = 'audit.entry'::regclass AND acl.privilege_type = 'INSERT' AND acl.grantee <> 0
  LOOP
    PERFORM audit.grant_indexer(indexer);
  END LOOP;
END
$$;
