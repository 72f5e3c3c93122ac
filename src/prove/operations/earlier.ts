import type { Operation } from './operation.js';
import type { Random } from '../data/random.js';

/** So many operations of each caller are kept. */
const kept = 60;

/**
 * Operations that were answered with data, to be asked again by somebody else: what a gateway keeps of one request, such as
 * a plan or a decision, must not come out in another.
 */
export class Earlier {
  readonly #byCaller = new Map<string, Operation[]>();

  note(caller: string, operation: Operation, body: string): void {
    if (!body.includes('"data":{') || operation.forged === true) return;
    const asked = this.#byCaller.get(caller) ?? [];
    this.#byCaller.set(caller, asked);
    if (asked.length < kept) asked.push(operation);
  }

  /** An operation of another caller; null where there was none. */
  ofAnother(caller: string, random: Random): Operation | null {
    const others = [...this.#byCaller.keys()].filter((name) => name !== caller);
    return others.length === 0 ? null : random.pick(this.#byCaller.get(random.pick(others)) ?? []);
  }
}
