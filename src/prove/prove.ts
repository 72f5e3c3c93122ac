import { mkdtemp } from 'node:fs/promises';
import { join } from 'node:path';
import type { GraphQLSchema } from 'graphql';
import type pg from 'pg';
import type { Config } from '../config.js';
import type { Model } from '../model/index.js';
import type { ProveCaller } from './caller.js';
import { Canaries } from './canaries.js';
import { Client } from './client.js';
import type { Cluster } from './cluster.js';
import { withControlRole } from './control-role.js';
import { Cursors } from './cursors.js';
import { Earlier } from './earlier.js';
import { noFeatures } from './features.js';
import { forbiddenColumns } from './forbidden-columns.js';
import type { Comparands } from './comparands.js';
import { here, twinSecrets, type GatewayHost } from './gateway-host.js';
import { Ledgers } from './ledgers.js';
import { People, recordFacts } from './people.js';
import { controlSees, Phase, viewOf, type PhaseParts, type PhaseResult } from './phase.js';
import type { Random } from './random.js';
import type { ProveReport, Violation } from './report.js';
import { Trial } from './trial.js';
import { place, startTwin, twinNames, type Twin, type TwinName } from './twin.js';

/** What a caller's twins hold. */
export interface TwinData {
  /** Fills a twin's databases anew. */
  load(twin: TwinName, sources: ReadonlyMap<string, pg.ClientConfig>): Promise<void>;
  readonly comparands: Comparands;
  /** Texts that stand in hidden values alone. */
  readonly canaries: readonly string[];
  /** Texts of any values by which they are recognised: none may be legible in a cursor. */
  readonly marks?: readonly string[];
  /** Whether the caller may see all that anybody could: then the twins are one. */
  readonly identical: boolean;
}

export interface ProveOptions {
  readonly config: Pick<
    Config,
    'schemaFolder' | 'migrationsFolder' | 'limits' | 'encryptionKeys' | 'sources'
  >;
  readonly model: Model;
  /** A PostgreSQL that goes with the run. */
  readonly cluster: Cluster;
  readonly callers: readonly ProveCaller[];
  /** By source: what makes its tables. */
  readonly tables: ReadonlyMap<string, readonly string[]>;
  readonly twinsOf: (caller: ProveCaller, random: Random) => TwinData;
  readonly random: Random;
  readonly seed: string;
  /** For each role. */
  readonly cases: number;
  /** When to end at the latest. */
  readonly minutes: number | null;
  /** Whether the first violation ends the run: enough to know that something is found. */
  readonly untilFirst?: boolean;
  /** Where the gateways are; in this thread unless given. Closed with the run. */
  readonly host?: GatewayHost;
  /** What stands between the run and a gateway; nothing unless given. */
  readonly through?: (address: string, twin: TwinName) => Promise<string>;
  /** How many pairs there will be, of all callers; Infinity where time alone ends the run. */
  readonly onTotal?: (pairs: number) => void;
  /** Told of pairs that were tried. */
  readonly onPairs?: (count: number) => void;
}

/** What everything is asked of. */
interface Rig {
  readonly twins: Readonly<Record<TwinName, Twin>>;
  readonly people: People;
  readonly client: Client;
  readonly control: ProveCaller;
  readonly ledgers: Ledgers;
  close(): Promise<void>;
}

const shareOfSeveral = 4;

const roleOf = ({ roles }: ProveCaller): string => roles.join('+');

/** Fields of a type that guarded groups are made by. */
function dimensionsOf({ types }: Model, name: string): readonly string[] {
  return [...(types.get(name)?.fields.values() ?? [])].flatMap(({ mark, name: field }) =>
    mark.kind === 'open' && mark.dimension ? [field] : [],
  );
}

/** Somebody for whom everything is clear, whatever the policy's own roles are. */
const controlCaller = (role: string, purpose: string): ProveCaller => ({
  name: role,
  roles: [role],
  subject: role,
  organisation: role,
  claims: {},
  conditionsMet: true,
  purpose,
});

async function startRig(options: ProveOptions): Promise<Rig> {
  const { cluster, config, model, callers, tables, seed, host = here, through } = options;
  const { text, names } = withControlRole(model.policy);
  const control = controlCaller(names.role, names.purpose);
  const folder = await mkdtemp(join(cluster.folder, 'run-'));
  const people = await People.start(folder, [...callers, control]);
  const policyFile = await place(folder, 'policy.yaml', text);
  // Made before the gateways look for them.
  const { ledger } = twinSecrets(seed, folder, config.encryptionKeys);
  const started = await Promise.allSettled(
    twinNames.map(async (name) => {
      const twin = await startTwin(name, {
        cluster,
        folder,
        config,
        policyFile,
        issuer: people.config,
        seed,
        host,
        tables,
        prepareControl: (database) =>
          recordFacts(database, config.migrationsFolder, model.policy, [...callers, control]),
      });
      return through === undefined ? twin : { ...twin, address: await through(twin.address, name) };
    }),
  );
  const twins = started.flatMap((each) => (each.status === 'fulfilled' ? [each.value] : []));
  const client = new Client();
  const close = async () => {
    client.close();
    for (const twin of twins) await twin.close();
    await host.close();
    await people.close();
  };
  const [a, b, shuffled] = twins;
  if (a === undefined || b === undefined || shuffled === undefined) {
    await close();
    throw started.find((each) => each.status === 'rejected')?.reason;
  }
  return {
    twins: { a, b, shuffled },
    people,
    client,
    control,
    ledgers: new Ledgers({ a, b, shuffled }, ledger),
    close,
  };
}

