import { getOperationAST, parse } from 'graphql';
import pg from 'pg';
import { CordonError, ProblemsError, systemClock } from '../../src/base/index.js';
import { readCatalog, type Catalog } from '../../src/catalog/index.js';
import { ClearanceRules } from '../../src/clearance/index.js';
import { defaultLimits, type Limits } from '../../src/config.js';
import { audienceOf, CallerBindings } from '../../src/gateway/caller.js';
import type { Principal } from '../../src/identity/index.js';
import { loadModel, type Model } from '../../src/model/index.js';
import { CursorCodec, Planner, type Plan, type PlannedOperation } from '../../src/plan/index.js';
import { parsePolicy } from '../../src/policy/index.js';
import { Execution, Source, type Bindings } from '../../src/sources/index.js';
import { buildView } from '../../src/view/index.js';
import { freshDatabase, type TestDatabase } from '../support/cluster.js';
import { shop } from '../support/deployments.js';
import { quietLog } from '../support/quiet-log.js';

/** Who asks, as a case writes it down. */
export interface Asker {
  readonly roles: readonly string[];
  readonly subject?: string;
  readonly accounts?: readonly string[];
  readonly scopes?: readonly string[];
  readonly purpose?: string;
}

/** An operation as it comes from a caller. */
export interface Asked {
  readonly caller: Asker;
  readonly operation: string;
  readonly variables?: Readonly<Record<string, unknown>>;
}

/** The databases of the shop with their catalogues, for any policy over them. */
export interface Databases {
  readonly catalogs: readonly Catalog[];
  readonly databases: ReadonlyMap<string, TestDatabase>;
  readonly sources: ReadonlyMap<string, Source>;
  dispose(): Promise<void>;
}

export async function openShop(): Promise<Databases> {
  const databases = new Map<string, TestDatabase>();
  const sources = new Map<string, Source>();
  const catalogs: Catalog[] = [];
  for (const [name, sql] of Object.entries(shop.sources)) {
    const database = await freshDatabase(name, { sql });
    databases.set(name, database);
    sources.set(name, new Source({ name, connection: database.config, ...connectionLimits }, quietLog));
    const client = new pg.Client(database.config);
    await client.connect();
    catalogs.push(await readCatalog(client, name));
    await client.end();
  }
  return {
    catalogs,
    databases,
    sources,
    dispose: async () => {
      for (const source of sources.values()) await source.close();
      for (const database of databases.values()) await database.drop();
    },
  };
}

export const connectionLimits = { poolSize: 2, statementTimeoutMs: 5000, connectTimeoutMs: 2000 };

/** The shop's types, with one relation as a plain list. */
const sdl = shop.sdl.replace('lines: [Line!]! @relation(', 'lines: [Line!]! @relation(list: true, ');

/** The shop's types under a policy. */
export function modelOf(catalogs: readonly Catalog[], policyText: string = shop.policy): Model {
  const policy = parsePolicy(policyText, 'policy.yaml');
  if ('problems' in policy) throw new ProblemsError(policy.problems);
  const files = [{ file: 'shop.graphql', text: sdl }];
  const loaded = loadModel({ sdl: files, policy: policy.policy, catalogs });
  if ('problems' in loaded) throw new ProblemsError(loaded.problems);
  return loaded.model;
}

const keys = { mask: Buffer.alloc(32, 1), cursor: Buffer.alloc(32, 2), version: '1' };
const cursors = new CursorCodec(keys.cursor);
const callers = new CallerBindings(keys, cursors);

function principalOf({ roles, subject = 'somebody', accounts, scopes }: Asker): Principal {
  return {
    personId: `https://issuer.example#${subject}`,
    principalId: `https://issuer.example#${subject}`,
    subject,
    organisation: 'house',
    roles: [...roles].sort(),
    assertedRoles: roles,
    scopes: scopes ?? ['read:*'],
    claims: new Map(accounts === undefined ? [] : [['accounts', accounts]]),
    documentsOnly: false,
    tokenId: null,
    client: null,
    session: null,
    authTime: null,
    authMethods: [],
    expiresAt: Infinity,
  };
}

/** Plans and runs operations under one policy, with the parts that the gateway has. */
export class Planning {
  readonly planner: Planner;
  readonly #model: Model;
  readonly #rules: ClearanceRules;

  constructor(model: Model, limits: Partial<Limits> = {}) {
    this.#model = model;
    this.#rules = new ClearanceRules(model.policy);
    this.planner = new Planner(model, { ...defaultLimits, ...limits }, cursors);
  }

  /** @throws CordonError as the planner does */
  async plan({ caller, operation: source, variables = {} }: Asked): Promise<PlannedOperation> {
    const principal = principalOf(caller);
    const view = buildView(this.#model, principal.roles, principal.scopes, keys.version);
    const clearance = await this.#rules.evaluate(view, {
      policy: this.#model.policy,
      facts: { agreementInForce: () => null, trainingCurrent: () => null },
      now: systemClock.now(),
      personId: principal.personId,
      organisation: principal.organisation,
      roles: principal.roles,
      purpose: caller.purpose ?? null,
      authTime: null,
      authMethods: [],
      log: quietLog,
      reliedOn: new Set(),
    });
    const document = parse(source);
    const definition = getOperationAST(document);
    if (definition == null) throw new Error('not one operation');
    return this.planner.plan({
      view,
      document,
      source,
      definition,
      variables,
      vector: clearance.vector,
      vectorKey: clearance.key,
      audience: audienceOf(principal),
    });
  }

  /** What runs an operation: its plan, and all that belongs to the caller. */
  async bind(asked: Asked): Promise<{ readonly plan: Plan; readonly bindings: Bindings }> {
    const { plan, literals } = await this.plan(asked);
    const principal = principalOf(asked.caller);
    return { plan, bindings: callers.for(principal, audienceOf(principal), literals) };
  }

  /** The data of the answer. */
  async run(asked: Asked, sources: ReadonlyMap<string, Source>): Promise<Record<string, unknown>> {
    const { plan, bindings } = await this.bind(asked);
    const data: Record<string, unknown> = {};
    for (const root of plan.roots) {
      if (root.kind !== 'statement') continue;
      const { body } = await new Execution(sources, bindings, 1e6).root(root.statement);
      data[root.responseName] = JSON.parse(body);
    }
    return data;
  }
}

/** The code with which an attempt is refused. */
export async function codeOf(attempt: Promise<unknown>): Promise<string> {
  try {
    await attempt;
  } catch (error) {
    if (error instanceof CordonError) return error.code;
    throw error;
  }
  throw new Error('it was not refused');
}
