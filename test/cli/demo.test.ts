import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { buildSchema, parse, validate } from 'graphql';
import { decodeProtectedHeader } from 'jose';
import pg from 'pg';
import { loadConfig } from '../../src/config.js';
import { demoCallers, demoPlaces, mintToken, type DemoCallerName } from '../../src/demo/index.js';
import { testFolder } from '../support/test-folders.js';
import { run, start, type Finished, type RunningCommand } from './command.js';

/** The demo as a newcomer meets it: started by its command, asked with what it prints. */

const cwd = testFolder('demo');
let demo: RunningCommand;
let printed: readonly string[];
let address: string;

const cordon = (...args: string[]): Promise<Finished> => run(args, { cwd });

async function startDemo(): Promise<void> {
  demo = start(['demo', '--port', '0'], { cwd });
  printed = await demo.until('ready ');
  address = /http:\/\/127\.0\.0\.1:\d+/.exec(printed.at(-1) ?? '')?.[0] ?? '';
}

beforeAll(async () => {
  await mkdir(cwd, { recursive: true, mode: 0o711 });
  await startDemo();
}, 60_000);

afterAll(async () => {
  await demo.kill('SIGTERM');
  await rm(cwd, { recursive: true, force: true });
});

interface Answer {
  readonly status: number;
  readonly body: {
    data?: Record<string, { nodes: Record<string, unknown>[] } | null>;
    errors?: { extensions: { code: string } }[];
  };
}

async function post(
  url: string,
  token: string,
  body: string,
  more: Readonly<Record<string, string>> = {},
): Promise<Answer> {
  const headers = { 'content-type': 'application/json', authorization: `Bearer ${token}`, ...more };
  const response = await fetch(url, { method: 'POST', headers, body });
  return { status: response.status, body: (await response.json()) as Answer['body'] };
}

/** A line to paste, taken apart; what it holds between is for the shell. */
function pasted(): { url: string; caller: string; body: string }[] {
  const commands = printed
    .join('\n')
    .matchAll(
      /^curl -s (\S+) -H 'Content-Type: application\/json' \\\n {2}-H "Authorization: Bearer \$\(npx cordon demo token (\w+)\)" -d '([^']+)'$/gm,
    );
  return [...commands].map(([, url = '', caller = '', body = '']) => ({ url, caller, body }));
}

describe('the lines to paste', () => {
  let answers: Record<string, Answer>;

  beforeAll(async () => {
    answers = {};
    for (const { url, caller, body } of pasted()) {
      const { stdout } = await cordon('demo', 'token', caller);
      answers[caller] = await post(url, stdout.trim(), body);
    }
  });

  const customers = (caller: string) => answers[caller]?.body.data?.['customers']?.nodes ?? [];

  it('are for three callers and the auditor', () => {
    expect(Object.keys(answers)).toEqual(['account_manager', 'support', 'partner', 'auditor']);
    for (const { status, body } of Object.values(answers)) {
      expect(status).toBe(200);
      expect(body).not.toHaveProperty('errors');
    }
  });

  it('show the account manager everything in clear', () => {
    for (const customer of customers('account_manager')) {
      expect(customer['email']).toMatch(/^\S+@\S+\.example$/);
      expect(customer['name']).not.toMatch(/^pseud-/);
    }
  });

  it('show support the same records masked', () => {
    const clear = customers('account_manager');
    expect(customers('support')).toHaveLength(clear.length);
    customers('support').forEach((customer, i) => {
      expect(customer['name']).toMatch(/^pseud-/);
      expect(customer['creditLimit']).not.toBe(clear[i]?.['creditLimit']);
      expect(Object.keys(customer)).toEqual(Object.keys(clear[i] ?? {}));
    });
  });

  it('show the partner rows of their own, and no price', () => {
    const others = customers('account_manager').map(({ name }) => name);
    expect(customers('partner').length).toBeGreaterThan(0);
    for (const customer of customers('partner')) {
      expect(others).not.toContain(customer['name']);
      expect(JSON.stringify(customer)).not.toMatch(/creditLimit|totalAmount/);
    }
  });

  it('show the auditor that all of it was recorded', () => {
    const recorded = answers['auditor']?.body.data?.['accessHistory']?.nodes ?? [];
    expect(JSON.stringify(recorded)).toContain('Customer.creditLimit');
    expect(JSON.stringify(recorded)).toContain('portal@brightwater.example');
  });
});

