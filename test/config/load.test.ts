import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { loadConfig, logLevel, type LoadedConfig } from '../../src/config.js';
import { defaultLimits } from '../../src/limits.js';
import { deploymentFolder, problemsOf, type DeploymentFolder } from './deployment-folder.js';

const whole = [
  'listen: { host: 0.0.0.0, port: "${GATEWAY_PORT}" }',
  'schema: ./schema',
  'policy: policy.yaml',
  'sources:',
  '  crm: { url: "postgres://reader:${CRM_PASSWORD}@db.example:5432/crm", pool: 4, statementTimeout: 2s, connectTimeout: 500ms }',
  '  sales: { url: "${SALES_URL}" }',
  'control:',
  '  url: postgres://cordon@db.example/control',
  'keys:',
  '  folder: keys',
  'ledger:',
  '  folder: ledger',
  'issuers:',
  '  - issuer: https://id.example',
  '    audience: cordon',
  '    jwksUri: https://id.example/jwks',
  '    algorithms: [EdDSA]',
  '    scopes: null',
  'limits:',
  '  page: { max: 15 }',
  '  body: 64kB',
  '  response: 2MiB',
];
const environment = { GATEWAY_PORT: '4100', CRM_PASSWORD: 'p4ss', SALES_URL: 'postgresql://h/sales' };

const verified = { minVersion: 'TLSv1.2', rejectUnauthorized: true };

let deployment: DeploymentFolder | undefined;

afterEach(() => {
  deployment?.remove();
  deployment = undefined;
});

function make(replaced: Readonly<Record<number, string>> = {}): DeploymentFolder {
  deployment = deploymentFolder(whole.map((line, i) => replaced[i + 1] ?? line));
  return deployment;
}

function load(replaced: Readonly<Record<number, string>> = {}, variables: object = {}): LoadedConfig {
  return loadConfig(make(replaced).file, { ...environment, ...variables });
}

/** `cordon.yaml:3 CODE message` of each problem. */
function problems(replaced: Readonly<Record<number, string>>, variables: object = {}): readonly string[] {
  const { folder, file } = make(replaced);
  return problemsOf(folder, () => loadConfig(file, { ...environment, ...variables }));
}

test('a configuration is read whole, with paths from its own folder', () => {
  const config = load();
  const at = (name: string): string => join(deployment!.folder, name);
  expect(config).toEqual({
    file: at('cordon.yaml'),
    workers: 1,
    listen: { host: '0.0.0.0', port: 4100 },
    schemaFolder: at('schema'),
    encryptionKeys: [],
    encryption: new Map(),
    policyFile: at('policy.yaml'),
    migrationsFolder: join(__dirname, '../../migrations'),
    sources: new Map([
      [
        'crm',
        {
          name: 'crm',
          connection: { connectionString: 'postgres://reader:p4ss@db.example:5432/crm', ssl: verified },
          poolSize: 4,
          statementTimeoutMs: 2000,
          connectTimeoutMs: 500,
        },
      ],
      [
        'sales',
        {
          name: 'sales',
          connection: { connectionString: 'postgresql://h/sales', ssl: verified },
          poolSize: 10,
          statementTimeoutMs: 5000,
          connectTimeoutMs: 5000,
        },
      ],
    ]),
    control: { connectionString: 'postgres://cordon@db.example/control', ssl: verified },
    keys: { folder: at('keys'), line: 9 },
    ledgerFolder: at('ledger'),
    issuers: [expect.objectContaining({ issuer: 'https://id.example', tokenType: 'at+jwt' })],
    limits: {
      ...defaultLimits,
      rootDefault: 15,
      max: 15,
      bodyBytes: 64_000,
      responseBytes: 2 * 1024 * 1024,
    },
    warnings: [],
  });
});

test('nobody can change a configuration once it is read', () => {
  const config = load();
  expect(() => Object.assign(config.listen, { port: 1 })).toThrow('read only');
  expect(() => Object.assign(config.issuers[0]!.claims, { roles: 'x' })).toThrow('read only');
  expect(() => (config.sources as Map<string, unknown>).delete('crm')).toThrow('frozen');
});

