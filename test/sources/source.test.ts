import { setTimeout as wait } from 'node:timers/promises';
import { bytesOf, sha256, type Log } from '../../src/base/index.js';
import { Source, type SourceConfig } from '../../src/sources/index.js';
import { clusterConnection, freshDatabase, type TestDatabase } from '../support/cluster.js';
import { attack } from '../attacks/attack.js';

const logged: string[] = [];
const write = (fields: object, message: string) => void logged.push(JSON.stringify({ ...fields, message }));
const log: Log = { debug: write, info: write, warn: write, error: write, child: () => log };

let database: TestDatabase;
let opened: Source[] = [];
beforeAll(async () => {
  database = await freshDatabase('customers', { sql: 'create table public.customer (name text)' });
});
beforeEach(() => void logged.splice(0));
afterEach(async () => {
  for (const source of opened) await source.close();
  opened = [];
});
afterAll(() => database.drop());

function open(changes: Partial<SourceConfig> = {}): Source {
  const source = new Source(
    {
      name: 'crm',
      connection: database.config,
      poolSize: 1,
      statementTimeoutMs: 5000,
      connectTimeoutMs: 2000,
      ...changes,
    },
    log,
  );
  opened.push(source);
  return source;
}

/** Runs a text under a name of its own, as statements have them, whose columns are text. */
async function run(source: Source, text: string, values: readonly unknown[] = []) {
  const rows = await source.run({ text, name: text.slice(0, 60), values });
  return rows.map((row) => row.map((column) => (column === null ? null : bytesOf(column).toString())));
}
const sessionOf = async (source: Source) => (await run(source, 'select pg_backend_pid()::text'))[0]![0];

async function failureOf(attempt: Promise<unknown>): Promise<{ code: string; told: string; detail: string }> {
  try {
    await attempt;
  } catch (error) {
    const { code, message, detail } = error as { code: string; message: string; detail: string };
    return { code, told: message, detail };
  }
  throw new Error('it did not fail');
}

describe('a session with a customer database', () => {
  test('has every setting that changes what a value looks like, whatever the database prefers', async () => {
    await database.query(`
      alter database "${database.name}" set datestyle = 'German';
      alter database "${database.name}" set timezone = 'Asia/Tokyo';
      alter database "${database.name}" set intervalstyle = 'sql_standard';
      alter database "${database.name}" set bytea_output = 'escape';
      alter database "${database.name}" set extra_float_digits = '-3';
    `);
    const [row] = await run(
      open(),
      `select '2026-02-01T03:04:05Z'::timestamptz::text, '1 day'::interval::text, '\\x00ff'::bytea::text, (0.1::float8 + 0.2::float8)::text`,
    );
    expect(row).toEqual(['2026-02-01 03:04:05+00', 'P1D', '\\x00ff', '0.30000000000000004']);
  });

  test('resolves names in pg_catalog only, and cannot write', async () => {
    const source = open();
    expect(await run(source, 'select count(*)::text from public.customer')).toEqual([['0']]);
    expect(await failureOf(run(source, 'select count(*) from customer'))).toMatchObject({
      code: 'SOURCE_FAILED',
      detail: 'source crm, SQLSTATE 42P01',
    });
    expect(await failureOf(run(source, `insert into public.customer values ('x')`))).toMatchObject({
      code: 'SOURCE_FAILED',
      detail: 'source crm, SQLSTATE 25006',
    });
  });

  test('that is otherwise than asked for is not used', async () => {
    const name = `${database.name}_latin`;
    await database.query(`create database "${name}" encoding 'LATIN1' locale 'C' template template0`);
    try {
      const source = open({ connection: clusterConnection(name) });
      expect(await failureOf(run(source, 'select 1'))).toMatchObject({ code: 'SOURCE_UNAVAILABLE' });
      expect(logged.join('\n')).toContain('server_encoding is LATIN1 and must be UTF8');
    } finally {
      await database.query(`drop database "${name}" with (force)`);
    }
  });

  test('gives text and bytes as they are, of any length, and rows as arrays', async () => {
    const text = `select $1::text, null, '\\x00ff'::bytea, repeat('•', n * 100000), sha256(n::text::bytea) from generate_series(0, 3) as n`;
    const rows = await open().run({ text, name: '', values: ['ü'] });
    expect(
      rows.map((row) => row.map((column) => (column === null ? null : sha256(bytesOf(column))))),
    ).toEqual(
      [0, 1, 2, 3].map((n) => [
        sha256('ü'),
        null,
        sha256(Buffer.from([0, 255])),
        sha256('•'.repeat(n * 100_000)),
        sha256(sha256(String(n))),
      ]),
    );
  });
});

