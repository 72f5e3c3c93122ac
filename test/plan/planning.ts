import { getOperationAST, parse, type GraphQLSchema } from 'graphql';
import pg from 'pg';
import { bytesOf, CordonError, ProblemsError, systemClock } from '../../src/base/index.js';
import { readCatalog, type Catalog } from '../../src/catalog/index.js';
import { ClearanceRules } from '../../src/clearance/index.js';
import { defaultLimits, type Limits } from '../../src/limits.js';
import { audienceOf, CallerBindings } from '../../src/gateway/caller.js';
import type { Principal } from '../../src/identity/index.js';
import { loadModel, type Model } from '../../src/model/index.js';
import { CursorCodec, Planner, type Plan, type PlannedOperation } from '../../src/plan/index.js';
import { parsePolicy } from '../../src/policy/index.js';
import { ColumnCipher, Execution, Source, type Bindings } from '../../src/sources/index.js';
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
  readonly sources: ReadonlyMap<string, RecordingSource>;
  dispose(): Promise<void>;
}

/** Tables of the shop that its own SDL leaves out, with types and nulls for cases that bring SDL of their own. */
const sites = `
  create table site (
    site_id int primary key, account_id int not null, code text, opened date, checked timestamptz not null,
    revenue numeric(12, 2), visitors int, terms jsonb, address inet, place point, tags text[]
  );
  insert into site values
    (1, 1, 'NORTH-01', '2019-03-14', '2026-01-05T10:00:00.123Z', 125000.50, 1830,
      '{"days": 30, "discount": 0.12, "lines": [{"sku": "A", "price": 1.50}, {"price": 2}]}', '192.168.17.5', '(16.3738,48.2082)', '{Purchasing,null}'),
    (2, 2, null, null, '2026-02-05T10:00:00Z', null, null, null, null, null, null);
  create schema ext;
  create extension citext schema ext;
  create table venue (
    code ext.citext primary key, part_of ext.citext references venue, seats int4range, open tstzmultirange, terms jsonb,
    names ext.citext[], seal bytea
  );
  insert into venue values
    ('Hall-A', null, '[100,250)', '{[2026-01-01T08:00Z,2026-01-01T18:00Z)}', '{"fee": {"net": 12.50}}', '{Main,"Great Hall"}', '\\x01'),
    ('Foyer', 'HALL-A', 'empty', '{}', '{"fee": null}', '{main}', null);
  create table visit (visit_id int primary key, customer_id int, site_id int);
  insert into visit values (1, 1, 1), (2, 1, 1), (3, 2, 1), (4, 3, 1), (5, 4, 2), (6, null, 1), (7, 1, null);
`;

/** A source that can say which statements it was sent. */
export class RecordingSource extends Source {
  readonly ran: Parameters<Source['run']>[0][] = [];

  override run(...[statement]: Parameters<Source['run']>): ReturnType<Source['run']> {
    this.ran.push(statement);
    return super.run(statement);
  }
}

export const openShop = (): Promise<Databases> =>
  openDatabases({ ...shop.sources, crm: `${shop.sources['crm'] ?? ''}${sites}` }, async (databases) => {
    await encryptVatIds(databases.get('crm')!);
  });

/**
 * Builds databases, each from its SQL, and reads their catalogues.
 * @param finish what is still to be done to them by then
 */
export async function openDatabases(
  built: Readonly<Record<string, string>>,
  finish: (databases: ReadonlyMap<string, TestDatabase>) => Promise<void> = () => Promise.resolve(),
): Promise<Databases> {
  const databases = new Map<string, TestDatabase>();
  const sources = new Map<string, RecordingSource>();
  const catalogs: Catalog[] = [];
  for (const [name, sql] of Object.entries(built)) {
    const database = await freshDatabase(name, { sql });
    databases.set(name, database);
  }
  await finish(databases);
  for (const [name, database] of databases) {
    sources.set(
      name,
      new RecordingSource({ name, connection: database.config, ...connectionLimits }, quietLog),
    );
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

/** The shop's types, with one relation as a plain list, and one column that is stored encrypted. */
export const shopSdl = shop.sdl
  .replace('lines: [Line!]! @relation(', 'lines: [Line!]! @relation(list: true, ')
  .replace('taxId:', 'vatId: String @tradeSecret(class: contact) @encrypted(key: "tax-id") taxId:');

/** Of the columns that are stored encrypted. */
const columns = new ColumnCipher(new Map([['tax-id', { current: Buffer.alloc(32, 3), old: [] }]]));

async function encryptVatIds(crm: TestDatabase): Promise<void> {
  await crm.query('alter table customer add column vat_id bytea');
  for (const [customerId, vatId] of Object.entries({ 1: 'ATU "1"', 2: 'ATU2\\', 4: 'ATÜ 4' })) {
    const sealed = columns.seal('tax-id', vatId, { coordinate: 'Customer.vatId', record: [customerId] });
    await crm.query('update customer set vat_id = $1 where customer_id = $2', [sealed, customerId]);
  }
}

/** The shop's types under a policy, or others. */
export function modelOf(
  catalogs: readonly Catalog[],
  policyText: string = shop.policy,
  sdl: string = shopSdl,
): Model {
  const policy = parsePolicy(policyText, 'policy.yaml');
  if ('problems' in policy) throw new ProblemsError(policy.problems);
  const files = [{ file: 'shop.graphql', text: sdl }];
  const loaded = loadModel({
    sdl: files,
    policy: policy.policy,
    catalogs,
    encryptionKeys: ['tax-id'],
  });
  if ('problems' in loaded) throw new ProblemsError(loaded.problems);
  return loaded.model;
}

const keys = { mask: Buffer.alloc(32, 1), cursor: Buffer.alloc(32, 2), version: '1' };
const cursors = new CursorCodec(keys.cursor);
const callers = new CallerBindings(keys, cursors, columns);

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

  /** What callers of these roles may ask. */
  view(roles: readonly string[]): { readonly schema: GraphQLSchema } {
    const { schema } = buildView(this.#model, [...roles].sort(), ['read:*'], keys.version);
    if (schema === null) throw new Error('they may see nothing');
    return { schema };
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
      data[root.responseName] = JSON.parse(bytesOf(body).toString());
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
