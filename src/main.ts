import { mkdir, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
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
import { readCatalog, type Catalog } from './catalog/index.js';
import { ClearanceRules } from './clearance/index.js';
import type { Config, Secrets } from './config.js';
import { ControlPlane } from './control/index.js';
import { CallerBindings, Gateway, Recorder } from './gateway/index.js';
import {
  createFacts,
  createRecordsCopy,
  createTokenLookup,
  type LocalCopy,
  type Records,
} from './governance/index.js';
import { createHttpServer, startViewServer, ViewServers } from './http/index.js';
import { createAuthenticator } from './identity/index.js';
import { migrate, openLedger, type Ledger } from './ledger/index.js';
import { loadModel, type Model } from './model/index.js';
import { CursorCodec, Planner } from './plan/index.js';
import { parsePolicy } from './policy/index.js';
import { ColumnCipher, findParameterLogging, Source, type SourceConfig } from './sources/index.js';
import { buildView, HiddenNames } from './view/index.js';

export interface RunningGateway {
  /** `http://127.0.0.1:4000` */
  readonly address: string;
  readonly model: Model;
  readonly warnings: readonly Problem[];
  /** Finishes the requests in flight, then closes everything. */
  close(): Promise<void>;
}

/**
 * Reads the SDL folder and the policy and binds them to the sources' catalogues.
 * @throws ProblemsError with every mistake
 */
export async function readModel(
  config: Pick<Config, 'schemaFolder' | 'policyFile' | 'sources' | 'encryptionKeys'>,
): Promise<{ model: Model; warnings: readonly Problem[]; notes: readonly Problem[] }> {
  const names = (await readdir(config.schemaFolder)).filter((name) => name.endsWith('.graphql')).sort();
  const sdl = await Promise.all(
    names.map(async (name) => ({
      file: join(config.schemaFolder, name),
      text: await readFile(join(config.schemaFolder, name), 'utf8'),
    })),
  );
  const policy = parsePolicy(await readFile(config.policyFile, 'utf8'), config.policyFile);
  if ('problems' in policy) throw new ProblemsError(policy.problems);
  const catalogs = await readCatalogs(config.sources);
  const loaded = loadModel({
    sdl,
    policy: policy.policy,
    catalogs,
    encryptionKeys: config.encryptionKeys,
  });
  if ('problems' in loaded) throw new ProblemsError(loaded.problems);
  return loaded;
}

/** @throws ProblemsError with every source that cannot be read */
export async function readCatalogs(sources: Config['sources']): Promise<readonly Catalog[]> {
  const read = await Promise.allSettled([...sources.values()].map(catalogOf));
  const problems = read.flatMap((each) =>
    each.status === 'rejected' ? [sourceProblem((each.reason as Error).message)] : [],
  );
  if (problems.length > 0) throw new ProblemsError(problems);
  return read.flatMap((each) => (each.status === 'fulfilled' ? [each.value] : []));
}

function sourceProblem(message: string): Problem {
  return { file: 'cordon.yaml', line: 0, code: 'SOURCE_UNAVAILABLE', message };
}

async function catalogOf({ name, connection, connectTimeoutMs }: SourceConfig): Promise<Catalog> {
  const client = new pg.Client({ ...connection, connectionTimeoutMillis: connectTimeoutMs });
  try {
    await client.connect();
    return await readCatalog(client, name);
  } catch (cause) {
    const reason = (cause as Error).message;
    throw new Error(`The source ${name} cannot be read: ${reason}. Start its database, or correct its url.`, {
      cause,
    });
  } finally {
    await client.end().catch(() => undefined);
  }
}

/** @throws ProblemsError with every source that would log parameters and is not accepted as such; those that are, are told of */
async function refuseParameterLogging({ sources }: Config, log: Log): Promise<void> {
  const found = await findParameterLogging(sources.values(), 'cordon.yaml');
  if (found.problems.length > 0) throw new ProblemsError(found.problems);
  for (const warning of found.accepted) log.warn({}, formatProblem(warning));
}

/** Questions of auditors that are worked on at once; the others wait. */
const auditConnections = 2;

/** What the parts of a gateway are made from. */
interface Given {
  readonly config: Config;
  readonly secrets: Secrets;
  readonly model: Model;
  readonly log: Log;
  readonly clock: Clock;
}

/** What has connections of its own. */
interface Stores {
  readonly records: LocalCopy<Records>;
  readonly ledger: Ledger;
  readonly sources: ReadonlyMap<string, Source>;
  readonly audit: pg.Pool;
}

/** Ends what was begun, the last first. */
class Closers {
  readonly #steps: (() => unknown)[] = [];

  add(step: () => unknown): void {
    this.#steps.push(step);
  }

  async close(): Promise<void> {
    for (const step of this.#steps.splice(0).reverse()) await step();
  }
}

async function openStores({ config, secrets, model, log, clock }: Given, closers: Closers): Promise<Stores> {
  const records = createRecordsCopy({ control: config.control, clock, log });
  await records.start();
  closers.add(() => records.stop());
  await mkdir(config.ledgerFolder, { recursive: true, mode: 0o700 });
  const ledger = await openLedger({
    control: config.control,
    keys: secrets.ledger,
    folder: config.ledgerFolder,
    ...config.ledger,
    clock,
    log,
    texts: [
      { kind: 'schema', text: model.sdl },
      { kind: 'policy', text: model.policy.text },
    ],
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

function makeGateway(
  { config, secrets, model, log, clock }: Given,
  { records, ledger, sources }: Stores,
): Gateway {
  const cursors = new CursorCodec(secrets.answers.cursor);
  const columns = new ColumnCipher(secrets.columns);
  return new Gateway({
    model,
    rules: new ClearanceRules(model.policy),
    facts: createFacts(records),
    planner: new Planner(model, config.limits, cursors),
    bindings: new CallerBindings(secrets.answers, cursors, columns),
    sources,
    ledger,
    clock,
    log,
    responseLimit: config.limits.responseBytes,
  });
}

function makeViews({ config, secrets, model, log }: Given, gateway: Gateway): ViewServers {
  const hidden = new HiddenNames(model);
  return new ViewServers({
    build: (roles, scopes) => buildView(model, roles, scopes, secrets.answers.version),
    start: ({ schema }) =>
      schema === null
        ? null
        : startViewServer(schema, {
            gateway,
            log,
            maxTokens: config.limits.tokens,
            hiddenNames: (document, { view }) => {
              const names = document === undefined ? [] : hidden.find(document, view);
              return names.length === 0 ? null : `hidden: ${names.join(', ')}`;
            },
          }),
    maxBytes: config.limits.viewCacheBytes,
  });
}

function makeControl({ config, secrets, model, log, clock }: Given, { ledger, audit }: Stores): ControlPlane {
  const { policy, version: schemaVersion } = model;
  return new ControlPlane({
    policy,
    history: new AccessHistory(audit, secrets.ledger),
    recorder: new Recorder({
      endpoint: 'control',
      schemaVersion,
      policyVersion: policy.version,
      ledger,
      clock,
    }),
    log,
    limits: config.limits,
  });
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
  const { model, warnings } = await readModel(config);
  for (const warning of warnings) log.warn({}, formatProblem(warning));
  await refuseParameterLogging(config, log);
  const given: Given = { config, secrets, model, log, clock };
  const closers = new Closers();
  try {
    const stores = await openStores(given, closers);
    const gateway = makeGateway(given, stores);
    const views = makeViews(given, gateway);
    closers.add(() => views.close());
    const app = createHttpServer({
      gateway,
      views,
      control: makeControl(given, stores),
      authenticator: createAuthenticator({
        issuers: config.issuers,
        partnerTokens: createTokenLookup(stores.records),
        knownRoles: new Set(model.policy.roles.keys()),
        clock,
        log,
      }),
      ledger: stores.ledger,
      clock,
      log,
      bodyLimit: config.limits.bodyBytes,
    });
    closers.add(() => app.close());
    return { address: await listen(app, config.listen), model, warnings, close: () => closers.close() };
  } catch (cause) {
    await closers.close();
    throw cause;
  }
}