it('opens tax numbers, which are stored encrypted, for a declared purpose alone', async () => {
  const ask = async (
    caller: DemoCallerName,
    headers: Readonly<Record<string, string>> = {},
  ): Promise<Answer> => {
    const token = await mintToken(demoPlaces(join(cwd, '.cordon')).keys, demoCallers[caller]);
    const query = '{ customers(first: 1) { nodes { taxId } } }';
    return post(`${address}/graphql`, token, JSON.stringify({ query }), headers);
  };
  const purpose = { 'cordon-purpose': 'credit-check' };
  const given = await ask('account_manager', purpose);
  expect(given.body.data).toEqual({ customers: { nodes: [{ taxId: 'CH755257978' }] } });
  const others = [await ask('account_manager'), await ask('support', purpose), await ask('analyst', purpose)];
  for (const { status, body } of others) {
    expect(status).toBe(200);
    expect(body.data).toEqual({ customers: { nodes: [{ taxId: null }] } });
  }
  // Not in a partner's schema.
  expect(await ask('partner', purpose)).toMatchObject({ status: 400 });
});

it('names every caller, and prints a token for each', async () => {
  const callers = [...printed.join('\n').matchAll(/^ {2}(\w+) {2,}[A-Z]/gm)].map(([, name]) => name);
  expect(callers).toEqual([
    'account_manager',
    'support',
    'analyst',
    'partner',
    'partner_b',
    'auditor',
    'steward',
  ]);
  const { stdout } = await cordon('demo', 'token', 'partner_b');
  expect(stdout).toMatch(/^eyJ[\w-]+\.[\w-]+\.[\w-]+\n$/);
  const { code, stderr } = await cordon('demo', 'token', 'nobody');
  expect(code).toBe(2);
  expect(stderr).toContain('partner_b');
});

it('signs a token with the key of the folder that is named', async () => {
  const keyOf = async (...words: string[]) => {
    const { stdout } = await cordon('demo', 'token', 'partner', ...words);
    return decodeProtectedHeader(stdout.trim()).kid;
  };
  const elsewhere = ['--folder', join('.cordon', 'elsewhere')];
  expect(await keyOf(...elsewhere)).toBe(await keyOf(...elsewhere));
  expect(await keyOf(...elsewhere)).not.toBe(await keyOf());
});

it('loads schema and policy anew at SIGHUP, and goes on', async () => {
  void demo.kill('SIGHUP');
  expect(await demo.until('Schema and policy')).toEqual(['Schema and policy were loaded anew.']);
  expect((await fetch(`${address}/healthz`)).status).toBe(200);
});

it('says in one sentence that another gateway has the folder', async () => {
  const { code, stdout, stderr } = await cordon('demo', '--port', '0');
  expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
  expect(stderr).toMatch(/^Another gateway is using \S+; stop it first, [^\n]+\n$/);
});

it('says in one sentence that the port is taken', async () => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const config = join('.cordon', 'cordon.yaml');
  // The demo's gateway holds its ledger folder; another one of the same deployment has a folder of its own.
  const text = await readFile(join(cwd, config), 'utf8');
  await writeFile(join(cwd, 'second.yaml'), text.replace(/(ledger:\n {2}folder: )\S+/, '$1second-ledger'));
  const { code, stdout, stderr } = await cordon('start', '--config', 'second.yaml', '--port', String(port));
  server.close();
  expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
  expect(stderr.split('\n').filter((line) => !line.startsWith('{'))).toEqual([
    `Port ${port} is taken: stop what listens there, or choose another with --port or PORT.`,
    '',
  ]);
});