/** Runs callers one after the other, each on twins of their own. */
class Run {
  readonly #options: ProveOptions;
  readonly #rig: Rig;
  readonly #began = Date.now();
  readonly #cursors = new Cursors();
  readonly #earlier = new Earlier();
  readonly #features = noFeatures();
  readonly #pairs = new Map<string, number>();
  readonly #violations: Violation[] = [];
  readonly #seesAll: string[] = [];
  readonly #invalid: string[] = [];
  /** Somebody for whom everything is clear, and what they are served. */
  #control: Trial | null = null;
  #full: GraphQLSchema | null = null;
  readonly #columns = { hidden: 0, judged: 0 };
  #inconclusive = 0;
  #unrepeated = 0;

  constructor(options: ProveOptions, rig: Rig) {
    this.#options = options;
    this.#rig = rig;
  }

  async run(): Promise<ProveReport> {
    const { callers, seed, onTotal, untilFirst } = this.#options;
    onTotal?.(callers.reduce((sum, caller) => sum + this.#casesOf(caller), 0));
    for (const [i, caller] of callers.entries()) {
      if (untilFirst === true && this.#violations.length > 0) break;
      await this.#caller(caller, i);
    }
    return {
      ok: this.#violations.length === 0 && this.#invalid.length === 0,
      seed,
      pairs: Object.fromEntries(this.#pairs),
      features: this.#features,
      violations: this.#violations,
      inconclusive: this.#inconclusive,
      unrepeated: this.#unrepeated,
      columns: this.#columns,
      seesAll: this.#seesAll,
      invalid: this.#invalid,
      seconds: (Date.now() - this.#began) / 1000,
    };
  }

  async #caller(caller: ProveCaller, place: number): Promise<void> {
    const { twinsOf, random } = this.#options;
    const data = twinsOf(caller, random.fork(`twins of ${caller.name}`));
    await Promise.all(twinNames.map((name) => data.load(name, this.#rig.twins[name].sources)));
    const parts = this.#parts(caller, place, data);
    this.#full ??= await viewOf(parts.control);
    const full = this.#full;
    if (full === null) throw new Error('somebody for whom everything is clear is served no schema');
    if (data.identical) this.#seesAll.push(caller.name);
    else if (!(await controlSees(parts.control, full))) {
      this.#invalid.push(caller.name);
      return;
    }
    const own = await viewOf(parts.trial);
    this.#note(caller, await new Phase(parts, { own, full }).run());
  }

  #parts(caller: ProveCaller, place: number, data: TwinData): PhaseParts {
    const { callers, model, random, seed, onPairs, untilFirst } = this.#options;
    return {
      caller,
      trial: this.#trial(caller, data),
      control: (this.#control ??= this.#trial(this.#rig.control, { canaries: [] })),
      comparands: data.comparands,
      cursors: this.#cursors,
      earlier: this.#earlier,
      dimensions: (name) => dimensionsOf(model, name),
      random: random.fork(`operations of ${caller.name}`),
      seed,
      cases: this.#casesOf(caller),
      deadline: this.#deadline((place + 1) / callers.length),
      features: this.#features,
      ...(untilFirst === true && { violationsMost: 1 }),
      onPairs: (count) => onPairs?.(count),
    };
  }

  #trial(caller: ProveCaller, { canaries, marks = [] }: Pick<TwinData, 'canaries' | 'marks'>): Trial {
    const { cluster, model } = this.#options;
    const { twins, client, people, ledgers } = this.#rig;
    const forbidden = forbiddenColumns(model, caller.roles);
    if (caller !== this.#rig.control) {
      this.#columns.hidden += forbidden.all;
      this.#columns.judged += forbidden.judged.length;
    }
    return new Trial({
      caller,
      twins,
      cluster,
      client,
      token: () => people.token(caller),
      canaries: new Canaries(canaries),
      marks: new Canaries(marks),
      forbidden,
      ledgers,
    });
  }

  /** A role's cases are shared by its callers; roles together get fewer, since each of them is tried alone. */
  #casesOf(caller: ProveCaller): number {
    const { callers, cases } = this.#options;
    const alike = callers.filter((each) => roleOf(each) === roleOf(caller));
    const all = caller.roles.length === 1 ? cases : Math.ceil(cases / shareOfSeveral);
    const each = Math.floor(all / alike.length);
    return alike[0] === caller && Number.isFinite(all) ? all - each * (alike.length - 1) : each;
  }

  #deadline(share: number): number {
    const { minutes } = this.#options;
    return minutes === null ? Infinity : this.#began + minutes * 60_000 * share;
  }

  #note(caller: ProveCaller, { pairs, inconclusive, unrepeated, violations }: PhaseResult): void {
    const role = roleOf(caller);
    this.#pairs.set(role, (this.#pairs.get(role) ?? 0) + pairs);
    this.#inconclusive += inconclusive;
    this.#unrepeated += unrepeated;
    this.#violations.push(...violations);
  }
}

/**
 * The non-interference run: twins that differ only in what a caller may not see are asked the same, and every difference
 * is a violation. Nothing is read or written but databases of its own.
 */
export async function prove(options: ProveOptions): Promise<ProveReport> {
  const rig = await startRig(options);
  try {
    return await new Run(options, rig).run();
  } finally {
    await rig.close();
  }
}
