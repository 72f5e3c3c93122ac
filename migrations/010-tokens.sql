-- What stewards keep, first part: partner tokens, and the number that tells every gateway's copy when to look again.

CREATE SCHEMA governance;

-- Changes with every record of this schema. Each change locks the one row until its commit, so whoever reads a number
-- sees every record up to it.
CREATE TABLE governance.revision (
  only_row boolean PRIMARY KEY DEFAULT true CHECK (only_row),
  number   bigint NOT NULL
);
INSERT INTO governance.revision (number) VALUES (1);

-- As the owner, so that changing a record needs no right on the number.
CREATE FUNCTION governance.advance_revision() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $$
BEGIN
  UPDATE governance.revision SET number = number + 1;
  RETURN NULL;
END
$$;
REVOKE ALL ON FUNCTION governance.advance_revision() FROM PUBLIC;

CREATE TABLE governance.partner_token (
  id           uuid PRIMARY KEY,
  -- SHA-256 of the token, whose 256 random bits nobody can guess; the token itself is shown once and kept nowhere.
  hash         bytea NOT NULL UNIQUE CHECK (octet_length(hash) = 32),
  organisation text NOT NULL CHECK (organisation <> ''),
  -- Where given, the token works only while this agreement of the organisation is in force.
  agreement    text,
  roles        text[] NOT NULL CHECK (cardinality(roles) > 0 AND array_position(roles, NULL) IS NULL),
  scopes       text[] NOT NULL CHECK (cardinality(scopes) > 0 AND array_position(scopes, NULL) IS NULL),
  -- `{ "accounts": ["17"] }`, as `$claims.accounts` of row rules.
  claims       jsonb NOT NULL CHECK (jsonb_typeof(claims) = 'object'),
  created_at   timestamptz NOT NULL DEFAULT now(),
  issued_by    text NOT NULL CHECK (issued_by <> ''),
  expires_at   timestamptz NOT NULL CHECK (isfinite(expires_at)),
  revoked_at   timestamptz,
  CONSTRAINT partner_token_expires_after_its_issue CHECK (expires_at > created_at)
);

-- A token means for ever what it meant when it was issued, and is never wider than that; revocation is final.
CREATE FUNCTION governance.refuse_token_change() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog AS $$
BEGIN
  IF to_jsonb(NEW) - 'revoked_at' IS DISTINCT FROM to_jsonb(OLD) - 'revoked_at'
     OR OLD.revoked_at IS NOT NULL AND NEW.revoked_at IS DISTINCT FROM OLD.revoked_at THEN
    RAISE EXCEPTION 'a partner token can only be revoked' USING ERRCODE = 'insufficient_privilege';
  END IF;
  RETURN NEW;
END
$$;
CREATE TRIGGER partner_token_is_only_revoked BEFORE UPDATE ON governance.partner_token
  FOR EACH ROW EXECUTE FUNCTION governance.refuse_token_change();

CREATE TRIGGER partner_token_advances_revision
  AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON governance.partner_token
  FOR EACH STATEMENT EXECUTE FUNCTION governance.advance_revision();
