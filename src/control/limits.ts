import { Kind, type DocumentNode, type OperationDefinitionNode, type SelectionSetNode } from 'graphql';
import { CordonError } from '../base/index.js';

export interface ControlLimits {
  /** Of a document. */
  readonly tokens: number;
  readonly rootFields: number;
  readonly aliases: number;
  /** Of an answer. */
  readonly responseBytes: number;
}

/** Fields at the top of a selection, and aliases anywhere in it; what a fragment brings counts each time it is spread. */
interface Size {
  readonly fields: number;
  readonly aliases: number;
}

const add = (a: Size, b: Size): Size => ({ fields: a.fields + b.fields, aliases: a.aliases + b.aliases });

/** Each fragment is measured once, so that the time is linear however they spread each other. */
function measure({ definitions }: DocumentNode, operation: OperationDefinitionNode): Size {
  const fragments = new Map(
    definitions.flatMap((each) => (each.kind === Kind.FRAGMENT_DEFINITION ? [[each.name.value, each]] : [])),
  );
  const known = new Map<string, Size>();
  const ofFragment = (name: string): Size => {
    const fragment = fragments.get(name);
    const size = known.get(name) ?? (fragment === undefined ? nothing : ofSelection(fragment.selectionSet));
    known.set(name, size);
    return size;
  };
  const ofSelection = ({ selections }: SelectionSetNode): Size =>
    selections
      .map((node): Size => {
        if (node.kind === Kind.FRAGMENT_SPREAD) return ofFragment(node.name.value);
        if (node.kind === Kind.INLINE_FRAGMENT) return ofSelection(node.selectionSet);
        const { aliases } = node.selectionSet === undefined ? nothing : ofSelection(node.selectionSet);
        return { fields: 1, aliases: aliases + (node.alias === undefined ? 0 : 1) };
      })
      .reduce(add, nothing);
  return ofSelection(operation.selectionSet);
}

const nothing: Size = { fields: 0, aliases: 0 };

/**
 * Holds a valid operation to its limits: each root field searches the ledger, and each alias repeats what was found.
 * How deep it goes, the schema bounds: no type leads back to itself.
 * @throws CordonError OPERATION_TOO_LARGE, naming the limit
 */
export function checkSize(
  document: DocumentNode,
  operation: OperationDefinitionNode,
  limits: ControlLimits,
): void {
  const size = measure(document, operation);
  const over = (name: string, max: number) =>
    new CordonError('OPERATION_TOO_LARGE', { message: `The operation is over the limit of ${max} ${name}.` });
  if (size.fields > limits.rootFields) throw over('root fields', limits.rootFields);
  if (size.aliases > limits.aliases) throw over('aliases', limits.aliases);
}
