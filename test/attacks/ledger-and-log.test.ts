import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import pg from 'pg';
import { startTestGateway, type TestGateway } from '../support/gateway.js';
import { attack } from './attack.js';
import { auditing, house, manager, partner, secrets } from './house.js';

/** What is kept of requests must not be a second place to steal from, nor one to write into. */
let gateway: TestGateway;
const logged: string[] = [];
const keep = (fields: object, message: string) => void logged.push(JSON.stringify(fields), message);
const log = { debug: keep, info: keep, warn: keep, error: keep, child: () => log };
beforeAll(async () => {
  gateway = await startTestGateway(house({ captureStatements: false, log }));
});
afterAll(() => gateway.dispose());

/** Every row of every table of the control database, bytes as they are and as text. */
async function controlDatabase(): Promise<string> {
  const client = new pg.Client(gateway.control);
  await client.connect();
  const tables = await client.query<{ name: string }>(
    `select format('%I.%I', n.nspname, c.relname) as name from pg_class c join pg_namespace n on n.oid = c.relnamespace
     where c.relkind in ('r', 'p', 'm') and n.nspname not in ('pg_catalog', 'information_schema')`,
  );
  const found: string[] = [];
  for (const { name } of tables.rows) {
    const { rows } = await client.query<Record<string, unknown>>(`select * from ${name}`);
    for (const value of rows.flatMap((row) => Object.values(row)))
      found.push(Buffer.isBuffer(value) ? value.toString('latin1') : JSON.stringify(value));
  }
  await client.end();
  return found.join('\n');
}

/** As it is, and as it would look if it were only wrapped. */
const forms = (value: string) => [
  value,
  Buffer.from(value).toString('hex'),
  Buffer.from(value).toString('base64').slice(0, -4),
  Buffer.from(value, 'utf16le').toString('latin1'),
];

attack(
  [79],
  'the ledger has coordinates and keys, and no value: none that was given, and none that was asked for',
  async () => {
    const literals = ['LITERAL-5f2a', 'VARIABLE-91c3', '731955.25'];
    await gateway.query(
      auditing,
      '{ customers { nodes { name email credit taxId profile employees orders { nodes { total } } dossiers { nodes { finding } } } } }',
    );
    await gateway.query(
      manager,
      '{ customers(where: { name: { ne: "LITERAL-5f2a" }, credit: { lt: "731955.25" } }) { nodes { name } } }',
    );
    await gateway.query(
      manager,
      'query($v: String) { customers(where: { email: { contains: $v } }) { totalCount } }',
      { v: 'VARIABLE-91c3' },
    );
    await gateway.query(partner, '{ customers(where: { taxId: { eq: "LITERAL-5f2a" } }) { totalCount } }');
    const kept = await controlDatabase();
    // It is there, and what it says of fields is legible.
    expect(kept).toContain('Customer.taxId');
    for (const value of [
      ...literals,
      ...secrets.filter((each) => each.length >= 6),
      'Bolt',
      'buy@acme.example',
    ])
      for (const form of forms(value)) expect([value, kept.includes(form)]).toEqual([value, false]);
  },
);

attack([79], 'nor does an auditor read one', async () => {
  const authorization = `Bearer ${await gateway.token({ roles: ['auditor'], subject: 'ada' })}`;
  const query =
    '{ accessHistory(first: 100) { nodes { person type coordinates decision usage class outcome code records } } }';
  const response = await fetch(`${gateway.address}/control`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization },
    body: JSON.stringify({ query }),
  });
  const text = await response.text();
  expect(text).toContain('"Customer.taxId"');
  for (const value of secrets) expect([value, text.includes(value)]).toEqual([value, false]);
});

const hostile = 'x\r\n{"level":"error","message":"forged"}\u001b[31m\u2028';

attack(
  [81],
  'nothing that a caller writes is in the log, so none of it can look like a line of it',
  async () => {
    const before = logged.length;
    const written = encodeURIComponent(hostile);
    await gateway.query(
      {
        ...manager,
        headers: { 'Cordon-Purpose': 'forged', 'Cordon-Justification': written, 'User-Agent': written },
      },
      'query forged { customers { totalCount } }',
      { forged: hostile },
      'forged',
    );
    await gateway.query(manager, `query { forged(a: "${'x'.repeat(20)}") }`, { forged: hostile });
    await gateway.query(manager, 'query($v: CustomerWhere) { customers(where: $v) { totalCount } }', {
      v: { [hostile]: hostile },
    });
    await gateway.query({ roles: [hostile], subject: hostile }, '{ customers { totalCount } }');
    await fetch(`${gateway.address}/${written}`);
    await fetch(`${gateway.address}/graphql`, {
      method: 'POST',
      headers: { authorization: 'Bearer forged' },
    });
    expect(logged.slice(before).join('\n')).not.toContain('forged');
  },
);

attack([81], 'and what reaches it is escaped: one line of JSON for each message', () => {
  const program = `import('${pathToFileURL(join(__dirname, '../../src/cli/log.ts')).href}').then(({ createLog }) => {
    const log = createLog('info');
    log.error({ code: ${JSON.stringify(hostile)} }, ${JSON.stringify(hostile)});
    log.child({ source: ${JSON.stringify(hostile)} }).info({}, 'after');
  });`;
  const loader = pathToFileURL(join(__dirname, '../support/typescript.mjs')).href;
  const { stderr } = spawnSync(process.execPath, ['--import', loader, '--eval', program], {
    encoding: 'utf8',
  });
  const lines = stderr.trimEnd().split('\n');
  expect(lines.map((line) => JSON.parse(line) as unknown)).toMatchObject([
    { level: 50, code: hostile, msg: hostile },
    { level: 30, source: hostile, msg: 'after' },
  ]);
  expect(lines.join('')).not.toMatch(/[\u0000-\u001f]/);
});
