import { setImmediate, setTimeout as wait } from 'node:timers/promises';
import { buildClientSchema, type GraphQLSchema, type IntrospectionQuery } from 'graphql';
import type { ProveCaller } from '../sight/caller.js';
import { noAnswer } from '../gateways/client.js';
import { differenceOf, isInconclusive } from '../oracles/compare.js';
import { controlOperations } from './control-query.js';
import type { Cursors } from '../operations/cursors.js';
import type { Earlier } from '../operations/earlier.js';
import { countFeatures, type FeatureCounts } from './features.js';
import { Generator, introspectionText } from '../operations/generate.js';
import { SeenMasks, type Comparands } from '../twins/comparands.js';
import type { Dimensions } from '../operations/guarded-operation.js';
import type { Schemas } from '../operations/names.js';
import { readAgain, writtenOperation, type Operation } from '../operations/operation.js';
import type { Random } from '../data/random.js';
import type { Violation } from './report.js';
import { shrink } from '../operations/shrink.js';
import type { Case, Finding, Pair, Trial } from './trial.js';

/** What one caller is tried with. */
export interface PhaseParts {
  readonly caller: ProveCaller;
  /** The caller, and somebody for whom everything is clear, on the same twins. */
  readonly trial: Trial;
  readonly control: Trial;
  readonly comparands: Comparands;
  readonly cursors: Cursors;
  readonly earlier: Earlier;
  readonly dimensions: Dimensions;
  /** Relations through tables between, by their coordinates. */
  readonly through: ReadonlySet<string>;
  readonly random: Random;
  readonly seed: string;
  /** The number of the first case, and how many there are. */
  readonly first: number;
  readonly cases: number;
  /** Milliseconds since 1970, after which no further case is begun. */
  readonly deadline: number;
  readonly features: FeatureCounts;
  /** After so many it ends; 3 unless given. */
  readonly violationsMost?: number;
  /** Told of pairs that were compared. */
  readonly onPairs: (count: number) => void;
}

export interface PhaseResult {
  readonly pairs: number;
  readonly inconclusive: number;
  readonly unrepeated: number;
  readonly violations: readonly Violation[];
}

/** So many cases are in flight together: enough for two processors, and few enough to go on from their cursors soon. */
const batchSize = 12;
/** Each is reduced, which takes a while; more of them say little more. */
const violationsMost = 3;
/** A difference that is there is there again in one of these. */
const repeats = 3;

/** So many cases wait for their entries: reading them takes connections, and the texts of operations memory. */
const ledgersEvery = 504;

/** A case that waits for its entries: documents are large. */
const asText = (asked: Case): Case => ({ ...asked, operation: { ...asked.operation, document: null } });

const introspection = writtenOperation(introspectionText);

/** A ledger that has just been opened takes entries after a moment, on a machine under load a long one. */
const openingTries = 40;
const openingMs = 250;

/** The schema that a caller is served; null where they are served none. */
export async function viewOf(trial: Trial): Promise<GraphQLSchema | null> {
  for (let i = 0; i < openingTries; i += 1) {
    const answer = await trial.ask('a', { id: 'introspection', operation: introspection });
    if (answer !== noAnswer && !isInconclusive(answer)) {
      const { data } = JSON.parse(answer.body) as { data?: IntrospectionQuery };
      return data === undefined ? null : buildClientSchema(data);
    }
    await wait(openingMs);
  }
  throw new Error('a gateway of the run does not answer');
}

/** Whether somebody who sees everything sees that the twins differ. */
export async function controlSees(control: Trial, full: GraphQLSchema): Promise<boolean> {
  for (const operation of controlOperations(full)) {
    for (let i = 0; i < openingTries; i += 1) {
      const pair = await control.pair({ id: 'control', operation, against: 'b' });
      if (pair !== null && differenceOf(...pair) !== null) return true;
      // What a machine under load does not answer says nothing.
      if (pair !== null) break;
      await wait(openingMs);
    }
  }
  return false;
}

/** A part of a run: one caller on one set of twins. */
export class Phase {
  readonly #parts: PhaseParts;
  readonly #generator: Generator;
  readonly #schemas: Schemas;
  readonly #secrets: ReadonlySet<string>;
  readonly #masks = new SeenMasks();
  readonly #violations: Violation[] = [];
  #made = 0;
  #pairs = 0;
  #inconclusive = 0;
  #unrepeated = 0;

