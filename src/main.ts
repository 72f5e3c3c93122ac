import { mkdir } from 'node:fs/promises';
import type { FastifyInstance } from 'fastify';
import pg from 'pg';
import {
  CordonError,
  formatProblem,
  ProblemsError,
  systemClock,
  type Clock,
  type Log,
  type Problem,
} from './base/index.js';
import { AccessHistory } from './audit/index.js';
import { readableColumns, readCatalog, readLineage, type Catalog } from './catalog/index.js';
import { Closers } from './closers.js';
import type { Config, Secrets } from './config.js';
import { tlsFailure } from './database-connection.js';
import { createDeployment, type Standing } from './deployment.js';
import { readDocuments, readPolicy, readSdl, unknownConfined } from './files.js';
import { CallerBindings } from './gateway/index.js';
import {
  createFacts,
  createRecordsCopy,
  createTokenLookup,
  type LocalCopy,
  type Records,
} from './governance/index.js';
import { createHttpServer, readTls, renewTls } from './http/index.js';
import { createIssuers } from './identity/index.js';
import { migrate, openLedger, type Ledger } from './ledger/index.js';
import { loadModel, type Model, type SourceLineage } from './model/index.js';
import { observerOf, serveObserved } from './observing.js';
import { CursorCodec } from './plan/index.js';
import {
  ColumnCipher,
  findParameterLogging,
  Source,
  type AcceptedLogging,
  type SourceConfig,
} from './sources/index.js';
import { Versions, type DeploymentFiles, type Reloaded } from './versions.js';

export interface RunningGateway {
  /** `http://127.0.0.1:4000` */
  readonly address: string;
  /** `http://127.0.0.1:9464`, where the configuration asks for metrics. */
  readonly metricsAddress: string | null;
  /** Of the start. */
  readonly model: Model;
  readonly warnings: readonly Problem[];
  /**
   * Reads schema and policy anew. Requests that begin from then on are answered by them, those in flight by what they
   * began with; files with a mistake in them change nothing. Never rejects.
   */
  reload(): Promise<Reloaded>;
  /** Finishes the requests in flight, then closes everything. */
  close(): Promise<void>;
}

/** What is read besides, by those who have the time for it. */
export interface ReadOptions {
  /** Where the values of views and generated columns come from, to warn of secrets that leave by another way. */
  readonly lineages?: boolean;
}

/**
 * Reads the SDL folder and the policy and binds them to the sources' catalogues.
 * @throws ProblemsError with every mistake
 */
export async function readModel(
  config: Pick<Config, 'schemaFolder' | 'policyFile' | 'sources' | 'encryptionKeys'>,
  options: ReadOptions = {},
): Promise<{ model: Model; warnings: readonly Problem[]; notes: readonly Problem[] }> {
  const sdl = await readSdl(config);
  const policy = await readPolicy(config);
  const catalogs = await readCatalogs(config.sources);
  const { encryptionKeys } = config;
  const lineages = options.lineages === true ? await fromEach(config.sources, lineageOf) : [];
  const loaded = loadModel({ sdl, policy, catalogs, encryptionKeys, lineages });
  if ('problems' in loaded) throw new ProblemsError(loaded.problems);
  return loaded;
}

/**
 * Reads everything that a version is made of: the model, and the trusted documents.
 * @throws ProblemsError with every mistake
 */
export async function readDeployment(
  config: Pick<Config, 'schemaFolder' | 'policyFile' | 'sources' | 'encryptionKeys' | 'documents' | 'limits'>,
  options: ReadOptions = {},
): Promise<DeploymentFiles> {
  const [read, documents] = await Promise.allSettled([readModel(config, options), readDocuments(config)]);
  const problems = [read, documents].flatMap((each) => {
    if (each.status === 'fulfilled') return [];
    if (each.reason instanceof ProblemsError) return each.reason.problems;
    throw each.reason;
  });
  if (read.status === 'fulfilled') problems.push(...unknownConfined(config, read.value.model));
  if (read.status === 'rejected' || documents.status === 'rejected' || problems.length > 0)
    throw new ProblemsError(problems);
  return { ...read.value, documents: documents.value };
}

/** @throws ProblemsError with every source that cannot be read */
export function readCatalogs(sources: Config['sources']): Promise<readonly Catalog[]> {
  return fromEach(sources, readCatalog);
}

async function lineageOf(client: pg.Client, source: string): Promise<SourceLineage> {
  return { source, lineage: await readLineage(client), readable: await readableColumns(client) };
}

type ReadSource<T> = (client: pg.Client, source: string) => Promise<T>;

async function fromEach<T>(sources: Config['sources'], reads: ReadSource<T>): Promise<readonly T[]> {
  const read = await Promise.allSettled([...sources.values()].map((source) => fromSource(source, reads)));
  const problems = read.flatMap((each) =>
    each.status === 'rejected' ? [sourceProblem((each.reason as Error).message)] : [],
  );
  if (problems.length > 0) throw new ProblemsError(problems);
  return read.flatMap((each) => (each.status === 'fulfilled' ? [each.value] : []));
}

function sourceProblem(message: string): Problem {
  return { file: 'cordon.yaml', line: 0, code: 'SOURCE_UNAVAILABLE', message };
}

async function fromSource<T>(
  { name, connection, connectTimeoutMs }: SourceConfig,
  reads: ReadSource<T>,
): Promise<T> {
  const client = new pg.Client({ ...connection, connectionTimeoutMillis: connectTimeoutMs });
  try {
    await client.connect();
    return await reads(client, name);
  } catch (cause) {
    const reason = tlsFailure(cause as Error) ?? (cause as Error).message;
    throw new Error(`The source ${name} cannot be read: ${reason}. Start its database, or correct its url.`, {
      cause,
    });
  } finally {
    await client.end().catch(() => undefined);
  }
}

