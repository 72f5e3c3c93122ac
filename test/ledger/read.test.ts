import pg from 'pg';
import { unpack } from '../../src/base/index.js';
import {
  decodeBatch,
  decodeEntry,
  destroyDataKeys,
  enrolmentPublicKey,
  openKeyRing,
  openRequest,
  readDescriptor,
  recordToken,
  verifyReceipt,
  type OpenedRequest,
} from '../../src/ledger/index.js';
import { customerDescriptor, customers, draft } from './drafts.js';
import { ledgerFixture, type LedgerFixture } from './fixture.js';

describe('what is encrypted in an entry', () => {
  let fixture: LedgerFixture;
  let pool: pg.Pool;
  beforeEach(async () => {
    fixture = await ledgerFixture();
    pool = new pg.Pool({ ...fixture.database.config, max: 1 });
    // The database may be dropped while its connection is still saying good-bye.
    pool.on('connect', (client) => client.on('error', () => undefined));
  });
  afterEach(async () => {
    await pool.end();
    await fixture.dispose();
  });

  /** Every request, opened with a key ring that has cached nothing. */
  async function opened(): Promise<OpenedRequest[]> {
    const keyRing = openKeyRing(pool, fixture.keys);
    const { rows } = await pool.query<{ payload: Buffer; seal: Buffer }>(
      'SELECT payload, seal FROM ledger.batch ORDER BY writer_id, seq',
    );
    const requests: OpenedRequest[] = [];
    for (const row of rows) {
      const { seal, entries } = decodeBatch(row);
      for (const [index, stored] of entries.entries()) {
        const entry = decodeEntry(stored);
        if (entry.kind === 'request') requests.push(await openRequest(entry, seal, index, keyRing));
      }
    }
    return requests;
  }
  const currentMonth = () => new Date().toISOString().slice(0, 7);

  it('is what the draft said, to those who hold the keys', async () => {
    const ledger = await fixture.open();
    await ledger.append(draft({ disclosures: [customers(7, 70_000), { ...customers(), count: 0 }] }));
    const [request] = await opened();
    expect(request!.actor).toEqual({
      personId: 'https://idp.example|ada',
      principalId: 'https://idp.example|ada',
      tokenId: 'token-81',
      client: 'crm-frontend',
      session: 'session-4711',
      ip: '203.0.113.77',
      justification: 'the customer called about a renewal',
      operationName: 'RenewalScreen',
    });
    const [keys, none] = request!.recordKeys;
    expect(unpack(keys as Buffer, customerDescriptor.keyLayout)).toEqual([['7'], ['70000']]);
    expect(none).toBeNull();
  });

  it('has descriptors that say what the keys are of', async () => {
    const ledger = await fixture.open();
    await ledger.append(draft());
    const { rows } = await pool.query<{ payload: Buffer; seal: Buffer }>(
      'SELECT payload, seal FROM ledger.batch',
    );
    const entries = rows.flatMap((row) => decodeBatch(row).entries.map(decodeEntry));
    const descriptors = entries.flatMap((entry) =>
      entry.kind === 'dictionary' && entry.text.kind === 'descriptor' ? [entry.text] : [],
    );
    expect(descriptors.map(({ body }) => readDescriptor(body))).toEqual([customerDescriptor]);
    const requests = entries.filter((entry) => entry.kind === 'request');
    expect(requests[0]!.disclosures[0]!.descriptor).toEqual(descriptors[0]!.hash);
  });

  it('stands in no column of the database in plain', async () => {
    const ledger = await fixture.open();
    const key = { ...customers(), count: 1, keys: Buffer.from('00112233', 'hex') };
    await ledger.append(draft({ disclosures: [key] }));
    const { rows } = await pool.query<{ bytes: Buffer }>(
      `SELECT payload AS bytes FROM ledger.batch UNION ALL SELECT seal FROM ledger.batch
       UNION ALL SELECT certificate FROM ledger.writer
       UNION ALL SELECT convert_to(scope, 'UTF8') || wrapped || commitment FROM ledger.data_key`,
    );
    const stored = Buffer.concat(rows.map(({ bytes }) => bytes));
    const { actor, operationName, justification, document, variables } = draft();
    const secrets = [
      // Not 'ada' alone, which hexadecimal digits spell now and then.
      ...[actor.personId, '|ada', actor.tokenId, actor.client, actor.session, actor.ip],
      ...[operationName, justification, document, variables, '+49 30 901820'],
    ];
    for (const secret of secrets) expect(stored.includes(secret!)).toBe(false);
    expect(stored.includes(key.keys)).toBe(false);
    // What is meant to be read is there: the search would find something.
    expect(stored.includes('account_manager')).toBe(true);
  });

  it('differs from entry to entry, even for the same request', async () => {
    const ledger = await fixture.open();
    await Promise.all([ledger.append(draft()), ledger.append(draft())]);
    const [first, second] = (await opened()).map(({ entry }) => entry);
    expect(first!.actor.sealed).not.toEqual(second!.actor.sealed);
    expect(first!.disclosures[0]!.keys!.sealed).not.toEqual(second!.disclosures[0]!.keys!.sealed);
  });

  it('cannot be moved to another entry', async () => {
    const ledger = await fixture.open();
    await ledger.append(draft());
    const { rows } = await pool.query<{ payload: Buffer; seal: Buffer }>(
      'SELECT payload, seal FROM ledger.batch WHERE seq = 1',
    );
    const { seal, entries } = decodeBatch(rows[0]!);
    const entry = decodeEntry(entries.at(-1)!);
    if (entry.kind !== 'request') throw new Error('the last entry is the request');
    const keyRing = openKeyRing(pool, fixture.keys);
    for (const moved of [
      openRequest(entry, seal, 0, keyRing),
      openRequest(entry, { ...seal, seq: 2 }, entries.length - 1, keyRing),
    ]) {
      expect(await moved).toMatchObject({ actor: 'unreadable', recordKeys: ['unreadable'] });
    }
  });

  it('is erased for one person by destroying the key, and every proof stays', async () => {
    const ledger = await fixture.open();
    const eve = { ...draft().actor, personId: 'https://idp.example|eve' };
    const receipts = [await ledger.append(draft()), await ledger.append(draft({ actor: eve }))];
    expect(await destroyDataKeys(pool, fixture.keys, { personId: eve.personId })).toBe(1);
    const [ada, erased] = await opened();
    expect(ada!.actor).toMatchObject({ personId: 'https://idp.example|ada' });
    expect(erased!.actor).toBe('erased');
    expect(Buffer.isBuffer(erased!.recordKeys[0])).toBe(true);
    expect((await fixture.verify()).faults).toEqual([]);
    for (const { header } of receipts) verifyReceipt(header, enrolmentPublicKey(fixture.keys));
  });

  it('is erased for one source and month by destroying the key', async () => {
    const ledger = await fixture.open();
    await ledger.append(draft());
    const month = currentMonth();
    expect(await destroyDataKeys(pool, fixture.keys, { source: 'crm', month })).toBe(1);
    expect(await destroyDataKeys(pool, fixture.keys, { source: 'sales', month })).toBe(0);
    const [request] = await opened();
    expect(request!.recordKeys).toEqual(['erased']);
    expect((await fixture.verify()).faults).toEqual([]);
  });

  it('gets a new key when something is recorded of a person who was erased', async () => {
    const first = await fixture.open();
    await first.append(draft());
    await first.close();
    await destroyDataKeys(pool, fixture.keys, { personId: draft().actor.personId });
    const second = await fixture.open();
    await second.append(draft());
    const actors = (await opened()).map(({ actor }) => (typeof actor === 'string' ? actor : 'readable'));
    expect(actors.sort()).toEqual(['erased', 'readable']);
    const ids = await openKeyRing(pool, fixture.keys).idsOfPerson(draft().actor.personId);
    expect(ids).toHaveLength(2);
  });

  it('has one living key for a scope, however many gateways need it first', async () => {
    const ledgers = await Promise.all(
      [1, 2, 3].map((i) => fixture.open({ folder: `${fixture.folder}-${i}` })),
    );
    await Promise.all(ledgers.map((ledger) => ledger.append(draft())));
    const { rows } = await pool.query('SELECT scope FROM ledger.data_key');
    expect(rows).toHaveLength(2);
    expect(await opened()).toHaveLength(3);
    expect((await opened()).every(({ actor }) => typeof actor !== 'string')).toBe(true);
  });

  it('is not written under a key that somebody altered', async () => {
    const first = await fixture.open();
    await first.append(draft());
    await first.close();
    await pool.query(`UPDATE ledger.data_key SET wrapped = set_byte(wrapped, 20, get_byte(wrapped, 20) # 1)`);
    const second = await fixture.open();
    await expect(second.append(draft())).rejects.toMatchObject({ code: 'LEDGER_UNAVAILABLE' });
    expect((await opened())[0]).toMatchObject({ actor: 'unreadable', recordKeys: ['unreadable'] });
  });

  it('has index tokens that differ by type, record and key', async () => {
    const ledger = await fixture.open();
    await ledger.append(draft());
    const [key] = await openKeyRing(pool, fixture.keys).ofSource('crm');
    const other = { ...key!, secret: Buffer.alloc(32) };
    const tokens = [
      recordToken(key!, 'Customer', Buffer.from([0, 0, 0, 1])),
      recordToken(key!, 'Customer', Buffer.from([0, 0, 0, 2])),
      recordToken(key!, 'Custome', Buffer.from([0x72, 0, 0, 0, 1])),
      recordToken(other, 'Customer', Buffer.from([0, 0, 0, 1])),
    ];
    expect(new Set(tokens).size).toBe(4);
    expect(recordToken(key!, 'Customer', Buffer.from([0, 0, 0, 1]))).toBe(tokens[0]);
  });
});
