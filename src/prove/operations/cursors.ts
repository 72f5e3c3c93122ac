import { Kind } from 'graphql';
import type { Operation } from './operation.js';
import type { Random } from '../data/random.js';
import { pageVariables } from './write-operation.js';

/** An operation whose pages can be moved, and the cursors that it was answered with. */
interface Paged {
  readonly caller: string;
  readonly operation: Operation;
  readonly cursors: readonly string[];
}

/** So many operations of each caller are kept to go on from. */
const kept = 40;
/** Of one answer. */
const cursorsOfOne = 12;

/** Cursors in a body: they are the long texts of base64url. */
const cursorText = /"([A-Za-z0-9_-]{80,})"/g;

/** Cursors of an answer. */
export function cursorsIn(body: string): string[] {
  return [...body.matchAll(cursorText)].flatMap(([, text]) => text ?? []);
}

/** Cursors of earlier answers, for operations that go on from them, rightly or not. */
export class Cursors {
  readonly #paged: Paged[] = [];

  /** Keeps the cursors of an answer. */
  note(caller: string, operation: Operation, body: string): void {
    const cursors = cursorsIn(body).slice(0, cursorsOfOne);
    if (cursors.length === 0) return;
    const own = this.#paged.filter((each) => each.caller === caller);
    if (own.length >= kept) this.#paged.splice(this.#paged.indexOf(own[0] as Paged), 1);
    this.#paged.push({ caller, operation, cursors });
  }

  /** Another page of an earlier operation of the caller, or as if it were of theirs; null where there is none to go on from. */
  follow(caller: string, random: Random): Operation | null {
    const isOwn = !random.chance(0.15);
    const found = this.#paged.filter(
      (each) => (each.caller === caller) === isOwn && pageVariables.first in declared(each.operation),
    );
    if (found.length === 0) return null;
    const { operation, cursors } = random.pick(found);
    const cursor = random.chance(0.7) ? random.pick(cursors) : this.#foreign(operation, cursors, random);
    const size = random.integer(1, 4);
    const forward = random.chance(0.6);
    const page: Record<string, unknown> = forward
      ? { [pageVariables.first]: size, [pageVariables.after]: cursor }
      : { [pageVariables.last]: size, [pageVariables.before]: cursor };
    if (random.chance(0.15))
      page[forward ? pageVariables.before : pageVariables.after] = random.pick(cursors);
    const others = Object.entries(operation.variables).filter(([name]) => !(name in pageVariables));
    // Where a directive leaves the page out, nobody looks at its cursor.
    const isForeign = !isOwn || !cursors.includes(cursor);
    const forged = cursor !== '' && isForeign && !operation.text.includes('@');
    return { ...operation, variables: { ...Object.fromEntries(others), ...page }, ...(forged && { forged }) };
  }

  /** Of another operation or caller, or altered. */
  #foreign({ text }: Operation, own: readonly string[], random: Random): string {
    const others = this.#paged.filter(({ operation }) => operation.text !== text);
    if (others.length > 0 && random.chance(0.5)) return random.pick(random.pick(others).cursors);
    const cursor = random.pick(own);
    const at = random.integer(0, cursor.length - 1);
    return random.pick([
      `${cursor.slice(0, at)}${cursor[at] === 'A' ? 'B' : 'A'}${cursor.slice(at + 1)}`,
      cursor.slice(0, at),
      `${cursor}A`,
      '',
    ]);
  }
}

/** Variables of an operation by their names. */
function declared({ document }: Operation): Readonly<Record<string, true>> {
  const names = (document?.definitions ?? []).flatMap((definition) =>
    definition.kind === Kind.OPERATION_DEFINITION
      ? (definition.variableDefinitions ?? []).map(({ variable }) => [variable.name.value, true] as const)
      : [],
  );
  return Object.fromEntries(names);
}