test('PORT goes before the file', () => {
  expect(load({}, { PORT: '4001' }).listen.port).toBe(4001);
  expect(load({}, { PORT: '' }).listen.port).toBe(4100);
  expect(load({ 1: '' }).listen).toEqual({ host: '127.0.0.1', port: 4000 });
});

test('workers are a number, or as many as there are cores', () => {
  expect(load({ 2: 'schema: ./schema\nworkers: 3' }).workers).toBe(3);
  expect(load({ 2: 'schema: ./schema\nworkers: auto' }).workers).toBe(availableParallelism());
});

test('metrics and spans are there where they are asked for, on loopback and with nobody’s word taken unless said', () => {
  expect([load().metrics, load().tracing]).toEqual([undefined, undefined]);
  const plain = load({ 3: 'policy: policy.yaml\nmetrics: {}\ntracing: {}' });
  expect([plain.metrics, plain.tracing]).toEqual([{ host: '127.0.0.1', port: 9464 }, { parents: [] }]);
  const trusting = load({
    1: 'listen: { trustedProxies: [10.0.0.0/8] }',
    3: 'policy: policy.yaml\nmetrics: { host: "::1", port: 9100 }\ntracing: { parents: trustedProxies }',
  });
  expect(trusting.metrics).toEqual({ host: '::1', port: 9100 });
  expect(trusting.tracing).toEqual({ parents: ['10.0.0.0/8'] });
});

test('what a variable holds is a value and never YAML', () => {
  const config = load({}, { SALES_URL: 'postgres://h/sales?a="}\n  x: { url: 1' });
  expect([...config.sources.keys()]).toEqual(['crm', 'sales']);
});

