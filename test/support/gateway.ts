import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import pg from 'pg';
import { systemClock, unpack, type Clock, type Log, type Tuple } from '../../src/base/index.js';
import { type Config, type Secrets } from '../../src/config.js';
import { defaultLimits, type Limits } from '../../src/limits.js';
import { demoAudience, demoIssuer, mintToken, startDemoIssuer } from '../../src/demo/index.js';
import type { SocketConnection } from '../../src/embedded/index.js';
import { issuerConfigSchema } from '../../src/identity/index.js';
import {
  decodeBatch,
  decodeEntry,
  leafHash,
  openKeyRing,
  openLedgerReader,
  openRequest,
  readDescriptor,
  type Descriptor,
  type LedgerKeys,
  type OpenedRequest,
} from '../../src/ledger/index.js';
import { startGateway, type RunningGateway } from '../../src/main.js';
import type { Observing } from '../../src/observing.js';
import type { SourceConfig } from '../../src/sources/index.js';
import { freshDatabase, type TestDatabase } from './cluster.js';
import { quietLog } from './quiet-log.js';
import { testFolder } from './test-folders.js';
import { testKeyNames, testSecrets } from './test-secrets.js';

/** A deployment as a test writes it down. */
export interface TestDeployment {
  /** Source name → SQL that builds its database. */
  readonly sources: Readonly<Record<string, string>>;
  /** One file, or several by their names. */
  readonly sdl: string | Readonly<Record<string, string>>;
  readonly policy: string;
  readonly limits?: Partial<Limits>;
  /** The text of a manifest, and who is confined to it. */
  readonly documents?: { readonly manifest: string; readonly required: 'all' | readonly string[] };
  /** Further sources, which the test has built elsewhere than in the shared cluster. */
  readonly elsewhere?: Readonly<Record<string, SocketConnection>>;
  /** How every source is reached, where that matters. */
  readonly sourceOptions?: Partial<
    Pick<
      SourceConfig,
      'poolSize' | 'statementTimeoutMs' | 'connectTimeoutMs' | 'maxWaiting' | 'acceptParameterLogging'
    >
  >;
  /** Times of the ledger. */
  readonly ledger?: NonNullable<Config['ledger']>;
  /** Metrics and traces. */
  readonly observing?: Observing;
  /** Has PostgreSQL log every statement of the sources. */
  readonly captureStatements?: boolean;
  readonly log?: Log;
  readonly clock?: Clock;
  /** A control database elsewhere than in the shared cluster. */
  readonly control?: SocketConnection;
  /** A folder with keys and SDL from a gateway before this one. */
  readonly folder?: string;
}

/** Who a test asks as. */
export interface TestCaller {
  readonly roles: readonly string[];
  readonly subject?: string;
  readonly organisation?: string | null;
  /** Row claims `accounts` and `regions`. */
  readonly accounts?: readonly string[];
  readonly regions?: readonly string[];
  readonly amr?: readonly string[];
  /** Headers besides the token. */
  readonly headers?: Readonly<Record<string, string>>;
}

/** A response as it came over HTTP. */
export interface TestResponse {
  readonly status: number;
  readonly headers: Headers;
  /** The bytes, as text. */
  readonly text: string;
  /** Parsed; null where the body is no JSON. */
  readonly body: {
    data?: Record<string, unknown> | null;
    errors?: { message: string; path?: string[]; extensions: { code: string } }[];
    extensions?: { cordon: { masked: string[]; withheld: { path: string[]; code: string }[] } };
  };
}

/** A disclosure with its descriptor's words and its records' keys. */
export interface Given extends Descriptor {
  readonly count: number;
  readonly records: readonly Tuple[];
}

export interface TestEntry extends OpenedRequest {
  /** Leaf hash, lower-case hex: what the response's receipt names. */
  readonly leaf: string;
  readonly given: readonly Given[];
}

/** Asks over HTTP. */
export type Query = (
  caller: TestCaller,
  document: string,
  variables?: unknown,
  operationName?: string,
) => Promise<TestResponse>;

/** All that a gateway needs but the gateway: its databases, its issuer and its files. */
export interface PreparedGateway {
  readonly folder: string;
  readonly sources: ReadonlyMap<string, TestDatabase>;
  readonly control: SocketConnection;
  readonly keys: LedgerKeys;
  readonly config: Config;
  readonly secrets: Secrets;
  /** Each its own; `query` gives a caller the same for some seconds. */
  token(caller: TestCaller): Promise<string>;
  /** Asks the gateway at an address. */
  readonly queryAt: (address: string) => Query;
  /** Every request entry of the ledger, opened, in the order of the chain. */
  entries(): Promise<TestEntry[]>;
  /** Stops the issuer and drops the databases. */
  dispose(): Promise<void>;
}

