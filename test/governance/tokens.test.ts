import { systemClock } from '../../src/base/index.js';
import {
  createRecordsCopy,
  createTokenLookup,
  issueToken,
  listTokens,
  recordAgreement,
  RecordError,
  revokeToken,
  type LocalCopy,
  type Records,
  type TokenRequest,
} from '../../src/governance/index.js';
import { createAuthenticator, type Authenticator, type Principal } from '../../src/identity/index.js';
import { freshDatabase, type TestDatabase } from '../support/cluster.js';
import { quietLog } from '../support/quiet-log.js';
import { movingClock, type MovingClock } from '../identity/support/moving-clock.js';
import { refusal, unauthenticated } from '../identity/support/gate.js';
import { governanceTemplate } from './support/control-database.js';
import { until } from './support/until.js';
import { attack } from '../attacks/attack.js';

const hour = 3_600_000;

let database: TestDatabase;
let copy: LocalCopy<Records>;
let clock: MovingClock;
let authenticator: Authenticator;

beforeEach(async () => {
  database = await freshDatabase('tokens', { template: await governanceTemplate() });
  copy = createRecordsCopy({ control: database.config, clock: systemClock, log: quietLog });
  clock = movingClock();
  authenticator = createAuthenticator({
    issuers: new Map(),
    partnerTokens: createTokenLookup(copy),
    knownRoles: new Set(['partner']),
    clock,
  });
});
afterEach(async () => {
  await copy.stop();
  await database.drop();
});

function issue(changes: Partial<TokenRequest> = {}): Promise<{ id: string; token: string }> {
  return issueToken(database, {
    organisation: 'brightwater',
    agreement: null,
    roles: ['partner'],
    scopes: ['read:Customer'],
    claims: { accounts: ['2', '4'] },
    expiresAt: clock.now() + hour,
    issuedBy: 'https://idp.example#steward',
    ...changes,
  });
}

const enter = (token: string): Promise<Principal> => authenticator.authenticate(`Bearer ${token}`);

/** Waits until the copy has seen the record. */
async function seen(id: string, how: (records: Records) => boolean = () => true): Promise<void> {
  await until(() => {
    const records = copy.read();
    return records !== null && [...records.tokens.values()].some((token) => token.id === id) && how(records);
  });
}

