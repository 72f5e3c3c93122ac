-- The ledger's durable layer: one signed chain of batches for each gateway process (docs: LEDGER).
-- The database is a store, never a witness: everything here is signed or self-certifying, and verified from outside.

CREATE SCHEMA ledger;

-- One row for each writer: a gateway process between enrolment and the loss of its lease.
CREATE TABLE ledger.writer (
  id          uuid PRIMARY KEY,
  -- The process start; a process that loses its lease goes on as another writer of the same boot.
  boot        uuid NOT NULL,
  public_key  bytea NOT NULL CHECK (octet_length(public_key) = 32),
  certificate bytea NOT NULL,
  -- By this database's clock. A batch enters only while it lies ahead.
  lease_until timestamptz NOT NULL,
  closed_at   timestamptz
) WITH (fillfactor = 50); -- the lease is extended by every batch: room for updates in place

CREATE TABLE ledger.batch (
  -- UTC day, part of the signed seal.
  day       date NOT NULL,
  writer_id uuid NOT NULL,
  seq       bigint NOT NULL,
  -- Entries in the payload.
  n         integer NOT NULL CHECK (n > 0),
  -- Milliseconds since 1970 when the batch was sealed.
  t0        bigint NOT NULL,
  payload   bytea NOT NULL,
  seal      bytea NOT NULL,
  stored_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  PRIMARY KEY (writer_id, seq, day)
) PARTITION BY RANGE (day);

-- Hashes and ciphertext do not compress; trying costs time in every commit.
ALTER TABLE ledger.batch ALTER COLUMN payload SET STORAGE EXTERNAL;

CREATE TABLE ledger.data_key (
  -- The first 16 bytes of the commitment, which is how entries cite the key: nobody can put another key in its place.
  id         bytea PRIMARY KEY CHECK (id = substring(commitment FOR 16)),
  -- `source:<name>:<year>-<month>` or `actor:<keyed hash of the person>`.
  scope      text NOT NULL,
  -- Null once the key is destroyed: what it encrypted is erased, and every proof stays.
  wrapped    bytea,
  commitment bytea NOT NULL CHECK (octet_length(commitment) = 32)
);

-- One living key for each scope; a destroyed one makes room for a successor.
CREATE UNIQUE INDEX data_key_living ON ledger.data_key (scope) WHERE wrapped IS NOT NULL;
CREATE INDEX data_key_scope ON ledger.data_key (scope);

CREATE FUNCTION ledger.refuse_change() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog AS $$
BEGIN
  RAISE EXCEPTION 'batches are only ever added' USING ERRCODE = 'insufficient_privilege';
END
$$;

CREATE TRIGGER batch_only_grows BEFORE UPDATE OR DELETE ON ledger.batch
  FOR EACH ROW EXECUTE FUNCTION ledger.refuse_change();
CREATE TRIGGER batch_is_not_emptied BEFORE TRUNCATE ON ledger.batch
  FOR EACH STATEMENT EXECUTE FUNCTION ledger.refuse_change();

-- Makes the partitions of some days, those that exist left alone. Made apart and attached, which lets batches in
-- meanwhile; as the owner, so that a gateway's role needs no right to create tables.
CREATE FUNCTION ledger.prepare_days(first_day date, days integer) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $$
DECLARE
  this_day date;
  partition text;
BEGIN
  PERFORM pg_advisory_xact_lock(hashtext('ledger.prepare_days'));
  FOR this_day IN SELECT first_day + i FROM generate_series(0, least(days, 60) - 1) AS i LOOP
    partition := 'batch_' || to_char(this_day, 'YYYYMMDD');
    CONTINUE WHEN to_regclass('ledger.' || partition) IS NOT NULL;
    EXECUTE format('CREATE TABLE ledger.%I (LIKE ledger.batch INCLUDING DEFAULTS INCLUDING CONSTRAINTS INCLUDING STORAGE)', partition);
    EXECUTE format('CREATE TRIGGER batch_is_not_emptied BEFORE TRUNCATE ON ledger.%I FOR EACH STATEMENT EXECUTE FUNCTION ledger.refuse_change()', partition);
    EXECUTE format('ALTER TABLE ledger.batch ATTACH PARTITION ledger.%I FOR VALUES FROM (%L) TO (%L)', partition, this_day, this_day + 1);
  END LOOP;
END
$$;
REVOKE ALL ON FUNCTION ledger.prepare_days(date, integer) FROM PUBLIC;

-- What a gateway's own database role needs, and nothing else: batches are inserted and read.
CREATE FUNCTION ledger.grant_writer(grantee regrole) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog AS $$
BEGIN
  EXECUTE format('GRANT USAGE ON SCHEMA ledger TO %s', grantee);
  EXECUTE format('GRANT SELECT, INSERT ON ledger.batch TO %s', grantee);
  EXECUTE format('GRANT SELECT, INSERT, UPDATE (lease_until, closed_at) ON ledger.writer TO %s', grantee);
  EXECUTE format('GRANT SELECT, INSERT ON ledger.data_key TO %s', grantee);
  EXECUTE format('GRANT EXECUTE ON FUNCTION ledger.prepare_days(date, integer) TO %s', grantee);
END
$$;
REVOKE ALL ON FUNCTION ledger.grant_writer(regrole) FROM PUBLIC;
