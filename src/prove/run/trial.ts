import type { ProveCaller } from '../sight/caller.js';
import type { Canaries } from '../oracles/canaries.js';
import { noAnswer, type Answer, type Client } from '../gateways/client.js';
import type { Cluster } from '../gateways/cluster.js';
import { differenceOf, isInconclusive, type Channel, type Difference } from '../oracles/compare.js';
import type { ForbiddenColumns } from '../oracles/forbidden-columns.js';
import type { Ledgers } from '../oracles/ledgers.js';
import { bodyOf, type Operation } from '../operations/operation.js';
import { brokenPromise } from '../oracles/promises.js';
import type { Twin, TwinName } from '../gateways/twin.js';

/** An operation for two twins. */
export interface Case {
  /** Names the request in both ledgers. */
  readonly id: string;
  readonly operation: Operation;
  /** Which twin is held against the first. */
  readonly against: Exclude<TwinName, 'a'>;
}

/** Two answers to one case; null where there is nothing to compare: a timeout, or a machine under load. */
export type Pair = readonly [Answer, Answer] | null;

/** Something that a case has shown of hidden data. */
export interface Finding extends Difference {
  readonly pair: Pair;
}

export interface TrialParts {
  readonly caller: ProveCaller;
  readonly twins: Readonly<Record<TwinName, Twin>>;
  readonly cluster: Cluster;
  readonly client: Client;
  readonly token: () => Promise<string>;
  readonly canaries: Canaries;
  /** Texts of values, visible ones too: no cursor shows one. */
  readonly marks: Canaries;
  readonly forbidden: ForbiddenColumns;
  readonly ledgers: Ledgers;
}

/** One caller on loaded twins: sends cases, and looks wherever a secret could come out. */
export class Trial {
  readonly #parts: TrialParts;
  #again = 0;

  constructor(parts: TrialParts) {
    this.#parts = parts;
  }

  /** Forgets what was logged, written down and entered so far: loading the twins has named every column. */
  async begin(): Promise<void> {
    const { cluster, ledgers } = this.#parts;
    await this.#logged();
    await cluster.written();
    await ledgers.forget();
  }

  /** Asks one twin. */
  async ask(twin: TwinName, { id, operation }: Omit<Case, 'against'>): Promise<Answer | typeof noAnswer> {
    const { caller, client, twins, token } = this.#parts;
    const headers = {
      authorization: `Bearer ${await token()}`,
      'cordon-justification': id,
      ...(caller.purpose === null ? {} : { 'cordon-purpose': caller.purpose }),
    };
    return client.post(twins[twin].address, headers, bodyOf(operation));
  }

  /** Asks both twins at once. */
  async pair(asked: Case): Promise<Pair> {
    const [a, b] = await Promise.all([this.ask('a', asked), this.ask(asked.against, asked)]);
    if (a === noAnswer || b === noAnswer || isInconclusive(a) || isInconclusive(b)) return null;
    return [a, b];
  }

  /** What tells the answers of a pair apart, or is in them and should not. */
  inAnswers(asked: Case, pair: Pair): Finding[] {
    if (pair === null) return [];
    const difference = differenceOf(...pair);
    const found: Finding[] = difference === null ? [] : [{ ...difference, pair }];
    const request = bodyOf(asked.operation);
    // Answers that are alike are searched once.
    for (const { body, headers } of difference === null ? pair.slice(0, 1) : pair) {
      const text = `${body}\n${headers.map((header) => header.join(': ')).join('\n')}`;
      const [secret] = [...this.#parts.canaries.find(text)].filter((each) => !request.includes(each));
      if (secret !== undefined) return [...found, { channel: 'canary', detail: 'in the response', pair }];
    }
    const broken = brokenPromise(asked.operation, pair[0], this.#parts.marks);
    return broken === null ? found : [...found, { ...broken, pair }];
  }

  /** What the gateways have logged and PostgreSQL was sent, of all cases since this was last asked. */
  async behind(cases: readonly Case[], pair: Pair = null): Promise<Finding[]> {
    const { cluster, canaries, forbidden } = this.#parts;
    const requests = cases.map(({ operation }) => bodyOf(operation)).join('\n');
    const lines = await this.#logged();
    const leaked = lines.some((line) => [...canaries.find(line)].some((each) => !requests.includes(each)));
    const column = forbidden.find(await cluster.written());
    return [
      ...(leaked ? [{ channel: 'canary', detail: "in the gateway's log", pair } as const] : []),
      ...(column === null ? [] : [{ channel: 'statement', detail: column, pair } as const]),
    ];
  }

  /** Cases whose entries are not alike in both ledgers; each is looked at once. */
  async inLedgers(cases: readonly Case[]): Promise<{ readonly asked: Case; readonly finding: Finding }[]> {
    const { ledgers } = this.#parts;
    await ledgers.read();
    return cases.flatMap((asked) => {
      const [left, right] = ledgers.take(asked.id, asked.against);
      if (left === right && left !== undefined) return [];
      const detail = left === undefined || right === undefined ? 'an entry is missing' : placeOf(left, right);
      return [{ asked, finding: { channel: 'ledger', detail, pair: null } as const }];
    });
  }

  /** What the gateways have logged since this was last asked. */
  async #logged(): Promise<readonly string[]> {
    return (await Promise.all(Object.values(this.#parts.twins).map(({ log }) => log.take()))).flat();
  }

  /** Tries a case by itself, and looks where something was found before. */
  async judge(asked: Case, channel: Channel): Promise<Finding[]> {
    this.#again += 1;
    const again: Case = { ...asked, id: `${asked.id} again ${this.#again}` };
    const pair = await this.pair(again);
    if (pair === null) return [];
    const found = this.inAnswers(again, pair);
    if (channel === 'canary' || channel === 'statement') found.push(...(await this.behind([again], pair)));
    if (channel === 'ledger')
      found.push(...(await this.inLedgers([again])).map(({ finding }) => ({ ...finding, pair })));
    return found;
  }
}

/** The first member in which two entries differ. */
function placeOf(left: string, right: string): string {
  const [a, b] = [left, right].map((text) => JSON.parse(text) as Readonly<Record<string, unknown>>);
  const name = Object.keys(a ?? {}).find((each) => JSON.stringify(a?.[each]) !== JSON.stringify(b?.[each]));
  return name ?? 'an entry';
}