export interface TestGateway extends RunningGateway, Omit<PreparedGateway, 'queryAt'> {
  readonly query: Query;
  /** Statements that a source was sent while `run` went on, from PostgreSQL's own log. */
  statements(source: string, run: () => Promise<unknown>): Promise<string[]>;
  /** Stops everything and drops its databases. */
  dispose(): Promise<void>;
}

/** Tokens live an hour, and when somebody signed in is told to the second. */
const tokenKeptMs = 30_000;

const migrationsFolder = join(__dirname, '../../migrations');

/** Builds the databases, starts the issuer and writes the files of a gateway. */
export async function prepareGateway(deployment: TestDeployment): Promise<PreparedGateway> {
  const folder = deployment.folder ?? testFolder('gateway');
  await mkdir(join(folder, 'schema'), { recursive: true });
  const { sdl } = deployment;
  for (const [name, text] of Object.entries(typeof sdl === 'string' ? { 'types.graphql': sdl } : sdl))
    await writeFile(join(folder, 'schema', name), text);
  await writeFile(join(folder, 'policy.yaml'), deployment.policy);
  const manifest = join(folder, 'documents.json');
  const { documents } = deployment;
  if (documents !== undefined) await writeFile(manifest, documents.manifest);
  const sources = new Map<string, TestDatabase>();
  for (const [name, sql] of Object.entries(deployment.sources)) {
    const database = await freshDatabase(name, { sql });
    sources.set(name, database);
    if (deployment.captureStatements === true)
      await database.query(`alter database "${database.name}" set log_statement = 'all'`);
  }
  const ownControl = deployment.control === undefined ? await freshDatabase('control') : null;
  const control = deployment.control ?? ownControl!.config;
  const issuer = await startDemoIssuer({ folder: join(folder, 'issuer'), port: 0 });
  const secrets = testSecrets(folder);
  const config: Config = {
    listen: { host: '127.0.0.1', port: 0 },
    schemaFolder: join(folder, 'schema'),
    policyFile: join(folder, 'policy.yaml'),
    migrationsFolder,
    sources: new Map(
      [
        ...[...sources].map(([name, { config: connection }]) => [name, connection] as const),
        ...Object.entries(deployment.elsewhere ?? {}),
      ].map(([name, connection]) => [
        name,
        {
          name,
          connection,
          poolSize: 4,
          statementTimeoutMs: 5000,
          connectTimeoutMs: 2000,
          ...(deployment.captureStatements === true && { acceptParameterLogging: true }),
          ...deployment.sourceOptions,
        },
      ]),
    ),
    control,
    ledgerFolder: join(folder, 'ledger'),
    issuers: [
      issuerConfigSchema.parse({
        issuer: demoIssuer,
        audience: demoAudience,
        jwksUri: issuer.jwksUri,
        algorithms: ['EdDSA'],
        scopes: null,
        claims: { organisation: 'organisation', rows: { accounts: 'accounts', regions: 'regions' } },
      }),
    ],
    encryptionKeys: testKeyNames,
    ...deployment.observing,
    // Tests ask much at once as one person, and are no frontend.
    limits: { ...defaultLimits, atOnce: 1000, requestsPerSecond: 100_000, ...deployment.limits },
    ...(documents === undefined
      ? {}
      : {
          documents: {
            manifest,
            required: documents.required,
            written: { file: join(folder, 'cordon.yaml'), line: 1 },
          },
        }),
    ...(deployment.ledger === undefined ? {} : { ledger: deployment.ledger }),
  };
  const token = ({
    roles,
    subject = roles[0] ?? 'nobody',
    organisation = null,
    accounts,
    regions,
    amr,
  }: TestCaller) =>
    mintToken(join(folder, 'issuer'), {
      subject,
      roles,
      organisation,
      claims: {
        ...(accounts === undefined ? {} : { accounts }),
        ...(regions === undefined ? {} : { regions }),
      },
      ...(amr === undefined ? {} : { amr }),
    });
  // As a frontend does, a caller keeps a token for a while.
  const kept = new Map<string, { readonly token: Promise<string>; readonly until: number }>();
  const keptToken = ({ headers: _, ...caller }: TestCaller): Promise<string> => {
    const name = JSON.stringify(caller);
    const found = kept.get(name);
    if (found !== undefined && performance.now() < found.until) return found.token;
    const made = token(caller);
    kept.set(name, { token: made, until: performance.now() + tokenKeptMs });
    return made;
  };
  return {
    folder,
    sources,
    control,
    keys: secrets.ledger,
    config,
    secrets,
    token,
    queryAt: (address) => async (caller, query, variables, operationName) =>
      post(
        `${address}/graphql`,
        { authorization: `Bearer ${await keptToken(caller)}`, ...caller.headers },
        { query, variables, operationName },
      ),
    entries: () => readEntries(control, secrets.ledger),
    dispose: async () => {
      await issuer.close();
      for (const database of sources.values()) await database.drop();
      await ownControl?.drop();
    },
  };
}

