import pg from 'pg';
import { startGateway, type RunningGateway } from '../../src/main.js';
import { shop } from '../support/deployments.js';
import {
  post,
  startTestGateway,
  type TestCaller,
  type TestGateway,
  type TestResponse,
} from '../support/gateway.js';
import { privateCluster } from '../support/private-cluster.js';
import { quietLog } from '../support/quiet-log.js';
import { askControl, askHistory, type Row } from './auditor.js';

const caller = (subject: string): TestCaller => ({ roles: ['manager'], subject, organisation: subject });
const document = '{ customers(first: 1) { nodes { name } } }';
const emptied = 'TRUNCATE audit.progress, audit.entry, audit.descriptor, audit.cells';

let gateway: TestGateway;
let control: pg.Client;
beforeAll(async () => {
  gateway = await startTestGateway(shop);
  control = new pg.Client(gateway.control);
  await control.connect();
});
afterAll(async () => {
  await control.end();
  await gateway.dispose();
});

async function startAnother(): Promise<RunningGateway> {
  const folder = `${gateway.config.ledgerFolder}-${Math.random().toString(36).slice(2)}`;
  return startGateway({ ...gateway.config, ledgerFolder: folder }, gateway.secrets, quietLog);
}

async function queryAt(address: string, asker: TestCaller): Promise<TestResponse> {
  const headers = { authorization: `Bearer ${await gateway.token(asker)}` };
  return post(`${address}/graphql`, headers, { query: document });
}

const at = ({ address }: RunningGateway) => ({ address, token: gateway.token });
const organisations = (nodes: readonly Row[]) => [...new Set(nodes.map(({ organisation }) => organisation))];

/** As somebody does who owns the database. */
async function tamper(statement: string, values: unknown[] = []): Promise<void> {
  await control.query("SET session_replication_role = 'replica'");
  await control.query(statement, values);
  await control.query('RESET session_replication_role');
}

test('an answer is in the history as soon as its caller has it, whichever gateway gave it', async () => {
  const other = await startAnother();
  const addresses = [gateway.address, other.address];
  for (let i = 0; i < 6; i++) {
    const asker = caller(`prompt-${i}`);
    await queryAt(addresses[i % 2]!, asker);
    const { nodes } = await askHistory(i % 4 < 2 ? gateway : at(other), { first: 1 });
    expect(organisations(nodes)).toEqual([`prompt-${i}`]);
  }
  await other.close();
});

test('gateways that index the same ledger at once give the same whole history', async () => {
  const others = [await startAnother(), await startAnother()];
  await Promise.all(
    [gateway, ...others].flatMap(({ address }, i) =>
      Array.from({ length: 5 }, (_, j) => queryAt(address, caller(`many-${i}-${j}`))),
    ),
  );
  const filter = { type: 'Customer' };
  const { nodes: expected } = await askHistory(gateway, { filter });
  expect(organisations(expected).filter((name) => String(name).startsWith('many-')).length).toBe(15);
  for (let round = 0; round < 3; round++) {
    await control.query(emptied);
    const pages = await Promise.all([gateway, ...others.map(at)].map((each) => askHistory(each, { filter })));
    for (const { nodes } of pages) expect(nodes).toEqual(expected);
  }
  await Promise.all(others.map((other) => other.close()));
});

test('a batch that commits while its writer is declared gone is not lost', async () => {
  const other = await startAnother();
  await queryAt(other.address, caller('last-words'));
  await other.close();
  // The batch as it was a moment ago: recorded, and its transaction not yet at an end.
  const { rows } = await control.query<{ day: string; writer_id: string; seq: string }>(
    `SELECT b.day::text, b.writer_id, b.seq FROM ledger.batch b JOIN ledger.writer w ON w.id = b.writer_id
      WHERE w.closed_at IS NOT NULL ORDER BY w.closed_at DESC, b.seq DESC LIMIT 1`,
  );
  const place = [rows[0]!.day, rows[0]!.writer_id, rows[0]!.seq];
  const where = 'WHERE day = $1 AND writer_id = $2 AND seq = $3';
  await control.query(`CREATE TABLE kept AS SELECT * FROM ledger.batch LIMIT 0`);
  await tamper(`INSERT INTO kept SELECT * FROM ledger.batch ${where}`, place);
  await tamper(`DELETE FROM ledger.batch ${where}`, place);
  await control.query(emptied);
  await control.query('BEGIN');
  await control.query('SELECT FROM ledger.writer WHERE id = $1 FOR UPDATE', [rows[0]!.writer_id]);
  await control.query('INSERT INTO ledger.batch SELECT * FROM kept');

  const state = { answered: false };
  const asked = askHistory(gateway, { filter: { organisation: 'last-words' } }).finally(() => {
    state.answered = true;
  });
  const waits = `SELECT FROM pg_stat_activity WHERE application_name = 'cordon-audit' AND wait_event_type = 'Lock'
    AND query LIKE '%FOR SHARE%' AND datname = current_database()`;
  while (!state.answered && (await control.query(waits)).rowCount === 0)
    await control.query('SELECT pg_sleep(0.01), pg_stat_clear_snapshot()');
  await control.query('COMMIT');
  expect(organisations((await asked).nodes)).toEqual(['last-words']);
});