describe('commands about the demo', () => {
  it('check finds nothing wrong', async () => {
    const { code, stdout } = await cordon('check', '--json');
    expect({ code, ...(JSON.parse(stdout) as object) }).toEqual({
      code: 0,
      ok: true,
      problems: [],
      warnings: [],
      // The demo's databases have columns that are for nobody, and say so.
      notes: expect.arrayContaining([
        expect.objectContaining({
          code: 'COLUMNS_NOT_EXPOSED',
          message: expect.stringContaining('"private_remark" of crm."crm"."contact"'),
        }),
      ]),
    });
  });

  it('check names every broken line, and the policy test that fails', async () => {
    const config = await readFile(join(cwd, '.cordon/cordon.yaml'), 'utf8');
    const policyFile = /policy: (\S+)/.exec(config)?.[1] ?? '';
    const policy = await readFile(policyFile, 'utf8');
    const added = '  - { as: partner, sees: clear, field: Customer.creditLimit }\n';
    await writeFile(join(cwd, 'policy.yaml'), policy.trimEnd() + '\n' + added);
    await writeFile(join(cwd, 'changed.yaml'), config.replace(policyFile, 'policy.yaml'));
    const { code, stdout } = await cordon('check', '--json', '--config', 'changed.yaml');
    expect(code).toBe(1);
    expect(JSON.parse(stdout)).toMatchObject({
      ok: false,
      problems: [
        {
          file: join(cwd, 'policy.yaml'),
          line: policy.trimEnd().split('\n').length + 1,
          code: 'POLICY_TEST_FAILED',
          message: 'partner is to see Customer.creditLimit CLEAR; it is HIDDEN.',
        },
      ],
    });
  });

  it('explain gives the matrix, line by line', async () => {
    const { code, stdout } = await cordon('explain', '--json');
    expect(code).toBe(0);
    const lines = JSON.parse(stdout) as { role: string; coordinate: string }[];
    const of = (role: string, coordinate: string) =>
      lines.filter((line) => line.role === role && line.coordinate === coordinate);
    expect(of('partner', 'Customer.creditLimit')).toMatchObject([{ decision: 'HIDDEN', usages: [] }]);
    expect(of('analyst', 'Customer.creditLimit')).toMatchObject([
      { decision: 'AGGREGATE', usages: ['AGGREGATE'] },
    ]);
    expect(of('support', 'Customer.email')).toEqual([
      expect.objectContaining({
        decision: 'CLEAR',
        usages: ['READ'],
        rows: 'rep = $subject',
        conditions: 'agreement nda',
      }),
      expect.objectContaining({
        decision: 'MASKED',
        usages: ['READ'],
        rows: 'all',
        mask: 'email(domain: false)',
      }),
    ]);
    expect(of('account_manager', 'Customer.region')).toMatchObject([
      {
        class: null,
        decision: 'CLEAR',
        usages: ['READ', 'FILTER', 'SORT', 'GROUP', 'AGGREGATE', 'RELATE'],
        conditions: null,
      },
    ]);
    const shown = await cordon('explain');
    expect(shown.stdout).toMatch(/^Customer\.creditLimit +pricing +clear\* +masked +aggregate +\. +\. +\.$/m);
  });

  it('why says what becomes of each field, with the SQL, and of which none is run', async () => {
    await writeFile(
      join(cwd, 'q.graphql'),
      'query Q($n: Int!) { customers(first: $n) { nodes { name taxId } } }',
    );
    const entries = await entryCount();
    const { code, stdout } = await cordon(
      'why',
      '--as',
      'support',
      '--variables',
      '{"n": 1}',
      '--json',
      'q.graphql',
    );
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      refused: null,
      hidden: [],
      fields: [
        {
          path: 'customers.nodes.name',
          decision: 'MASKED',
          rows: ['all'],
          mask: 'pseudonym',
          class: 'relationship',
        },
        { path: 'customers.nodes.taxId', decision: 'DENIED', unmet: 'DENIED' },
      ],
      statements: [
        { root: 'customers', source: 'crm', sql: expect.not.stringContaining('tax_id') as string },
      ],
    });
    expect(await entryCount()).toBe(entries);
  });

  it('why names the condition that is not met, and the field that is not there', async () => {
    await writeFile(join(cwd, 'tax.graphql'), '{ customers { nodes { taxId } } }');
    const { stdout } = await cordon('why', '--as', 'account_manager', 'tax.graphql');
    expect(stdout).toMatch(
      /^customers\.nodes\.taxId +Customer\.taxId +identity +DENIED +all +encrypted with tax-id, not read, PURPOSE_REQUIRED$/m,
    );
    const met = await cordon(
      'why',
      '--as',
      'account_manager',
      '--purpose',
      'credit-check',
      '--mfa',
      '1',
      'tax.graphql',
    );
    expect(met.stdout).toMatch(
      /^customers\.nodes\.taxId +Customer\.taxId +identity +CLEAR +all +encrypted with tax-id, opened in the gateway$/m,
    );
    const hidden = await cordon('why', '--as', 'partner', 'tax.graphql');
    expect(hidden.code).toBe(1);
    expect(hidden.stdout).toContain("Not in this caller's schema: Customer.taxId.");
  });

  it('schema of several roles is one that documents of each may use', async () => {
    const sdl = async (...roles: string[]) =>
      (await cordon('schema', ...roles.flatMap((role) => ['--role', role]))).stdout;
    const [both, support, partner] = await Promise.all([
      sdl('support', 'partner'),
      sdl('support'),
      sdl('partner'),
    ]);
    expect(support).toContain('creditLimit');
    expect(partner).not.toContain('creditLimit');
    expect(both).not.toContain('creditLimit');
    const document = parse('{ customers { nodes { name email region } } }');
    for (const each of [both, support, partner]) expect(validate(buildSchema(each), document)).toEqual([]);
  });

  it('token issues what works until it is revoked', async () => {
    const issued = await cordon(
      ...['token', 'issue', '--organisation', 'brightwater', '--role', 'partner', '--scope', 'read:Customer'],
      ...['--claim', 'accounts=2,4', '--agreement', 'NDA-2025-101', '--expires', '1d', '--json'],
    );
    const { id, token } = JSON.parse(issued.stdout) as { id: string; token: string };
    const query = JSON.stringify({ query: '{ customers(first: 1) { nodes { name } } }' });
    await expectStatus(() => post(`${address}/graphql`, token, query), 200);
    const listed = await cordon('token', 'list');
    expect(listed.stdout).toMatch(
      new RegExp(`^${id} +brightwater +partner +read:Customer +\\S+ +in force$`, 'm'),
    );
    expect(listed.stdout).not.toContain(token);
    expect((await cordon('token', 'revoke', id)).code).toBe(0);
    await expectStatus(() => post(`${address}/graphql`, token, query), 401);
    expect((await cordon('token', 'revoke', 'no-such-token')).code).toBe(1);
  });

  it('token refuses what the policy does not know', async () => {
    const issue = (role: string, scope: string) =>
      cordon('token', 'issue', '--organisation', 'x', '--role', role, '--scope', scope, '--expires', '1d');
    expect(await issue('partnr', 'read:*')).toMatchObject({
      code: 1,
      stderr: 'The policy has no role "partnr". Did you mean "partner"?\n',
    });
    expect((await issue('partner', 'write:*')).code).toBe(1);
    expect((await cordon('token', 'issue')).code).toBe(2);
  });
});

