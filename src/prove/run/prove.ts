import type { GraphQLSchema } from 'graphql';
import type pg from 'pg';
import type { Config } from '../../config.js';
import type { Model } from '../../model/index.js';
import type { ProveCaller } from '../sight/caller.js';
import { Canaries } from '../oracles/canaries.js';
import type { Cluster } from '../gateways/cluster.js';
import { Cursors } from '../operations/cursors.js';
import { Earlier } from '../operations/earlier.js';
import { noFeatures, ofOffer, type OfferedCounts } from './features.js';
import { forbiddenColumns } from '../oracles/forbidden-columns.js';
import type { Comparands } from '../twins/comparands.js';
import type { GatewayHost } from '../gateways/gateway-host.js';
import { dimensionsOf, throughOf } from '../operations/model-names.js';
import { controlSees, Phase, viewOf, type PhaseParts, type PhaseResult } from './phase.js';
import type { Random } from '../data/random.js';
import type { ProveReport, Violation } from './report.js';
import { startRig, type Rig } from './rig.js';
import { Trial } from './trial.js';
import { twinNames, type TwinName } from '../gateways/twin.js';

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

const shareOfSeveral = 4;

/** So many cases are asked of one set of twins: making and loading them takes a tenth of the time that these take. */
const casesOfTwins = 504;

/** What of a caller's cases is asked of one set of twins. */
type CallerPart = Pick<PhaseParts, 'first' | 'cases' | 'deadline'>;

const roleOf = ({ roles }: ProveCaller): string => roles.join('+');

/** Runs callers one after the other, each on twins of their own. */
class Run {
  readonly #options: ProveOptions;
  readonly #rig: Rig;
  readonly #began = Date.now();
  readonly #cursors = new Cursors();
  readonly #earlier = new Earlier();
  readonly #features = noFeatures();
  readonly #through: ReadonlySet<string>;
  readonly #pairs = new Map<string, number>();
  readonly #violations: Violation[] = [];
  readonly #seesAll = new Set<string>();
  readonly #invalid: string[] = [];
  /** Somebody for whom everything is clear, and what they are served. */
  #control: Trial | null = null;
  #full: GraphQLSchema | null = null;
  readonly #columns = { hidden: 0, judged: 0 };
  readonly #judged = new Set<ProveCaller>();
  #inconclusive = 0;
  #unrepeated = 0;

  constructor(options: ProveOptions, rig: Rig) {
    this.#options = options;
    this.#rig = rig;
    this.#through = throughOf(options.model);
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
      features: this.#offered(),
      violations: this.#violations,
      inconclusive: this.#inconclusive,
      unrepeated: this.#unrepeated,
      columns: this.#columns,
      seesAll: [...this.#seesAll],
      invalid: this.#invalid,
      seconds: (Date.now() - this.#began) / 1000,
    };
  }

  /** A caller, on as many sets of twins as it takes: each has other groups, ties and nulls. */
  async #caller(caller: ProveCaller, place: number): Promise<void> {
    const cases = this.#casesOf(caller);
    const deadline = this.#deadline((place + 1) / this.#options.callers.length);
    for (let first = 0; first < cases && Date.now() < deadline; first += casesOfTwins) {
      const part = { first, cases: Math.min(casesOfTwins, cases - first), deadline };
      if (await this.#isDone(caller, part)) return;
    }
  }

  /** Tries a caller on one set of twins. @returns whether there is no use in trying others */
  async #isDone(caller: ProveCaller, part: CallerPart): Promise<boolean> {
    const { twinsOf, random } = this.#options;
    const data = twinsOf(caller, random.fork(`twins of ${caller.name} ${part.first}`));
    await Promise.all(twinNames.map((name) => data.load(name, this.#rig.twins[name].sources)));
    const parts = this.#parts(caller, part, data);
    this.#full ??= await viewOf(parts.control);
    const full = this.#full;
    if (full === null) throw new Error('somebody for whom everything is clear is served no schema');
    if (data.identical && part.first === 0) this.#seesAll.add(caller.name);
    if (!data.identical) {
      this.#seesAll.delete(caller.name);
      if (!(await controlSees(parts.control, full))) {
        this.#invalid.push(caller.name);
        return true;
      }
    }
    const phase = new Phase(parts, { own: await viewOf(parts.trial), full });
    this.#note(caller, await phase.run());
    return phase.isFull;
  }

  #parts(caller: ProveCaller, part: CallerPart, data: TwinData): PhaseParts {
    const { model, random, seed, onPairs, untilFirst } = this.#options;
    return {
      caller,
      ...part,
      trial: this.#trial(caller, data),
      control: (this.#control ??= this.#trial(this.#rig.control, { canaries: [] })),
      comparands: data.comparands,
      cursors: this.#cursors,
      earlier: this.#earlier,
      dimensions: (name) => dimensionsOf(model, name),
      through: this.#through,
      random: random.fork(`operations of ${caller.name}`),
      seed,
      features: this.#features,
      ...(untilFirst === true && { violationsMost: 1 }),
      onPairs: (count) => onPairs?.(count),
    };
  }

  #offered(): OfferedCounts {
    return this.#full === null
      ? this.#features
      : ofOffer(this.#features, { full: this.#full, through: this.#through });
  }

  #trial(caller: ProveCaller, { canaries, marks = [] }: Pick<TwinData, 'canaries' | 'marks'>): Trial {
    const { cluster, model } = this.#options;
    const { twins, client, people, ledgers } = this.#rig;
    const forbidden = forbiddenColumns(model, caller.roles);
    if (caller !== this.#rig.control && !this.#judged.has(caller)) {
      this.#judged.add(caller);
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
