import pg from 'pg';
import { join } from 'node:path';
import type { Config } from '../../config.js';
import { demoAudience, demoIssuer, mintToken, startDemoIssuer, type DemoIssuer } from '../../demo/index.js';
import { recordAgreement, recordTraining } from '../../governance/index.js';
import { issuerConfigSchema, personIdOf } from '../../identity/index.js';
import { migrate } from '../../ledger/index.js';
import type { Policy } from '../../policy/index.js';
import type { ProveCaller } from '../sight/caller.js';

/** Row claims stand apart from the claims of the standard, whatever the policy calls them. */
const claimOf = (name: string): string => `row_${name}`;

/** Callers may share a subject, since rows belong to it; agreements and training are of one of them alone. */
const personClaim = 'prove_person';

/** A token is good for so long; it is made anew well before, and with it the moment of the sign-in. */
const tokenSeconds = 3600;
const renewedMs = 120_000;

/** Signs in the callers of a run: an issuer that nobody else trusts. */
export class People {
  readonly #folder: string;
  readonly #issuer: DemoIssuer;
  readonly #tokens = new Map<string, { readonly token: Promise<string>; readonly at: number }>();
  /** How gateways are told of the issuer. */
  readonly config: Config['issuers'][number];

  private constructor(folder: string, issuer: DemoIssuer, claims: readonly string[]) {
    this.#folder = folder;
    this.#issuer = issuer;
    this.config = issuerConfigSchema.parse({
      issuer: demoIssuer,
      audience: demoAudience,
      jwksUri: issuer.jwksUri,
      algorithms: ['EdDSA'],
      scopes: null,
      claims: {
        person: personClaim,
        organisation: 'organisation',
        rows: Object.fromEntries(claims.map((name) => [name, claimOf(name)])),
      },
    });
  }

  static async start(folder: string, callers: readonly ProveCaller[]): Promise<People> {
    const keys = join(folder, 'issuer');
    const claims = new Set(callers.flatMap((caller) => Object.keys(caller.claims)));
    return new People(keys, await startDemoIssuer({ folder: keys, port: 0 }), [...claims]);
  }

  /** The caller's token: the same for every twin. */
  token(caller: ProveCaller): Promise<string> {
    const known = this.#tokens.get(caller.name);
    if (known !== undefined && Date.now() - known.at < renewedMs) return known.token;
    const { subject, roles, organisation, claims, conditionsMet } = caller;
    const token = mintToken(this.#folder, {
      subject,
      roles,
      organisation,
      claims: {
        ...Object.fromEntries(Object.entries(claims).map(([name, values]) => [claimOf(name), values])),
        [personClaim]: caller.name as never,
      },
      amr: conditionsMet ? ['pwd', 'mfa'] : ['pwd'],
      ttlSeconds: tokenSeconds,
    });
    this.#tokens.set(caller.name, { token, at: Date.now() });
    return token;
  }

  close(): Promise<void> {
    return this.#issuer.close();
  }
}

/** Records what the policy's conditions ask of the callers who are to meet them. */
export async function recordFacts(
  control: pg.ClientConfig,
  migrations: string,
  policy: Policy,
  callers: readonly ProveCaller[],
): Promise<void> {
  await migrate(control, migrations);
  const client = new pg.Client(control);
  await client.connect();
  const long = { effectiveAt: 0, expiresAt: null } as const;
  const conditions = [...policy.classes.values()];
  try {
    for (const { name } of callers.filter(({ conditionsMet }) => conditionsMet)) {
      const person = personIdOf(demoIssuer, name);
      const kinds = new Set(conditions.flatMap((each) => each.conditions.agreement ?? []));
      for (const kind of kinds)
        await recordAgreement(client, {
          id: `agreement ${kind} of ${name}`,
          party: { person },
          kind,
          classes: [...policy.classes.keys()],
          signedAt: 0,
          ...long,
          status: 'in_force',
          immunityNotice: true,
        });
      const courses = new Set(conditions.flatMap((each) => each.conditions.training ?? []));
      for (const course of courses)
        await recordTraining(client, {
          id: `training ${course} of ${name}`,
          person,
          course,
          version: '1',
          completedAt: 0,
          expiresAt: null,
        });
    }
  } finally {
    await client.end();
  }
}