describe('a partner token', () => {
  test('makes a principal of exactly what it was issued with', async () => {
    const { id, token } = await issue();
    await copy.start();
    expect(await enter(token)).toEqual({
      personId: id,
      principalId: id,
      subject: id,
      organisation: 'brightwater',
      roles: ['partner'],
      assertedRoles: ['partner'],
      scopes: ['read:Customer'],
      claims: new Map([['accounts', ['2', '4']]]),
      tokenId: id,
      client: null,
      session: null,
      authTime: null,
      authMethods: [],
      documentsOnly: false,
      expiresAt: clock.now() + hour,
    });
  });

  test('is shown once: the database holds its hash and nothing of its secret', async () => {
    const { token } = await issue();
    const { rows } = await database.query<{ record: string }>(
      'SELECT partner_token::text AS record FROM governance.partner_token',
    );
    const secret = token.slice('cordon_pt_'.length);
    for (let at = 0; at + 6 <= secret.length; at += 1) {
      expect(rows[0]!.record).not.toContain(secret.slice(at, at + 6));
    }
    expect(JSON.stringify(await listTokens(database))).not.toMatch(/hash|cordon_pt_/);
  });

  test('of a role that the policy does not know is forbidden, and no more is said', async () => {
    const { token } = await issue({ roles: ['admin'] });
    await copy.start();
    const { answer } = await refusal(enter(token));
    expect(answer).toEqual({ status: 403, code: 'FORBIDDEN', text: 'This caller has no role here.' });
  });

  test('is refused from the moment it expires', async () => {
    const { token } = await issue();
    await copy.start();
    clock.advance(3599.999);
    await enter(token);
    clock.advance(0.001);
    expect(await refusal(enter(token))).toEqual({
      answer: unauthenticated,
      detail: 'the partner token has expired',
    });
  });

  attack([50, 51], 'is refused once revoked, and its caller learns what a stranger learns', async () => {
    const { id, token } = await issue();
    await copy.start();
    await enter(token);
    expect(await revokeToken(database, id)).toBe(true);
    await seen(id, ({ tokens }) => [...tokens.values()][0]!.revokedAt !== null);
    expect(await refusal(enter(token))).toEqual({
      answer: unauthenticated,
      detail: 'the partner token is revoked',
    });
  });

  attack([51], 'under an agreement is refused once the agreement ends', async () => {
    const agreement = {
      id: 'NDA-1',
      party: { organisation: 'brightwater' },
      kind: 'nda',
      classes: ['relationship'],
      signedAt: 0,
      effectiveAt: 0,
      expiresAt: clock.now() + hour / 2,
      status: 'in_force',
      immunityNotice: true,
    } as const;
    await recordAgreement(database, agreement);
    const { id, token } = await issue({ agreement: 'NDA-1' });
    await copy.start();
    await enter(token);
    await recordAgreement(database, { ...agreement, status: 'revoked' });
    await seen(id, ({ agreements }) => agreements.get('NDA-1')?.status === 'revoked');
    expect(await refusal(enter(token))).toEqual({
      answer: unauthenticated,
      detail: "the partner token's agreement is not in force",
    });
    await recordAgreement(database, agreement);
    await seen(id, ({ agreements }) => agreements.get('NDA-1')?.status === 'in_force');
    clock.advance(1800);
    expect((await refusal(enter(token))).answer).toEqual(unauthenticated);
  });

  test('that nobody issued is refused, with and without a right checksum', async () => {
    const { token } = await issue();
    await copy.start();
    const other = await freshDatabase('tokens', { template: await governanceTemplate() });
    const foreign = await issueToken(other, {
      organisation: 'brightwater',
      agreement: null,
      roles: ['partner'],
      scopes: ['read:*'],
      claims: {},
      expiresAt: clock.now() + hour,
      issuedBy: 'somebody',
    });
    await other.drop();
    const altered = token.slice(0, -1) + (token.endsWith('0') ? '1' : '0');
    expect(await refusal(enter(foreign.token))).toEqual({
      answer: unauthenticated,
      detail: 'unknown partner token',
    });
    for (const wrong of [altered, token.slice(0, -1), `${token}0`, token.toUpperCase(), 'cordon_pt_']) {
      expect((await refusal(enter(wrong))).answer).toEqual(unauthenticated);
    }
  });

  attack(
    [50],
    'is not judged by a copy that is too old: nobody enters until it is current again',
    async () => {
      const { token } = await issue();
      await copy.start();
      await enter(token);
      await copy.stop();
      await until(() => copy.read() === null);
      const { answer } = await refusal(enter(token));
      expect(answer).toEqual({
        status: 503,
        code: 'LEDGER_UNAVAILABLE',
        text: 'The ledger cannot take the entry, so nothing is released.',
      });
    },
  );

  test('is refused where the deployment takes none', async () => {
    const { token } = await issue();
    const closed = createAuthenticator({
      issuers: new Map(),
      partnerTokens: null,
      knownRoles: new Set(['partner']),
      clock,
    });
    expect((await refusal(closed.authenticate(`Bearer ${token}`))).answer).toEqual(unauthenticated);
  });
});