/** Starts a gateway over real databases, a real issuer and HTTP on loopback, with its ledger on. */
export async function startTestGateway(deployment: TestDeployment): Promise<TestGateway> {
  const prepared = await prepareGateway(deployment);
  const { queryAt, ...rest } = prepared;
  const gateway = await startGateway(
    prepared.config,
    prepared.secrets,
    deployment.log ?? quietLog,
    deployment.clock ?? systemClock,
  );
  return {
    ...rest,
    ...gateway,
    query: queryAt(gateway.address),
    statements: (source, run) => readStatements(prepared.sources.get(source)!, run),
    dispose: async () => {
      await gateway.close();
      await prepared.dispose();
    },
  };
}

/** Posts JSON and reads the whole response. */
export async function post(
  url: string,
  headers: Readonly<Record<string, string>>,
  body: unknown,
): Promise<TestResponse> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });
  const text = await response.text();
  let parsed: unknown = null;
  try {
    parsed = JSON.parse(text);
  } catch {
    // Not JSON; the test that expects JSON will say so.
  }
  return { status: response.status, headers: response.headers, text, body: parsed as TestResponse['body'] };
}

/** Every request entry in a control database, opened. */
export async function readEntries(control: SocketConnection, keys: LedgerKeys): Promise<TestEntry[]> {
  const reader = await openLedgerReader(control);
  const pool = new pg.Pool({ ...control, max: 1 });
  const ring = openKeyRing(pool, keys);
  try {
    const descriptors = new Map<string, Descriptor>();
    const opened: TestEntry[] = [];
    for await (const row of reader.batches()) {
      const { seal, entries } = decodeBatch(row);
      for (const [index, bytes] of entries.entries()) {
        const entry = decodeEntry(bytes);
        if (entry.kind === 'dictionary' && entry.text.kind === 'descriptor') {
          descriptors.set(entry.text.hash.toString('hex'), readDescriptor(entry.text.body));
        }
        if (entry.kind !== 'request') continue;
        const request = await openRequest(entry, seal, index, ring);
        const given = entry.disclosures.map(({ descriptor: hash, count }, i): Given => {
          const descriptor = descriptors.get(hash.toString('hex'))!;
          const keys = request.recordKeys[i]!;
          return {
            ...descriptor,
            count,
            records: keys instanceof Buffer ? unpack(keys, descriptor.keyLayout) : [],
          };
        });
        opened.push({ ...request, leaf: leafHash(bytes).toString('hex'), given });
      }
    }
    return opened;
  } finally {
    await reader.close();
    await pool.end();
  }
}

/** Statements that sessions of the database sent while `run` went on, as PostgreSQL logged them. Needs `captureStatements`. */
async function readStatements(database: TestDatabase, run: () => Promise<unknown>): Promise<string[]> {
  const { rows } = await database.query<{ folder: string }>(
    "select pg_catalog.current_setting('data_directory') as folder",
  );
  const logFile = join(dirname(rows[0]!.folder), 'postgres.log');
  const before = (await readFile(logFile)).length;
  await run();
  // The session that asks is the test's own: where it was opened late, its statements are logged too.
  const sessions = await database.query<{ pid: number }>(
    'select pid from pg_catalog.pg_stat_activity where datname = pg_catalog.current_database() and pid <> pg_catalog.pg_backend_pid()',
  );
  const pids = new Set(sessions.rows.map(({ pid }) => String(pid)));
  const added = (await readFile(logFile)).subarray(before).toString('utf8');
  return added.split('\n').flatMap((line) => {
    const match = /\[(\d+)\] LOG: {2}(?:execute [^:]*|statement): (select .*)$/.exec(line);
    // A session that is opened meanwhile is verified first; that is no statement of a plan.
    const isPlan = match !== null && pids.has(match[1]!) && !match[2]!.includes('pg_catalog.pg_settings');
    return isPlan ? [match[2]!] : [];
  });
}
