import type { ConstDirectiveNode } from 'graphql';
import type { Problem } from '../src/base/index.js';
import { Arguments } from './arguments.js';

/** Anything in SDL that bears directives: a type, a field. */
export interface Annotated {
  readonly directives?: readonly ConstDirectiveNode[] | undefined;
}

/** One directive as written: what it says and where, or what is wrong with it. */
export type Reading<Directive> =
  { readonly says: Directive; readonly node: ConstDirectiveNode } | { readonly problems: readonly Problem[] };

/**
 * The reader of one directive: how often a node bears it, as often as it stands there. A repeated directive that is not
 * repeatable is reported where SDL is validated; readers of those take the first.
 */
export function readAll<Directive>(
  directive: string,
  node: Annotated,
  read: (written: Arguments) => Directive,
): readonly Reading<Directive>[] {
  const borne = (node.directives ?? []).filter(({ name }) => name.value === directive);
  return borne.map((one) => {
    const written = new Arguments(one, one.arguments ?? [], `@${one.name.value}`);
    const says = read(written);
    const problems = written.finish();
    return problems.length > 0 ? { problems } : { says, node: one };
  });
}

/** The same for a directive that stands once; null where it is absent. */
export function readOne<Directive>(
  directive: string,
  node: Annotated,
  read: (written: Arguments) => Directive,
): Reading<Directive> | null {
  return readAll(directive, node, read)[0] ?? null;
}
