import type pg from 'pg';
import { z } from 'zod';
import { parseRecord, run, text, time, type ControlDatabase } from './record-store.js';

const agreementSchema = z.strictObject({
  id: text,
  party: z.union([z.strictObject({ organisation: text }), z.strictObject({ person: text })]),
  /** As `agreement:` in the policy's conditions. */
  kind: text,
  /** Secret classes that it covers. */
  classes: z.array(text).readonly(),
  /** Milliseconds since 1970, as all times here; null where it was refused. */
  signedAt: time.nullable(),
  effectiveAt: time,
  /** Null: until it is revoked. */
  expiresAt: time.nullable(),
  status: z.enum(['in_force', 'refused', 'revoked']),
  /** Whether it carries the notice of 18 U.S.C. 1833(b). */
  immunityNotice: z.boolean(),
});

/** An agreement with an organisation or a person (`personIdOf`), or its refusal. */
export type Agreement = Readonly<z.output<typeof agreementSchema>>;

/** What the checks of a request need of an agreement. */
export interface AgreementFact {
  readonly id: string;
  readonly organisation: string | null;
  readonly person: string | null;
  readonly kind: string;
  readonly classes: ReadonlySet<string>;
  readonly effectiveAt: number;
  /** Infinity where it does not expire. */
  readonly expiresAt: number;
  readonly status: Agreement['status'];
}

/**
 * Records an agreement as it now stands; one of the same id is replaced.
 * @throws RecordError, LEDGER_UNAVAILABLE
 */
export async function recordAgreement(database: ControlDatabase, agreement: Agreement): Promise<void> {
  const { id, party, kind, classes, signedAt, effectiveAt, expiresAt, status, immunityNotice } = parseRecord(
    agreementSchema,
    agreement,
  );
  const organisation = 'organisation' in party ? party.organisation : null;
  const person = 'person' in party ? party.person : null;
  await run(
    database,
    `INSERT INTO governance.agreement
       (id, organisation, person, kind, classes, signed_at, effective_at, expires_at, status, immunity_notice)
     VALUES ($1, $2, $3, $4, $5, to_timestamp($6::float8 / 1000), to_timestamp($7::float8 / 1000),
       to_timestamp($8::float8 / 1000), $9, $10)
     ON CONFLICT (id) DO UPDATE SET
       organisation = excluded.organisation, person = excluded.person, kind = excluded.kind,
       classes = excluded.classes, signed_at = excluded.signed_at, effective_at = excluded.effective_at,
       expires_at = excluded.expires_at, status = excluded.status, immunity_notice = excluded.immunity_notice,
       recorded_at = now()`,
    [id, organisation, person, kind, classes, signedAt, effectiveAt, expiresAt, status, immunityNotice],
  );
}

interface AgreementRow {
  readonly id: string;
  readonly organisation: string | null;
  readonly person: string | null;
  readonly kind: string;
  readonly classes: readonly string[];
  readonly effective: number;
  readonly expires: number;
  readonly status: Agreement['status'];
}

/** Every agreement, by id, in the order of ids. */
export async function loadAgreements(client: pg.ClientBase): Promise<ReadonlyMap<string, AgreementFact>> {
  const { rows } = await client.query<AgreementRow>(
    `SELECT id, organisation, person, kind, classes, status,
       (extract(epoch FROM effective_at) * 1000)::float8 AS effective,
       (extract(epoch FROM coalesce(expires_at, 'infinity')) * 1000)::float8 AS expires
     FROM governance.agreement ORDER BY id COLLATE "C"`,
  );
  return new Map(
    rows.map(({ id, organisation, person, kind, classes, effective, expires, status }) => [
      id,
      {
        id,
        organisation,
        person,
        kind,
        classes: new Set(classes),
        effectiveAt: effective,
        expiresAt: expires,
        status,
      },
    ]),
  );
}

/** @param now milliseconds since 1970 */
export function isInForce(agreement: AgreementFact, now: number): boolean {
  return agreement.status === 'in_force' && agreement.effectiveAt <= now && now < agreement.expiresAt;
}