describe('a mistake is told with its line and its mend', () => {
  test.each<[what: string, replaced: Record<number, string>, variables: object, problem: string]>([
    [
      'a variable that is not set',
      {},
      { SALES_URL: undefined },
      'cordon.yaml:6 MISSING_VARIABLE The environment variable SALES_URL is not set.',
    ],
    [
      'no workers',
      { 3: 'policy: policy.yaml\nworkers: 0' },
      {},
      'cordon.yaml:4 INVALID_VALUE "workers" is not understood: write a whole number from 1 to 512, or auto for one a core.',
    ],
    [
      'an unknown key',
      { 3: 'policy: policy.yaml\nlisteners: 3' },
      {},
      'cordon.yaml:4 UNKNOWN_KEY "listeners" is not known here. Did you mean "listen"?',
    ],
    [
      'metrics where data is',
      { 1: 'listen: { port: 4000 }', 3: 'policy: policy.yaml\nmetrics: { port: 4000 }' },
      {},
      'cordon.yaml:4 INVALID_VALUE "metrics.port" is the port of "listen"; metrics are never served where data is: choose another.',
    ],
    [
      'trust in proxies that are not named',
      { 3: 'policy: policy.yaml\ntracing: { parents: trustedProxies }' },
      {},
      'cordon.yaml:4 INVALID_VALUE "tracing.parents" trusts proxies that are not named: list them as "listen.trustedProxies".',
    ],
    [
      'a missing part',
      { 7: '', 8: '' },
      {},
      'cordon.yaml:1 MISSING_KEY "control" is missing: write a map of url, tls.',
    ],
    [
      'a URL of something else',
      { 8: '  url: mysql://h/control' },
      {},
      'cordon.yaml:8 INVALID_VALUE "control.url" is not understood: write postgres://user@host:port/database.',
    ],
    [
      'a duration without a unit',
      { 6: '  sales: { url: postgres://h/s, statementTimeout: 5 }' },
      {},
      'cordon.yaml:6 INVALID_VALUE "sources.sales.statementTimeout" is not understood: write a time such as 500ms, 5s or 15m.',
    ],
    [
      'a size that is none',
      { 21: '  body: much' },
      {},
      'cordon.yaml:21 INVALID_VALUE "limits.body" is not understood: write a size such as 65536, 100kB or 16MiB.',
    ],
    [
      'a port that is none',
      { 1: 'listen: { port: 70000 }' },
      {},
      'cordon.yaml:1 INVALID_VALUE "listen.port" is not understood: write a whole number from 0 to 65535.',
    ],
    [
      'a PORT that is none',
      {},
      { PORT: 'http' },
      'cordon.yaml:1 INVALID_VARIABLE PORT in the environment is not a port, 0 to 65535.',
    ],
    ['a folder that is not there', { 2: 'schema: sdl' }, {}, 'cordon.yaml:2 MISSING_FILE There is no sdl.'],
    [
      'a source whose name SDL could not hold',
      { 6: '  my-sales: { url: "${SALES_URL}" }' },
      {},
      'cordon.yaml:6 INVALID_NAME The source "my-sales" becomes a name in SDL: letters, digits and _ only.',
    ],
    [
      'a default page over the greatest',
      { 20: '  page: { max: 15, nested: 16 }' },
      {},
      'cordon.yaml:20 INVALID_VALUE "limits.page.nested" is over "limits.page.max", which is 15.',
    ],
    [
      'an issuer whose keys travel unprotected',
      { 16: '    jwksUri: http://id.example/jwks' },
      {},
      'cordon.yaml:16 INVALID_VALUE "issuers.0.jwksUri" is not understood: must be an https URL (http on loopback only).',
    ],
    [
      'a key written into the file',
      {
        10: `  { enrolment: { env: A }, kek: ${'A'.repeat(43)}=, indexRoot: { env: B }, mask: { env: C }, cursor: { file: c } }`,
      },
      {},
      'cordon.yaml:10 INVALID_VALUE "keys.kek" is not understood: write { file: path } or { env: NAME }; a key itself is never written here.',
    ],
    [
      'YAML that is none',
      { 3: 'policy: [' },
      {},
      expect.stringContaining('cordon.yaml:4 YAML_SYNTAX') as string,
    ],
  ])('%s', (_, replaced, variables, problem) => {
    expect(problems(replaced, variables)).toContainEqual(problem);
  });

  test('and all of them at once, by line', () => {
    const found = problems({ 8: '  url: x', 21: '  body: 0' }, { CRM_PASSWORD: undefined });
    expect(found.map((problem) => problem.split(' ', 2).join(' '))).toEqual([
      'cordon.yaml:5 MISSING_VARIABLE',
      'cordon.yaml:8 INVALID_VALUE',
      'cordon.yaml:21 INVALID_VALUE',
    ]);
  });

  test('and never with the value of a variable', () => {
    const found = problems({}, { SALES_URL: 'sesame', GATEWAY_PORT: 'sesame' });
    expect(found).toHaveLength(2);
    expect(found.join()).not.toContain('sesame');
  });

  test('a file that is not there', () => {
    const { folder } = make();
    expect(problemsOf(folder, () => loadConfig(join(folder, 'other.yaml')))).toEqual([
      'other.yaml MISSING_FILE The configuration cannot be read (ENOENT); name another with --config.',
    ]);
  });
});

describe('a password in the file', () => {
  test.each([
    ['before the host', 'postgres://cordon:sesame@h/control'],
    ['as a parameter', 'postgres://cordon@h/control?password=sesame'],
    ['beside a variable', 'postgres://${GATEWAY_PORT}:sesame@h/control'],
  ])('%s is warned of, without saying it', (_, url) => {
    const { warnings } = load({ 8: `  url: ${url}` });
    expect(warnings).toMatchObject([{ line: 8, code: 'WRITTEN_PASSWORD' }]);
    expect(JSON.stringify(warnings)).not.toContain('sesame');
  });
});

test('LOG chooses the level of the log', () => {
  expect(logLevel('warn', { LOG: 'debug' })).toBe('debug');
  expect(logLevel('warn', { LOG: 'loud' })).toBe('warn');
  expect(logLevel('warn', {})).toBe('warn');
});
