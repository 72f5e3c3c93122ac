import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { startGateway, type RunningGateway } from '../../src/main.js';
import { grantStatements, readColumns } from '../../src/review/index.js';
import { sessionSettings } from '../../src/sources/index.js';
import { clusterConnection } from '../support/cluster.js';
import { shop } from '../support/deployments.js';
import { prepareGateway, type PreparedGateway, type TestResponse } from '../support/gateway.js';
import { pgbouncerVersion, startPgBouncer, type PgBouncer } from '../support/pgbouncer.js';
import { quietLog } from '../support/quiet-log.js';

/** Sources behind a real PgBouncer, as docs/operations.md says to configure it. */

const missing =
  pgbouncerVersion === null
    ? 'PgBouncer is not installed (name another program with CORDON_PGBOUNCER): sources behind it are not tried'
    : null;
if (missing !== null) console.info(missing);

const [major, minor] = pgbouncerVersion ?? [0, 0];
const tracksStatements = major > 1 || minor >= 21;
if (missing === null && !tracksStatements)
  console.info(
    `PgBouncer ${major}.${minor} has no max_prepared_statements: only pool_mode = session is tried`,
  );

const role = `reader_${randomBytes(4).toString('hex')}`;
/** What the gateway asks for when it connects is the role's own setting: PgBouncer lets it pass and drops it. */
const common = { ignore_startup_parameters: 'options', default_pool_size: '2' };
const transactions = { ...common, pool_mode: 'transaction' };

(missing === null ? describe : describe.skip)('a source behind PgBouncer', () => {
  let prepared: PreparedGateway;
  let bouncer: PgBouncer | undefined;
  let gateway: RunningGateway | undefined;

  beforeAll(async () => {
    prepared = await prepareGateway(shop);
    const direct = await startGateway(prepared.config, prepared.secrets, quietLog);
    await direct.close();
    for (const [name, database] of prepared.sources) {
      const tables = readColumns(direct.model, name);
      const settings = { ...sessionSettings, statement_timeout: '5000' };
      await database.query(grantStatements({ source: name, role, tables, settings }));
    }
  });
  afterEach(async () => {
    await gateway?.close();
    await bouncer?.stop();
    gateway = bouncer = undefined;
  });
  afterAll(async () => {
    await prepared.dispose();
    const client = new pg.Client(clusterConnection());
    await client.connect();
    await client.query(`DROP ROLE ${role}`);
    await client.end();
  });

  /** Asks many times at once, over fewer connections to the database than the gateway has, by texts that recur. */
  async function answers(settings: Readonly<Record<string, string>>): Promise<readonly TestResponse[]> {
    const first = [...prepared.sources.values()][0]!.config;
    bouncer = await startPgBouncer(first, [role], settings);
    const sources = [...prepared.config.sources].map(([name, source]) => {
      const connection = bouncer!.connection(prepared.sources.get(name)!.name, role);
      return [name, { ...source, connection, poolSize: 6 }] as const;
    });
    gateway = await startGateway(
      { ...prepared.config, sources: new Map(sources) },
      prepared.secrets,
      quietLog,
    );
    const query = prepared.queryAt(gateway.address);
    const documents = [
      '{ customers(where: { customerId: { gt: "0" } }) { nodes { customerId name email } } }',
      '{ customers { nodes { customerId orders { nodes { orderId total } } } } }',
      '{ orders { nodes { orderId placed total } } }',
    ];
    const rounds = Array.from({ length: 8 }, () => documents).flat();
    // One after the other first, so that each text is prepared somewhere; then from wherever there is room.
    for (const document of documents) await query({ roles: ['manager'] }, document);
    return Promise.all(rounds.map((document) => query({ roles: ['manager'] }, document)));
  }

  /** Codes of what was refused. */
  const refusals = (responses: readonly TestResponse[]) =>
    responses.flatMap(({ body }) => (body.errors ?? []).map(({ extensions }) => extensions.code));

  test('that gives sessions answers as the database itself', async () => {
    const responses = await answers({ ...common, pool_mode: 'session', default_pool_size: '20' });
    expect(refusals(responses)).toEqual([]);
    expect(responses[2]!.body.data).toMatchObject({ orders: { nodes: { length: 4 } } });
  });

  (tracksStatements ? test : test.skip)(
    'that gives transactions does so where it keeps statements',
    async () => {
      const responses = await answers({ ...transactions, max_prepared_statements: '300' });
      expect(refusals(responses)).toEqual([]);
      expect(responses[2]!.body.data).toMatchObject({ orders: { nodes: { length: 4 } } });
    },
  );

  test('that gives transactions and keeps no statements cannot be used', async () => {
    const responses = await answers({
      ...transactions,
      ...(tracksStatements && { max_prepared_statements: '0' }),
    });
    expect(new Set(refusals(responses))).toEqual(new Set(['SOURCE_FAILED']));
  });

  test('whose role lacks the settings of its sessions is refused, and gives nothing', async () => {
    const [database] = prepared.sources.values();
    await database!.query(`ALTER ROLE ${role} RESET ALL`);
    await database!.query(`ALTER ROLE ${role} SET log_parameter_max_length_on_error = 0`);
    const responses = await answers({ ...common, pool_mode: 'session', default_pool_size: '20' });
    expect(new Set(responses.map(({ body }) => body.errors?.[0]?.extensions.code))).toEqual(
      new Set(['SOURCE_UNAVAILABLE']),
    );
    expect(responses.filter(({ text }) => text.includes('Acme'))).toEqual([]);
  });
});