/** @throws ProblemsError with every source that would log parameters and is not accepted as such; those that are, are told of */
async function refuseParameterLogging({ sources }: Config, log: Log): Promise<readonly AcceptedLogging[]> {
  const found = await findParameterLogging(sources.values(), 'cordon.yaml');
  if (found.problems.length > 0) throw new ProblemsError(found.problems);
  for (const { warning } of found.accepted) log.warn({}, formatProblem(warning));
  return found.accepted;
}

/** Questions of auditors that are worked on at once; the others wait. */
const auditConnections = 2;

/** What the parts of a gateway are made from. */
type Given = Pick<Standing, 'config' | 'secrets' | 'log' | 'clock' | 'observer'>;

/** What has connections of its own. */
interface Stores {
  readonly records: LocalCopy<Records>;
  readonly ledger: Ledger;
  readonly sources: ReadonlyMap<string, Source>;
  readonly audit: pg.Pool;
}

async function openStores(
  { config, secrets, log, clock, observer }: Given,
  acceptedLogging: readonly AcceptedLogging[],
  closers: Closers,
): Promise<Stores> {
  const records = createRecordsCopy({ control: config.control, clock, log });
  await records.start();
  closers.add(() => records.stop());
  await mkdir(config.ledgerFolder, { recursive: true, mode: 0o700 });
  const ledger = await openLedger({
    control: config.control,
    keys: secrets.ledger,
    folder: config.ledgerFolder,
    ...config.ledger,
    acceptedLogging,
    clock,
    log,
    onBatch: observer?.onBatch,
  });
  closers.add(() => ledger.close());
  const sources = new Map(
    [...config.sources.values()].map((source) => [source.name, new Source(source, log)]),
  );
  closers.add(() => Promise.all([...sources.values()].map((source) => source.close())));
  const audit = new pg.Pool({ ...config.control, max: auditConnections, application_name: 'cordon-audit' });
  audit.on('error', ({ code }: NodeJS.ErrnoException) => log.warn({ code }, 'an audit connection was lost'));
  closers.add(() => audit.end());
  return { records, ledger, sources, audit };
}

/** What every version of the schema and the policy shares. */
function standingParts(given: Given, { records, ledger, sources, audit }: Stores): Standing {
  const { config, secrets } = given;
  const cursors = new CursorCodec(secrets.answers.cursor);
  return {
    ...given,
    issuers: createIssuers(config.issuers, given),
    partnerTokens: createTokenLookup(records),
    facts: createFacts(records),
    sources,
    ledger,
    history: new AccessHistory(audit, secrets.ledger),
    cursors,
    bindings: new CallerBindings(secrets.answers, cursors, new ColumnCipher(secrets.columns)),
  };
}

/** @throws CordonError with one sentence where the port is taken */
async function listen(app: FastifyInstance, address: Config['listen']): Promise<string> {
  try {
    return await app.listen(address);
  } catch (cause) {
    if ((cause as { code?: string }).code !== 'EADDRINUSE') throw cause;
    throw new CordonError('INTERNAL_ERROR', {
      message: `Port ${address.port} is taken: stop what listens there, or choose another with --port or PORT.`,
    });
  }
}

/** What the HTTP server is told of where it stands. @throws ProblemsError for a certificate that cannot be used */
function edgeOf({ tls, trustedProxies, origins }: Config['listen']) {
  return {
    ...(tls !== undefined && { tls: readTls(tls) }),
    ...(trustedProxies !== undefined && { trustedProxies }),
    ...(origins !== undefined && { origins }),
  };
}

/** Certificates are renewed every few weeks; one that cannot be used leaves the old one in place. */
function renewCertificate({ server }: FastifyInstance, { tls }: Config['listen'], log: Log): void {
  if (tls === undefined) return;
  try {
    renewTls(server, tls);
  } catch (cause) {
    const problems = cause instanceof ProblemsError ? cause.problems.map(formatProblem) : [];
    log.error({ problems }, 'the certificate was not renewed');
  }
}

/**
 * Starts a gateway: the only place where its parts are wired.
 * @throws ProblemsError for mistakes in schema, policy or configuration; whatever stops a part. What was begun by then
 *   is ended.
 */
export async function startGateway(
  config: Config,
  secrets: Secrets,
  log: Log,
  clock: Clock = systemClock,
): Promise<RunningGateway> {
  await migrate(config.control, config.migrationsFolder);
  const first = await readDeployment(config);
  for (const warning of first.warnings) log.warn({}, formatProblem(warning));
  const accepted = await refuseParameterLogging(config, log);
  const given: Given = { config, secrets, log, clock, observer: observerOf(config) };
  const closers = new Closers();
  try {
    const stores = await openStores(given, accepted, closers);
    const standing = standingParts(given, stores);
    const versions = new Versions(first, {
      read: () => readDeployment(config),
      make: (files) => createDeployment(files, standing),
      log,
    });
    closers.add(() => versions.close());
    const app = createHttpServer({
      current: () => versions.current,
      ledger: stores.ledger,
      clock,
      log,
      limits: config.limits,
      ...(config.sharedBy !== undefined && { sharedBy: config.sharedBy }),
      observer: given.observer,
      ...edgeOf(config.listen),
    });
    closers.add(() => app.close());
    const metricsAddress = await serveObserved(given.observer, stores, config.metrics, closers);
    return {
      model: first.model,
      warnings: first.warnings,
      address: await listen(app, config.listen),
      metricsAddress,
      reload: () => {
        renewCertificate(app, config.listen, log);
        return versions.reload();
      },
      close: () => closers.close(),
    };
  } catch (cause) {
    await closers.close();
    throw cause;
  }
}