  constructor(parts: PhaseParts, schemas: Schemas) {
    const { caller, comparands, cursors, earlier, dimensions } = parts;
    this.#parts = parts;
    this.#schemas = schemas;
    this.#secrets = new Set(comparands.secrets);
    const seen = this.#masks.beside(comparands);
    this.#generator = new Generator({
      caller: caller.name,
      schemas,
      comparands: seen,
      cursors,
      earlier,
      dimensions,
    });
  }

  async run(): Promise<PhaseResult> {
    const { trial, deadline, onPairs } = this.#parts;
    await trial.begin();
    let waiting: Case[] = [];
    let next = this.#batch();
    while (next.length > 0) {
      if (Date.now() > deadline || this.isFull) break;
      const batch = next;
      const asked = Promise.all(batch.map((each) => trial.pair(each)));
      // Once they are sent, there is time for it.
      await setImmediate();
      next = this.#batch();
      await this.#look(batch, await asked);
      onPairs(batch.length);
      waiting.push(...batch.map(asText));
      if (waiting.length < ledgersEvery) continue;
      await this.#compareLedgers(waiting);
      waiting = [];
    }
    await this.#compareLedgers(waiting);
    return {
      pairs: this.#pairs,
      inconclusive: this.#inconclusive,
      unrepeated: this.#unrepeated,
      violations: this.#violations,
    };
  }

  /** Whether enough was found. */
  get isFull(): boolean {
    return this.#violations.length >= (this.#parts.violationsMost ?? violationsMost);
  }

  async #compareLedgers(cases: readonly Case[]): Promise<void> {
    for (const { asked, finding } of await this.#parts.trial.inLedgers(cases))
      await this.#confirm({ ...asked, operation: readAgain(asked.operation) }, finding);
  }

  /** Made before any of them, or of the batch before, is answered: what one is answered with moves none of the others. */
  #batch(): Case[] {
    const { random, caller, first, cases } = this.#parts;
    const begun = this.#made;
    this.#made = Math.min(begun + batchSize, cases);
    return Array.from({ length: this.#made - begun }, (_, i) => {
      const place = first + begun + i;
      const own = random.fork(`case ${place}`);
      return {
        id: `${caller.name} ${place}`,
        operation: this.#generator.operation(own),
        against: own.chance(2 / 3) ? ('b' as const) : ('shuffled' as const),
      };
    });
  }

  async #look(batch: readonly Case[], pairs: readonly Pair[]): Promise<void> {
    const { trial } = this.#parts;
    for (const [i, asked] of batch.entries()) {
      const pair = pairs[i] ?? null;
      this.#count(asked, pair);
      for (const finding of trial.inAnswers(asked, pair)) await this.#confirm(asked, finding);
    }
    for (const finding of await trial.behind(batch)) await this.#findAmong(batch, finding);
  }

  #count({ operation }: Case, pair: Pair): void {
    if (pair === null) {
      this.#inconclusive += 1;
      return;
    }
    this.#pairs += 1;
    const { caller, cursors, earlier, features, through } = this.#parts;
    const [answer] = pair;
    cursors.note(caller.name, operation, answer.body);
    earlier.note(caller.name, operation, answer.body);
    this.#masks.note(answer.body);
    const offer = { ...this.#schemas, through };
    countFeatures(features, operation, answer, offer, (text) => this.#secrets.has(text));
  }

  /** Which case of a batch it was that left a trace behind. */
  async #findAmong(batch: readonly Case[], finding: Finding): Promise<void> {
    for (const asked of batch) {
      const again = await this.#repeated(asked, finding);
      if (again !== null) return this.#report(asked, again);
    }
    this.#unrepeated += 1;
  }

  async #repeated(asked: Case, { channel }: Finding): Promise<Finding | null> {
    const found = await this.#parts.trial.judge(asked, channel);
    return found.find((each) => each.channel === channel) ?? null;
  }

  /** Asks again: what was the load of the machine does not come back. */
  async #confirm(asked: Case, finding: Finding): Promise<void> {
    if (this.isFull) return;
    for (let i = 0; i < repeats; i += 1) {
      const again = await this.#repeated(asked, finding);
      if (again !== null) return this.#report(asked, again);
    }
    this.#unrepeated += 1;
  }

  async #report(asked: Case, finding: Finding): Promise<void> {
    const { caller, seed } = this.#parts;
    let smallest = finding;
    const operation: Operation = await shrink(asked.operation, async (smaller) => {
      const found = await this.#repeated({ ...asked, operation: smaller }, finding);
      if (found !== null) smallest = found;
      return found !== null;
    });
    const same = this.#violations.some(
      (each) => each.channel === finding.channel && each.operation === operation.text,
    );
    if (same) return;
    this.#violations.push({
      caller: caller.name,
      roles: caller.roles,
      channel: smallest.channel,
      detail: smallest.detail,
      twins: ['a', asked.against],
      seed,
      case: Number(asked.id.slice(caller.name.length + 1)),
      operation: operation.text,
      variables: operation.variables,
      purpose: caller.purpose,
      answers: (smallest.pair ?? []).map(({ status, body }) => ({ status, body })),
    });
  }
}
