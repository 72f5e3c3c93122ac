import pg from 'pg';
import {
  decodeBatch,
  decodeEntry,
  dictionaryText,
  enrolmentPublicKey,
  verifyReceipt,
} from '../../src/ledger/index.js';
import { customerDescriptor, customers, draft, policyText, schemaText } from './drafts.js';
import { ledgerFixture, type LedgerFixture } from './fixture.js';

/** Rows of `ledger.batch` as another connection sees them, decoded. */
async function storedEntries({ database }: LedgerFixture) {
  const { rows } = await database.query<{ payload: Buffer; seal: Buffer }>(
    'SELECT payload, seal FROM ledger.batch ORDER BY writer_id, seq',
  );
  return rows.flatMap((row) => decodeBatch(row).entries.map(decodeEntry));
}

describe('append', () => {
  let fixture: LedgerFixture;
  beforeEach(async () => {
    fixture = await ledgerFixture();
  });
  afterEach(() => fixture.dispose());

  it('resolves only once another connection can read the entry', async () => {
    const ledger = await fixture.open();
    const witness = new pg.Client(fixture.database.config);
    await witness.connect();
    try {
      const requestIds = Array.from({ length: 20 }, (_, i) => `request-${i}`);
      for (const requestId of requestIds) {
        const { leaf } = await ledger.append(draft({ requestId }));
        const { rows } = await witness.query<{ found: boolean }>(
          `SELECT bool_or(position($1::bytea IN payload) > 0) AS found FROM ledger.batch`,
          [Buffer.from(requestId)],
        );
        expect(rows).toEqual([{ found: true }]);
        expect(leaf).toMatch(/^[0-9a-f]{64}$/);
      }
    } finally {
      await witness.end();
    }
  });

  it('lets an entry that cannot be made fail alone', async () => {
    const ledger = await fixture.open();
    const odd = { requestId: 'odd', roles: [Symbol('no text') as unknown as string] };
    const appended = await Promise.allSettled([
      ledger.append(draft({ requestId: 'one' })),
      ledger.append(draft(odd)),
      ledger.append(draft({ requestId: 'two' })),
    ]);
    expect(appended.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
    await expect(ledger.append(draft(odd))).rejects.toMatchObject({ code: 'LEDGER_UNAVAILABLE' });
    await ledger.append(draft({ requestId: 'three' }));
    const entered = (await storedEntries(fixture)).flatMap((entry) =>
      entry.kind === 'request' ? [entry.requestId] : [],
    );
    expect(entered).toEqual(['one', 'two', 'three']);
  });

  it('waits for a commit that is held up', async () => {
    const ledger = await fixture.open();
    await ledger.append(draft());
    const holder = new pg.Client(fixture.database.config);
    await holder.connect();
    await holder.query('BEGIN; LOCK TABLE ledger.batch IN ACCESS EXCLUSIVE MODE');
    let settled = false;
    const appended = ledger.append(draft()).then(() => {
      settled = true;
    });
    const waiting = `SELECT count(*)::int AS waiting FROM pg_locks WHERE NOT granted AND locktype = 'relation'`;
    for (let held = 0; held === 0;) {
      held = (await holder.query<{ waiting: number }>(waiting)).rows[0]!.waiting;
    }
    expect(settled).toBe(false);
    await holder.query('COMMIT');
    await holder.end();
    await appended;
  });

  it('commits synchronously, whatever the database prefers', async () => {
    // What the settings are when it commits: a deferred trigger runs after the statement, in the same transaction.
    await fixture.database.query(`
      CREATE TABLE seen (synchronous_commit text, lock_timeout text);
      CREATE FUNCTION look() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
        INSERT INTO public.seen VALUES (current_setting('synchronous_commit'), current_setting('lock_timeout'));
        RETURN NULL;
      END $$;
      CREATE CONSTRAINT TRIGGER look AFTER INSERT ON ledger.batch DEFERRABLE INITIALLY DEFERRED
        FOR EACH ROW EXECUTE FUNCTION look();
      ALTER DATABASE "${fixture.database.name}" SET synchronous_commit = off`);
    const ledger = await fixture.open({ deadlineMs: 5_000 });
    await ledger.append(draft());
    const { rows } = await fixture.database.query<object>('SELECT DISTINCT * FROM seen');
    expect(rows).toEqual([{ synchronous_commit: 'on', lock_timeout: '4s' }]);
  });

  it('records concurrent entries in few commits', async () => {
    const ledger = await fixture.open();
    await Promise.all(Array.from({ length: 500 }, () => ledger.append(draft())));
    const { rows } = await fixture.database.query<{ batches: number; entries: number }>(
      'SELECT count(*)::int AS batches, sum(n)::int AS entries FROM ledger.batch',
    );
    // Start, schema, policy and descriptor besides the requests.
    expect(rows[0]!.entries).toBe(504);
    expect(rows[0]!.batches).toBeLessThan(10);
  });

  it('says of a request what the draft said', async () => {
    const ledger = await fixture.open();
    await ledger.append(draft({ outcome: 'PARTIAL', code: 'SOURCE_TIMEOUT', reason: 'sales: timeout' }));
    const entries = await storedEntries(fixture);
    expect(entries.map(({ kind }) => kind)).toEqual([
      'writer start',
      'dictionary',
      'dictionary',
      'dictionary',
      'request',
    ]);
    expect(entries.at(-1)).toMatchObject({
      endpoint: 'data',
      requestId: 'request-1',
      receivedAt: 1_790_000_000_000,
      organisation: 'cordon',
      authTime: 1_789_999_000,
      authMethods: ['pwd', 'mfa'],
      roles: ['account_manager'],
      assertedRoles: ['account_manager', 'employee'],
      purpose: 'renewal',
      reliedOn: ['agreement-7'],
      outcome: 'PARTIAL',
      code: 'SOURCE_TIMEOUT',
      reason: 'sales: timeout',
      durationMicros: 1_830,
      rows: 3,
      bytes: 912,
      disclosures: [{ count: 3 }],
    });
  });

  it('announces each text once before its first use', async () => {
    const ledger = await fixture.open();
    for (let i = 0; i < 3; i++) await ledger.append(draft());
    const texts = (await storedEntries(fixture)).flatMap((entry) =>
      entry.kind === 'dictionary' ? [entry.text] : [],
    );
    expect(texts.map(({ kind }) => kind)).toEqual(['schema', 'policy', 'descriptor']);
    expect(texts[0]!.body.toString()).toBe(schemaText);
    expect(texts[1]!.body.toString()).toBe(policyText);
  });

  it('takes a draft that discloses nothing, and one that discloses from two sources', async () => {
    const ledger = await fixture.open();
    await ledger.append(draft({ outcome: 'REFUSED', code: 'FORBIDDEN', disclosures: [] }));
    const orders = { ...customerDescriptor, type: 'Order', source: 'sales' };
    await ledger.append(
      draft({ disclosures: [customers(1), { ...customers(), descriptor: orders, count: 0 }] }),
    );
    const requests = (await storedEntries(fixture)).filter((entry) => entry.kind === 'request');
    expect(requests.map(({ disclosures }) => disclosures.map(({ keys }) => keys !== null))).toEqual([
      [],
      [true, false],
    ]);
  });

  it('refuses what is too large before it queues, and takes the next', async () => {
    const ledger = await fixture.open();
    const huge = { ...customers(), count: 1_100_000, keys: Buffer.alloc(4_400_000) };
    await expect(ledger.append(draft({ disclosures: [huge] }))).rejects.toMatchObject({
      code: 'LEDGER_UNAVAILABLE',
    });
    await ledger.append(draft());
  });

  it('announces the text of a further policy before the first entry that cites it', async () => {
    const ledger = await fixture.open();
    await ledger.append(draft());
    const policy = dictionaryText('policy', 'roles: { support: { rows: none } }');
    await Promise.all([
      ledger.append(draft({ policy })),
      ledger.append(draft()),
      ledger.append(draft({ policy })),
    ]);
    const announced = new Set<string>();
    const cited: boolean[] = [];
    for (const entry of await storedEntries(fixture)) {
      if (entry.kind === 'dictionary') announced.add(entry.text.hash.toString('hex'));
      if (entry.kind === 'request')
        cited.push(announced.has(Buffer.from(entry.policyVersion).toString('hex')));
    }
    expect(cited).toEqual([true, true, true, true]);
    expect(announced).toContain(policy.hash.toString('hex'));
    expect(await fixture.verify()).toMatchObject({ ok: true, faults: [] });
  });

  it('answers with a full queue at once', async () => {
    const ledger = await fixture.open({ queue: { maxEntries: 10, maxBytes: 1_000_000 } });
    await ledger.append(draft());
    const results = await Promise.allSettled(Array.from({ length: 50 }, () => ledger.append(draft())));
    const refused = results.filter((result) => result.status === 'rejected');
    expect(refused.length).toBeGreaterThan(0);
    expect(refused.length).toBeLessThan(50);
    for (const { reason } of refused) expect(reason).toMatchObject({ code: 'LEDGER_UNAVAILABLE' });
    await ledger.append(draft());
  });

  it('takes nothing once it is closed', async () => {
    const ledger = await fixture.open();
    const last = ledger.append(draft());
    await ledger.close();
    await last;
    expect(ledger.available).toBe(false);
    await expect(ledger.append(draft())).rejects.toMatchObject({ code: 'LEDGER_UNAVAILABLE' });
    expect((await fixture.verify()).faults).toEqual([]);
  });

  it('works with a role that may only insert and read batches', async () => {
    const role = `${fixture.database.name}_writer`;
    await fixture.database.query(`CREATE ROLE ${role} LOGIN`);
    try {
      await fixture.database.query(`SELECT ledger.grant_writer('${role}')`);
      const control = { ...fixture.database.config, user: role };
      const ledger = await fixture.open({ control });
      await ledger.append(draft());
      const client = new pg.Client(control);
      await client.connect();
      for (const change of [
        'UPDATE ledger.batch SET n = n + 1',
        'DELETE FROM ledger.batch',
        'TRUNCATE ledger.batch',
        'UPDATE ledger.data_key SET wrapped = NULL',
        'UPDATE ledger.writer SET certificate = public_key',
      ]) {
        await expect(client.query(change)).rejects.toMatchObject({ code: '42501' });
      }
      await client.end();
      await ledger.close();
    } finally {
      await fixture.database.query(`DROP OWNED BY ${role}; DROP ROLE ${role}`);
    }
  });

  it('cannot be changed by mistake even by the owner of its tables', async () => {
    const ledger = await fixture.open();
    await ledger.append(draft());
    const { rows } = await fixture.database.query<{ partition: string }>(
      `SELECT tableoid::regclass::text AS partition FROM ledger.batch LIMIT 1`,
    );
    for (const change of [
      'UPDATE ledger.batch SET n = n + 1',
      'DELETE FROM ledger.batch',
      'TRUNCATE ledger.batch',
      `TRUNCATE ${rows[0]!.partition}`,
    ]) {
      await expect(fixture.database.query(change)).rejects.toMatchObject({ code: '42501' });
    }
  });
});

describe('receipts', () => {
  let fixture: LedgerFixture;
  beforeAll(async () => {
    fixture = await ledgerFixture();
  });
  afterAll(() => fixture.dispose());

  it('are of one length, alone or among many, and prove their leaves', async () => {
    const ledger = await fixture.open();
    const alone = await ledger.append(draft());
    const crowd = await Promise.all(
      Array.from({ length: 1200 }, (_, i) => ledger.append(draft({ disclosures: [customers(i)] }))),
    );
    const enrolment = enrolmentPublicKey(fixture.keys);
    const proofs = [alone, ...crowd].map(({ header, leaf }) => {
      const proof = verifyReceipt(header, enrolment);
      expect(proof.leaf).toBe(leaf);
      return proof;
    });
    expect(new Set([alone, ...crowd].map(({ header }) => header.length)).size).toBe(1);
    expect(new Set(crowd.map(({ leaf }) => leaf)).size).toBe(1200);
    expect(Math.max(...proofs.map(({ index }) => index))).toBeGreaterThan(500);
  });

  it('prove nothing once a bit is flipped anywhere in them', async () => {
    const ledger = await fixture.open();
    const [receipt] = await Promise.all(Array.from({ length: 5 }, () => ledger.append(draft())));
    const enrolment = enrolmentPublicKey(fixture.keys);
    const bytes = Buffer.from(receipt!.header, 'base64url');
    verifyReceipt(receipt!.header, enrolment);
    for (let at = 0; at < bytes.length; at++) {
      const flipped = Buffer.from(bytes);
      flipped.writeUInt8(flipped.readUInt8(at) ^ (1 << (at % 8)), at);
      expect(() => verifyReceipt(flipped.toString('base64url'), enrolment)).toThrow();
    }
  });

  it('prove nothing under another enrolment key', async () => {
    const ledger = await fixture.open();
    const { header } = await ledger.append(draft());
    const other = await ledgerFixture();
    try {
      expect(() => verifyReceipt(header, enrolmentPublicKey(other.keys))).toThrow('enrolment key');
    } finally {
      await other.dispose();
    }
  });
});
