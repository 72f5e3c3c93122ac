import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import pg from 'pg';
import { reportLines } from '../../src/cli/prove-words.js';
import { defaultLimits } from '../../src/limits.js';
import { readModel } from '../../src/main.js';
import { runStatements, startCluster, type Cluster } from '../../src/prove/gateways/cluster.js';
import { prove, type ProveOptions } from '../../src/prove/run/prove.js';
import { seededRandom } from '../../src/prove/data/random.js';
import type { ProveReport } from '../../src/prove/run/report.js';
import type { TwinName } from '../../src/prove/gateways/twin.js';
import { shop } from '../support/deployments.js';
import { quietLog } from '../support/quiet-log.js';
import { startLeakyProxy, type LeakyProxy, type Passing } from './leaky-proxy.js';
import { browser, shopTables, shopTwins } from './shop-twins.js';

const packageFolder = join(__dirname, '../..');

/** A cell of the shop that is hidden from `browser`, in each twin. */
const email: Readonly<Record<TwinName, string>> = {
  a: 'secret-amber@acme.example',
  b: 'secret-delta@acme.example',
  shuffled: 'null',
};

describe('a run over a gateway that leaks', () => {
  let cluster: Cluster;
  let options: Omit<ProveOptions, 'random' | 'seed'>;

  beforeAll(async () => {
    cluster = await startCluster(quietLog);
    const schemaFolder = join(cluster.folder, 'schema');
    const policyFile = join(cluster.folder, 'shop.yaml');
    await mkdir(schemaFolder);
    await writeFile(join(schemaFolder, 'types.graphql'), shop.sdl);
    await writeFile(policyFile, shop.policy);
    const sources = new Map<
      string,
      ProveOptions['config']['sources'] extends ReadonlyMap<string, infer S> ? S : never
    >();
    for (const [name, statements] of shopTables) {
      const connection = await cluster.create(name, false);
      await runStatements(connection, statements);
      sources.set(name, { name, connection, poolSize: 2, statementTimeoutMs: 5000, connectTimeoutMs: 2000 });
    }
    const config = {
      schemaFolder,
      migrationsFolder: join(packageFolder, 'migrations'),
      limits: defaultLimits,
      encryptionKeys: [],
      sources,
    };
    const { model } = await readModel({ ...config, policyFile });
    options = {
      config,
      model,
      cluster,
      callers: [browser],
      tables: shopTables,
      twinsOf: () => shopTwins,
      cases: 72,
      minutes: null,
    };
  }, 60_000);

  afterAll(() => cluster.close());

  async function run(
    alter: (passing: Passing, twin: TwinName) => void | Promise<void>,
    ask?: (body: string, twin: TwinName) => string,
  ): Promise<ProveReport> {
    const proxies: LeakyProxy[] = [];
    try {
      return await prove({
        ...options,
        random: seededRandom('leaks'),
        seed: 'leaks',
        through: async (address, twin) => {
          const proxy = await startLeakyProxy(
            address,
            (passing) => alter(passing, twin),
            ask === undefined ? undefined : (body) => ask(body, twin),
          );
          proxies.push(proxy);
          return proxy.address;
        },
      });
    } finally {
      for (const proxy of proxies) await proxy.close();
    }
  }

  it('finds nothing in one that does not', async () => {
    const report = await run(() => undefined);
    expect(report).toMatchObject({ ok: true, violations: [], invalid: [], pairs: { browser: 72 } });
    expect(report.features.answeredWithRows).toBeGreaterThan(20);
  }, 60_000);

  it('finds a header that a hidden cell decides, and the smallest operation that shows it', async () => {
    const report = await run(({ query, headers }, twin) => {
      if (query.includes('orderBy')) headers['x-cost'] = email[twin].slice(7, 8);
    });
    expect(report.ok).toBe(false);
    const [first] = report.violations;
    expect(first).toMatchObject({ caller: 'browser', channel: 'header', detail: 'x-cost', seed: 'leaks' });
    expect(first!.operation.length).toBeLessThan(100);
    expect(first!.operation).toContain('orderBy');
    expect(first!.answers).toHaveLength(2);
    const words = (await reportLines({ ...report, notes: [] })).join('\n');
    expect(words).toMatch(/^browser is told by: header, x-cost \(twins a and (b|shuffled), case \d+\)$/m);
    expect(words).toContain('orderBy');
    expect(words).toMatch(/^ {2}a: 200 \{"data"/m);
    expect(words).toMatch(/^\d violations? in \d+ pairs of answers, in \d+ s\. Seed: leaks\.$/m);
  }, 60_000);

  it('finds an error that is worded by a hidden cell', async () => {
    const { violations } = await run((passing, twin) => {
      if (passing.body.includes('"errors"') && passing.query.includes('where'))
        passing.body = passing.body.replace('"message":"', `"message":"${email[twin].slice(7, 8)} `);
    });
    expect(violations[0]).toMatchObject({ channel: 'body: error' });
    expect(violations[0]!.operation.length).toBeLessThan(200);
  }, 60_000);

  it('finds a secret that is the same in every answer, encoded', async () => {
    const leak = Buffer.from(`trace of ${email.a}`).toString('base64');
    const { violations } = await run(({ query, headers }) => {
      if (query.includes('aggregate')) headers['x-trace'] = leak;
    });
    expect(violations[0]).toMatchObject({ channel: 'canary', detail: 'in the response' });
    expect(violations[0]!.operation).toContain('aggregate');
    expect(violations[0]!.operation.length).toBeLessThan(200);
  }, 60_000);

  it('finds a statement that names a hidden column', async () => {
    const { violations } = await run(async ({ query }, twin) => {
      if (!query.includes('groupBy')) return;
      const found = await databaseOf(cluster, `crm_${twin}`);
      await runStatements(cluster.postgres.connection(found), ['select "tax_id" from customer']);
    });
    expect(violations[0]).toMatchObject({ channel: 'statement', detail: 'tax_id' });
    expect(violations[0]!.operation).toContain('groupBy');
  }, 60_000);

  it('finds ledgers that are not alike', async () => {
    const { violations } = await run(
      () => undefined,
      (body, twin) => {
        const asked = JSON.parse(body) as { readonly query: string; readonly variables: object };
        const isAltered = twin !== 'a' && asked.query.includes('orderBy');
        return isAltered ? JSON.stringify({ ...asked, variables: { ...asked.variables, unasked: 1 } }) : body;
      },
    );
    expect(violations[0]).toMatchObject({ channel: 'ledger', detail: 'variables' });
    expect(violations[0]!.operation).toContain('orderBy');
  }, 60_000);

  it('is void where nobody sees that the twins differ', async () => {
    const report = await prove({
      ...options,
      random: seededRandom('void'),
      seed: 'void',
      twinsOf: () => ({ ...shopTwins, load: (_twin, sources) => shopTwins.load('a', sources) }),
    });
    expect(report).toMatchObject({ ok: false, violations: [], invalid: ['browser'] });
  }, 60_000);
});

/** The latest database whose name begins so. */
async function databaseOf({ postgres }: Cluster, beginning: string): Promise<string> {
  const client = new pg.Client(postgres.connection('postgres'));
  await client.connect();
  try {
    const { rows } = await client.query<{ name: string }>(
      'SELECT datname AS name FROM pg_catalog.pg_database WHERE pg_catalog.starts_with(datname, $1) ORDER BY oid DESC LIMIT 1',
      [`${beginning}_`],
    );
    return rows[0]!.name;
  } finally {
    await client.end();
  }
}
