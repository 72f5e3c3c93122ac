import pg from 'pg';
import type { Log } from '../../src/base/index.js';
import {
  decodeBatch,
  decodeEntry,
  enrolmentPublicKey,
  openLedgerReader,
  verifyDatabase,
  type Entry,
} from '../../src/ledger/index.js';
import { findParameterLogging, Source, type SourceConfig } from '../../src/sources/index.js';
import { freshDatabase, type TestDatabase } from '../support/cluster.js';
import { shop } from '../support/deployments.js';
import { startGateway } from '../../src/main.js';
import { prepareGateway } from '../support/gateway.js';
import { quietLog } from '../support/quiet-log.js';
import { attack } from '../attacks/attack.js';

/** Sources that would write what they are given into their log: what callers search for, and the keys of masks. */

let database: TestDatabase;
beforeEach(async () => {
  database = await freshDatabase('logging');
  // The cluster of the tests logs none; a server as it comes does.
  await set('log_parameter_max_length = -1');
});
afterEach(() => database.drop());

const config = (changes: Partial<SourceConfig> = {}): SourceConfig => ({
  name: 'crm',
  connection: database.config,
  poolSize: 1,
  statementTimeoutMs: 5000,
  connectTimeoutMs: 2000,
  ...changes,
});

const set = (...settings: readonly string[]): Promise<unknown> =>
  database.query(settings.map((each) => `alter database "${database.name}" set ${each};`).join('\n'));

/** Everything that a ledger has, in its order. */
async function entries(control: pg.ClientConfig): Promise<readonly Entry[]> {
  const reader = await openLedgerReader(control);
  const found: Entry[] = [];
  try {
    for await (const row of reader.batches()) found.push(...decodeBatch(row).entries.map(decodeEntry));
  } finally {
    await reader.close();
  }
  return found;
}

/** The settings that are named, or none. */
async function found(): Promise<string> {
  const { problems } = await findParameterLogging([config()], 'cordon.yaml');
  return problems.map(({ message }) => /\(([^)]+)\)/.exec(message)?.[1] ?? '').join();
}

it.each<[string, readonly string[]]>([
  ['log_statement', [`log_statement = 'all'`]],
  ['log_min_duration_statement', ['log_min_duration_statement = 250']],
  ['log_min_duration_sample', ['log_min_duration_sample = 0']],
  ['log_transaction_sample_rate', ['log_transaction_sample_rate = 0.01']],
  ['log_parameter_max_length_on_error', ['log_parameter_max_length_on_error = 16']],
  ['debug_print_plan', ['debug_print_plan = on', 'log_parameter_max_length = 0']],
])('%s is found', async (name, settings) => {
  await set(...settings);
  expect(await found()).toBe(name);
});

it.each<[string, readonly string[]]>([
  ['a server as it comes', []],
  [
    'statements without what they are given',
    [`log_statement = 'all'`, 'log_min_duration_statement = 0', 'log_parameter_max_length = 0'],
  ],
  ['statements that change data or tables', [`log_statement = 'mod'`]],
  ['samples that are never taken', ['log_min_duration_sample = 0', 'log_statement_sample_rate = 0']],
  ['durations alone', ['log_duration = on']],
])('%s: nothing is found', async (_name, settings) => {
  if (settings.length > 0) await set(...settings);
  expect(await found()).toBe('');
});

it('a module that logs plans is found, for the values are in them', async () => {
  await set(
    `session_preload_libraries = 'auto_explain'`,
    'auto_explain.log_min_duration = 0',
    'log_parameter_max_length = 0',
  );
  const client = new pg.Client(database.config);
  const missing = await client.connect().then(
    () => client.end().then(() => null),
    (error: unknown) => (error as Error).message,
  );
  if (missing === null) expect(await found()).toBe('auto_explain.log_min_duration');
  // Without the module nobody signs in at all, so nothing is logged either.
  else expect(missing).toContain('auto_explain');
});

attack([95], 'no session of the gateway is used that would log them, however it came to be so', async () => {
  const lines: string[] = [];
  const log: Log = {
    ...quietLog,
    error: (fields) => void lines.push(JSON.stringify(fields)),
    child: () => log,
  };
  const run = async (source: Source): Promise<unknown> => {
    try {
      return await source.run({ text: `select 'one'`, name: 'one', values: [] });
    } catch (error) {
      return (error as { code: string }).code;
    } finally {
      await source.close();
    }
  };
  expect(await run(new Source(config(), log))).toEqual([['one']]);
  await set('log_min_duration_statement = 0');
  expect(await run(new Source(config(), log))).toBe('SOURCE_UNAVAILABLE');
  expect(lines.join('\n')).toContain('the session would log parameters: log_min_duration_statement');
  expect(await run(new Source(config({ acceptParameterLogging: true }), log))).toEqual([['one']]);
});

attack(
  [95],
  'a gateway does not start before such a source, unless its configuration accepts it, and then says so',
  async () => {
    const prepared = await prepareGateway(shop);
    try {
      const crm = prepared.sources.get('crm')!;
      await crm.query(
        `alter database "${crm.name}" set log_statement = 'all'; alter database "${crm.name}" set log_parameter_max_length = -1`,
      );
      await expect(startGateway(prepared.config, prepared.secrets, quietLog)).rejects.toThrow(
        /^cordon.yaml PARAMETERS_LOGGED The source crm would have .* in its log \(log_statement\); turn that off/,
      );
      const warned: string[] = [];
      const log: Log = {
        ...quietLog,
        warn: (_fields, message) => void warned.push(message),
        child: () => quietLog,
      };
      const sources = new Map(
        [...prepared.config.sources].map(([name, source]) => [
          name,
          { ...source, acceptParameterLogging: true },
        ]),
      );
      const gateway = await startGateway({ ...prepared.config, sources }, prepared.secrets, log);
      try {
        const ask = prepared.queryAt(gateway.address);
        expect((await ask({ roles: ['manager'] }, '{ customers { nodes { name } } }')).status).toBe(200);
        expect(warned.join('\n')).toContain(
          'The source crm has what callers search for and the keys of masks in its log',
        );
        // On the ledger as well, before anything that was answered; no word of what was logged.
        expect((await entries(prepared.control)).slice(0, 4)).toMatchObject([
          { kind: 'writer start' },
          { kind: 'accepted logging', source: 'crm', settings: ['log_statement'] },
          { kind: 'dictionary' },
          { kind: 'dictionary' },
        ]);
        const { enrolment, wrapping } = {
          enrolment: enrolmentPublicKey(prepared.keys),
          wrapping: prepared.keys.wrapping,
        };
        expect(
          await verifyDatabase(prepared.control, {
            enrolment,
            wrapping,
            folders: [prepared.config.ledgerFolder],
          }),
        ).toMatchObject({ ok: true, faults: [] });
      } finally {
        await gateway.close();
      }
    } finally {
      await prepared.dispose();
    }
  },
);