describe('what was altered in the database', () => {
  test('is not shown, and is told to be missing', async () => {
    await queryAt(gateway.address, caller('altered'));
    const { nodes, unreadableBatches: before } = await askHistory(gateway, {
      filter: { organisation: 'altered' },
    });
    const leaf = String(nodes[0]!['leaf']);
    await tamper(
      `UPDATE ledger.batch b SET payload = set_byte(payload, length(payload) - 1, 255 - get_byte(payload, length(payload) - 1))
        FROM audit.entry e WHERE e.organisation = 'altered' AND (b.writer_id, b.seq) = (e.writer_id, e.seq)`,
    );
    const after = await askHistory(gateway, { filter: { organisation: 'altered' } });
    expect(after).toMatchObject({ nodes: [], unreadableBatches: before + 1 });
    const response = await askControl(gateway, `{ entry(leaf: "${leaf}") { leaf } }`);
    expect(response.body.data).toEqual({ entry: null });

    await control.query(emptied);
    const anew = await askHistory(gateway, { filter: { organisation: 'altered' } });
    expect(anew).toMatchObject({ nodes: [], unreadableBatches: before + 1 });
    expect((await askHistory(gateway, { filter: { type: 'Customer' } })).nodes.length).toBeGreaterThan(0);
  });

  test('in the index puts no words into the mouth of the ledger', async () => {
    await queryAt(gateway.address, caller('innocent'));
    await queryAt(gateway.address, caller('culprit'));
    const by = async (name: string) => {
      const [entry] = (await gateway.entries()).filter(({ entry: each }) => each.organisation === name);
      const person = typeof entry!.actor === 'string' ? '' : entry!.actor.personId;
      return askHistory(gateway, { filter: { person } });
    };
    expect(organisations((await by('culprit')).nodes)).toEqual(['culprit']);
    await control.query(
      `UPDATE audit.entry SET actor = (SELECT actor FROM audit.entry WHERE organisation = 'innocent' LIMIT 1),
        organisation = 'innocent' WHERE organisation = 'culprit'`,
    );
    expect(organisations((await by('innocent')).nodes)).toEqual(['innocent']);
    const { nodes } = await askHistory(gateway, { filter: { organisation: 'innocent' } });
    expect(organisations(nodes)).toEqual(['innocent']);
    await control.query(emptied);
    expect(organisations((await by('culprit')).nodes)).toEqual(['culprit']);
  });
});

test('without the ledger an auditor gets 503 and nothing, and answers again when it is back', async () => {
  const cluster = await privateCluster();
  await cluster.ensureDatabase('control');
  const lonely = await startTestGateway({ ...shop, control: cluster.connection('control') });
  try {
    await lonely.query(caller('before'), document);
    const ask = () => askControl(lonely, '{ accessHistory(first: 1) { nodes { organisation } } }');
    expect((await ask()).status).toBe(200);
    await cluster.stop();
    for (let i = 0; i < 3; i++) {
      const response = await ask();
      expect(response.status).toBe(503);
      expect(response.body).toEqual({
        errors: [expect.objectContaining({ extensions: { code: 'LEDGER_UNAVAILABLE' } })],
      });
    }
    await cluster.start();
    let response = await ask();
    while (response.status === 503) {
      await new Promise((resolve) => setTimeout(resolve, 50));
      response = await ask();
    }
    expect(response.status).toBe(200);
  } finally {
    await lonely.dispose();
    await cluster.dispose();
  }
});
