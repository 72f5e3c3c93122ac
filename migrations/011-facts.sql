-- What stewards keep, second part: the agreements and the training that conditions of the policy ask for.

CREATE TABLE governance.agreement (
  id              text PRIMARY KEY CHECK (id <> ''),
  -- The party: an organisation or one person (`https://issuer#subject`).
  organisation    text CHECK (organisation <> ''),
  person          text CHECK (person <> ''),
  -- As `agreement:` in the policy's conditions: `nda`.
  kind            text NOT NULL CHECK (kind <> ''),
  -- Secret classes that it covers.
  classes         text[] NOT NULL CHECK (array_position(classes, NULL) IS NULL),
  signed_at       timestamptz,
  effective_at    timestamptz NOT NULL,
  -- Null: until it is revoked. That it has expired is this time's doing, not a status that somebody must set.
  expires_at      timestamptz,
  -- A refusal is kept as a refusal: access in spite of one is what courts hold against an owner.
  status          text NOT NULL CHECK (status IN ('in_force', 'refused', 'revoked')),
  -- Whether it carries the notice of immunity of 18 U.S.C. 1833(b).
  immunity_notice boolean NOT NULL,
  recorded_at     timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT agreement_has_one_party CHECK (num_nonnulls(organisation, person) = 1),
  CONSTRAINT agreement_in_force_is_signed CHECK (status = 'refused' OR signed_at IS NOT NULL),
  -- What a partner token refers to: an agreement of the token's own organisation.
  UNIQUE (id, organisation)
);

ALTER TABLE governance.partner_token ADD CONSTRAINT partner_token_has_its_organisations_agreement
  FOREIGN KEY (agreement, organisation) REFERENCES governance.agreement (id, organisation);

CREATE TABLE governance.training (
  id           text PRIMARY KEY CHECK (id <> ''),
  person       text NOT NULL CHECK (person <> ''),
  -- As `training:` in the policy's conditions.
  course       text NOT NULL CHECK (course <> ''),
  version      text NOT NULL,
  completed_at timestamptz NOT NULL,
  -- Null: never.
  expires_at   timestamptz,
  recorded_at  timestamptz NOT NULL DEFAULT now()
);

CREATE TRIGGER agreement_advances_revision
  AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON governance.agreement
  FOR EACH STATEMENT EXECUTE FUNCTION governance.advance_revision();
CREATE TRIGGER training_advances_revision
  AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON governance.training
  FOR EACH STATEMENT EXECUTE FUNCTION governance.advance_revision();

-- What a gateway's own database role needs: to read. Tokens, agreements and training are kept under other roles.
CREATE FUNCTION governance.grant_reader(grantee regrole) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog AS $$
BEGIN
  EXECUTE format('GRANT USAGE ON SCHEMA governance TO %s', grantee);
  EXECUTE format(
    'GRANT SELECT ON governance.revision, governance.partner_token, governance.agreement, governance.training TO %s',
    grantee);
END
$$;
REVOKE ALL ON FUNCTION governance.grant_reader(regrole) FROM PUBLIC;