describe('statements of a source', () => {
  test('are ended at their time, and their session is not used again', async () => {
    const source = open({ statementTimeoutMs: 200 });
    const before = await sessionOf(source);
    expect((await failureOf(run(source, 'select pg_sleep(60)'))).code).toBe('SOURCE_TIMEOUT');
    expect(await sessionOf(source)).not.toBe(before);
  });

  test('run on as many sessions as the pool may have, and wait for each other', async () => {
    const source = open({ poolSize: 2 });
    const sessions = await Promise.all(Array.from({ length: 12 }, () => sessionOf(source)));
    expect(new Set(sessions).size).toBeLessThanOrEqual(2);
    expect(sessions).toHaveLength(12);
  });

  test('are prepared once they recur', async () => {
    const source = open();
    const prepared = async () => run(source, 'select name from pg_prepared_statements', []);
    const [text] = ['select 42'];
    await run(source, text);
    expect((await prepared()).flat()).toEqual([]);
    await run(source, text);
    await run(source, text);
    expect((await prepared()).flat()).toContain(text);
  });

  test('leave a session for a new one when it has prepared too many', async () => {
    const source = open();
    const before = await sessionOf(source);
    for (let i = 0; i < 257; i += 1) {
      await run(source, `select ${i}`);
      await run(source, `select ${i}`);
    }
    expect(await sessionOf(source)).not.toBe(before);
  });
});

describe('what goes wrong in a source', () => {
  attack(
    [27, 28],
    'is told by a code; the words of the database, with the value in them, are told to nobody',
    async () => {
      const failure = await failureOf(run(open(), 'select $1::text::int4', ['a secret value']));
      expect(failure).toEqual({
        code: 'SOURCE_FAILED',
        told: 'A customer database could not answer.',
        detail: 'source crm, SQLSTATE 22P02',
      });
      expect(logged.join('\n')).not.toContain('a secret value');
      // Statements are made so that no stored value can raise: one that does is an oracle.
      expect(logged.map((line) => JSON.parse(line) as unknown)).toContainEqual(
        expect.objectContaining({ code: '22P02', alarm: true }),
      );
    },
  );

  test('does not outlive the session that it went wrong in', async () => {
    const source = open();
    const before = await sessionOf(source);
    await failureOf(run(source, 'select 1 / 0'));
    expect(await sessionOf(source)).not.toBe(before);
  });

  test('is that it cannot be reached, or that it went away in the middle', async () => {
    const nowhere = open({ connection: { ...database.config, port: 1 } });
    expect(await failureOf(run(nowhere, 'select 1'))).toMatchObject({
      code: 'SOURCE_UNAVAILABLE',
      detail: 'source crm',
    });
    const source = open();
    const session = await sessionOf(source);
    const attempt = failureOf(run(source, 'select pg_sleep(60)'));
    // What is lost at once was lost before.
    await wait(150);
    const end = `select pg_terminate_backend(pid) from pg_stat_activity where pid = ${session} and wait_event = 'PgSleep'`;
    while ((await database.query(end)).rowCount === 0) await wait(10);
    expect((await attempt).code).toBe('SOURCE_UNAVAILABLE');
    expect(await run(source, 'select 1::text')).toEqual([['1']]);
  });

  test('is not that a connection was closed while it was idle', async () => {
    const source = open({ poolSize: 2 });
    const both = await Promise.all([sessionOf(source), sessionOf(source)]);
    expect(new Set(both).size).toBe(2);
    const ends = both.map((session) => `pg_terminate_backend(${session})`).join(', ');
    await database.query(`select ${ends}`);
    // Nothing is read meanwhile, so the pool does not know of it yet.
    for (const heard = performance.now() + 300; performance.now() < heard;);
    expect(both).not.toContain(await sessionOf(source));
  });
});
