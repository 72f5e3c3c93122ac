import { hashTuple } from '../base/index.js';
import type { Descriptor } from '../ledger/index.js';
import type { EnumModel } from '../model/index.js';
import type { Policy } from '../policy/index.js';
import type { ClearanceVector } from '../clearance/index.js';
import type { View } from '../view/index.js';
import type { FieldArguments } from './argument-shape.js';
import { recordsOf } from './arguments.js';
import type { Collected } from './collect.js';
import type { Plan, RootField } from './plan.js';
import { Decider } from './selection.js';
import { buildRoot } from './statement.js';
import type { StatementContext } from './statement-scope.js';

/** One operation, ready to be compiled. */
export interface CompileInput {
  readonly view: View;
  readonly policy: Policy;
  readonly enums: ReadonlyMap<string, EnumModel>;
  readonly vector: ClearanceVector;
  readonly roots: readonly Collected[];
  /** The arguments of a field, and where its literals begin among the operation's. */
  readonly argumentsOf: (
    field: Collected,
  ) => { readonly read: FieldArguments; readonly offset: number } | null;
  /** Identity of the operation: view, document and name. */
  readonly operationId: Buffer;
}

/** What a cursor is bound to besides its caller: the operation, the field in it, and the order. */
export function cursorPlace(operationId: Uint8Array, field: Collected, order: string): Buffer {
  return hashTuple('cursor', operationId, field.path, order);
}

/**
 * Compiles an operation: decide, then build. Pure.
 * @throws CordonError with a condition's code where the policy refuses the operation
 */
export function compile(input: CompileInput): Plan {
  const { view, policy, enums, vector, roots, argumentsOf, operationId } = input;
  const decider = new Decider({ view, policy, vector }, (field) => {
    const found = argumentsOf(field);
    return found === null ? null : { shape: found.read.shape, offset: found.offset };
  });
  const usages: Descriptor[] = [];
  const context: StatementContext = {
    enums,
    cursorPlace: (field, order) => cursorPlace(operationId, field, order),
    onUsage: (descriptor) => usages.push(descriptor),
  };
  const decided = roots.map((root) => ({
    root,
    records: recordsOf(root) === null ? null : decider.records(root, [root.responseName]),
  }));
  const fields = decided.map(({ root, records }): RootField => {
    const { responseName } = root;
    if (records !== null) return { kind: 'statement', responseName, statement: buildRoot(records, context) };
    return { kind: root.definition.name === '__typename' ? 'typename' : 'introspection', responseName };
  });
  return Object.freeze({
    roots: fields,
    masked: [...decider.masked].sort(),
    withheld: decider.withheld,
    usages,
  });
}