async function entryCount(): Promise<number> {
  const { code, stdout } = await cordon('ledger', 'verify', '--json');
  expect(code).toBe(0);
  return (JSON.parse(stdout) as { entries: number }).entries;
}

/** A token is known, and no longer known, within a second. */
async function expectStatus(ask: () => Promise<Answer>, status: number): Promise<void> {
  for (let tries = 0; tries < 40; tries++) {
    if ((await ask()).status === status) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  expect((await ask()).status).toBe(status);
}

it('stops when it is told to, and goes on where it was', async () => {
  const before = await entryCount();
  expect(before).toBeGreaterThan(5);
  const stopped = await demo.kill('SIGTERM');
  expect(stopped.code).toBe(0);
  expect((await cordon('check')).stdout).toContain('SOURCE_UNAVAILABLE');
  await startDemo();
  expect(await entryCount()).toBeGreaterThan(before);
}, 60_000);

it('ledger verify fails where somebody changed an entry', async () => {
  const client = new pg.Client(loadConfig(join(cwd, '.cordon/cordon.yaml'), {}).control);
  await client.connect();
  await client.query(`
    SET session_replication_role = replica;
    UPDATE ledger.batch SET payload = overlay(payload PLACING '\\x00' FROM 20) WHERE (writer_id, seq) IN
      (SELECT writer_id, seq FROM ledger.batch LIMIT 1)`);
  await client.end();
  const { code, stdout } = await cordon('ledger', 'verify', '--json');
  expect(code).toBe(1);
  expect(JSON.parse(stdout)).toMatchObject({
    ok: false,
    faults: expect.arrayContaining([expect.anything()]) as [],
  });
});