describe('a record of a partner token', () => {
  attack([48], 'is never widened afterwards, not even by hand', async () => {
    await issue();
    for (const change of [
      "roles = '{admin}'",
      "scopes = '{read:*}'",
      "claims = '{}'",
      "organisation = 'rival'",
      "expires_at = 'infinity'",
      "hash = decode(repeat('00', 32), 'hex')",
    ]) {
      await expect(database.query(`UPDATE governance.partner_token SET ${change}`)).rejects.toThrow(
        'a partner token can only be revoked',
      );
    }
  });

  test('stays revoked, at the time of the first revocation', async () => {
    const { id } = await issue();
    await revokeToken(database, id);
    const [first] = await listTokens(database);
    expect(await revokeToken(database, id)).toBe(true);
    expect(await listTokens(database)).toEqual([first]);
    await expect(database.query('UPDATE governance.partner_token SET revoked_at = NULL')).rejects.toThrow(
      'a partner token can only be revoked',
    );
  });

  test('is listed with what a steward asks for, oldest first', async () => {
    const first = await issue();
    const second = await issue({ organisation: 'kestrel', claims: {} });
    const listed = await listTokens(database);
    expect(listed.map(({ id }) => id)).toEqual([first.id, second.id]);
    expect(listed[0]).toMatchObject({
      organisation: 'brightwater',
      agreement: null,
      roles: ['partner'],
      scopes: ['read:Customer'],
      claims: new Map([['accounts', ['2', '4']]]),
      issuedBy: 'https://idp.example#steward',
      expiresAt: clock.now() + hour,
      revokedAt: null,
    });
  });

  test.each(['', 'nobody', "' OR true --", '00000000-0000-0000-0000-000000000000'])(
    'is not revoked by an id that is not one (%j)',
    async (id) => {
      await issue();
      expect(await revokeToken(database, id)).toBe(false);
      expect((await listTokens(database))[0]!.revokedAt).toBeNull();
    },
  );

  test.each<[string, Partial<TokenRequest>, RegExp]>([
    ['no role', { roles: [] }, /^roles: /],
    ['no scope', { scopes: [] }, /^scopes: /],
    ['a scope that is none', { scopes: ['write:Customer'] }, /^scopes\.0: must be read:\*, read:Type or /],
    ['no organisation', { organisation: '' }, /^organisation: /],
    ['text with NUL', { issuedBy: 'a\0b' }, /^issuedBy: must hold neither NUL/],
    ['an expiry that has passed', { expiresAt: 1 }, /rule partner_token_expires_after_its_issue$/],
    ['an unknown agreement', { agreement: 'X' }, /rule partner_token_has_its_organisations_agreement$/],
  ])('is not made with %s', async (_what, changes, message) => {
    const attempt = issue(changes);
    await expect(attempt).rejects.toThrow(RecordError);
    await expect(attempt).rejects.toThrow(message);
    expect(await listTokens(database)).toEqual([]);
  });

  test("is not made under another organisation's agreement", async () => {
    await recordAgreement(database, {
      id: 'NDA-1',
      party: { organisation: 'kestrel' },
      kind: 'nda',
      classes: [],
      signedAt: 0,
      effectiveAt: 0,
      expiresAt: null,
      status: 'in_force',
      immunityNotice: true,
    });
    await expect(issue({ agreement: 'NDA-1' })).rejects.toThrow(RecordError);
  });

  test('written by hand gives only what is well-formed in it', async () => {
    const { token } = await issue();
    await database.query(
      `INSERT INTO governance.partner_token (id, hash, organisation, roles, scopes, claims, issued_by, expires_at)
       SELECT gen_random_uuid(), sha256('x'), organisation, roles, '{read:Customer,write:*,read:Customer.}',
         '{"accounts": "2", "regions": ["eu"], "mixed": ["a", 1]}', issued_by, expires_at
       FROM governance.partner_token`,
    );
    const listed = await listTokens(database);
    expect(listed).toHaveLength(2);
    expect(listed[1]).toMatchObject({ scopes: ['read:Customer'], claims: new Map([['regions', ['eu']]]) });
    await copy.start();
    expect((await enter(token)).claims.get('accounts')).toEqual(['2', '4']);
  });
});

test('an error of the control database gives its code to the log and nobody its text', async () => {
  await database.query('DROP TABLE governance.training, governance.partner_token');
  const error: unknown = await issue().catch((thrown: unknown) => thrown);
  expect(error).toMatchObject({ code: 'LEDGER_UNAVAILABLE', detail: 'control database: 42P01' });
  expect((error as Error).cause).toBeUndefined();
});

test('a gateway may read the records and change none', async () => {
  await database.query(
    `CREATE ROLE ${database.name}_gateway LOGIN; SELECT governance.grant_reader('${database.name}_gateway')`,
  );
  try {
    const { id } = await issue();
    const user = `${database.name}_gateway`;
    const reader = createRecordsCopy({
      control: { ...database.config, user },
      clock: systemClock,
      log: quietLog,
    });
    await reader.start();
    expect([...reader.read()!.tokens.values()].map((token) => token.id)).toEqual([id]);
    await reader.stop();
    for (const change of ['INSERT', 'UPDATE', 'DELETE', 'TRUNCATE']) {
      const { rows } = await database.query<{ may: boolean }>(
        `SELECT bool_or(has_table_privilege($1, oid, $2)) AS may FROM pg_class WHERE relnamespace = 'governance'::regnamespace AND relkind = 'r'`,
        [user, change],
      );
      expect(rows[0]!.may).toBe(false);
    }
  } finally {
    await database.query(`DROP OWNED BY ${database.name}_gateway; DROP ROLE ${database.name}_gateway`);
  }
});
