import { mkdir, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
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
import { createFacts, createRecordsCopy, createTokenLookup } from './governance/index.js';
import { createHttpServer, startViewServer, ViewServers } from './http/index.js';
import { createAuthenticator } from './identity/index.js';
import { migrate, openKeyRing, openLedger } from './ledger/index.js';
import { loadModel, type Model } from './model/index.js';
import { CursorCodec, Planner } from './plan/index.js';
import { parsePolicy } from './policy/index.js';
import { Source, type SourceConfig } from './sources/index.js';
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
  config: Pick<Config, 'schemaFolder' | 'policyFile' | 'sources'>,
): Promise<{ model: Model; warnings: readonly Problem[] }> {
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
  const loaded = loadModel({ sdl, policy: policy.policy, catalogs });
  if ('problems' in loaded) throw new ProblemsError(loaded.problems);
  return loaded;
}

/** @throws ProblemsError with every source that cannot be read */
async function readCatalogs(sources: Config['sources']): Promise<readonly Catalog[]> {
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

/** Questions that are worked on at once; the others wait. */
const auditConnections = 2;

/**
 * Starts a gateway: the only place where its parts are wired.
 * @throws ProblemsError for mistakes in schema, policy or configuration
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
  const records = createRecordsCopy({ control: config.control, clock, log });
  await records.start();
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
  const sources = new Map(
    [...config.sources.values()].map((source) => [source.name, new Source(source, log)]),
  );
  const cursors = new CursorCodec(secrets.answers.cursor);
  const gateway = new Gateway({
    model,
    rules: new ClearanceRules(model.policy),
    facts: createFacts(records),
    planner: new Planner(model, config.limits, cursors),
    bindings: new CallerBindings(secrets.answers, cursors),
    sources,
    ledger,
    clock,
    log,
    responseLimit: config.limits.responseBytes,
  });
  const hidden = new HiddenNames(model);
  const views = new ViewServers({
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
  const authenticator = createAuthenticator({
    issuers: config.issuers,
    partnerTokens: createTokenLookup(records),
    knownRoles: new Set(model.policy.roles.keys()),
    clock,
    log,
  });
  const auditPool = new pg.Pool({
    ...config.control,
    max: auditConnections,
    application_name: 'cordon-audit',
  });
  auditPool.on('error', ({ code }: NodeJS.ErrnoException) =>
    log.warn({ code }, 'an audit connection was lost'),
  );
  const control = new ControlPlane({
    policy: model.policy,
    history: new AccessHistory(auditPool, openKeyRing(auditPool, secrets.ledger)),
    recorder: new Recorder({
      endpoint: 'control',
      schemaVersion: model.version,
      policyVersion: model.policy.version,
      ledger,
      clock,
    }),
    log,
    maxTokens: config.limits.tokens,
    maxRootFields: config.limits.rootFields,
  });
  const app = await createHttpServer({
    gateway,
    views,
    authenticator,
    ledger,
    clock,
    log,
    bodyLimit: config.limits.bodyBytes,
    control,
  });

  const close = async () => {
    await app.close();
    views.close();
    await Promise.all([...sources.values()].map((source) => source.close()));
    await ledger.close();
    await auditPool.end();
    await records.stop();
  };
  try {
    return { address: await app.listen(config.listen), model, warnings, close };
  } catch (cause) {
    await close();
    if ((cause as { code?: string }).code === 'EADDRINUSE') {
      throw new CordonError('INTERNAL_ERROR', {
        message: `Port ${config.listen.port} is taken: stop what listens there, or choose another with --port or PORT.`,
      });
    }
    throw cause;
  }
}
