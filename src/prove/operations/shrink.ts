import {
  Kind,
  valueFromASTUntyped,
  visit,
  type ASTNode,
  type DefinitionNode,
  type DocumentNode,
  type FragmentDefinitionNode,
  type SelectionNode,
  type ValueNode,
} from 'graphql';
import { intNode, listNode, objectNode, textNode } from './nodes.js';
import { operationOf, type Operation } from './operation.js';

/** Questions that a reduction may ask: each is asked of two gateways. */
const triesMost = 250;

/** Parts of a node that are lists, of which any may go. */
const lists = ['definitions', 'directives', 'arguments', 'selections', 'fields', 'values'] as const;
const parts = ['selectionSet', 'value', 'defaultValue'] as const;

type Parts = Readonly<Record<string, unknown>>;

/** Everything that is a little smaller than the node, what is smallest first. */
function* smaller<Node extends ASTNode>(node: Node): Generator<Node> {
  const members = node as unknown as Parts;
  if (members['alias'] !== undefined) yield { ...node, alias: undefined };
  for (const name of lists) {
    const list = members[name] as readonly ASTNode[] | undefined;
    if (list === undefined) continue;
    const least = name === 'selections' || name === 'definitions' ? 1 : 0;
    if (list.length > least) for (const i of list.keys()) yield { ...node, [name]: list.toSpliced(i, 1) };
    for (const [i, each] of list.entries()) {
      for (const inner of within(each)) yield { ...node, [name]: list.toSpliced(i, 1, ...inner) };
      for (const one of smaller(each)) yield { ...node, [name]: list.with(i, one) };
    }
  }
  for (const name of parts) {
    const part = members[name];
    if (typeof part !== 'object' || part === null) continue;
    for (const one of smaller(part as ASTNode)) yield { ...node, [name]: one };
  }
  if (node.kind === Kind.STRING && node.value.length > 1) {
    yield { ...node, value: node.value.slice(0, Math.ceil(node.value.length / 2)) };
    yield { ...node, value: node.value.slice(0, -1) };
  }
  if (node.kind === Kind.INT && node.value !== '1' && node.value !== '0') yield { ...node, value: '1' };
}

/** What an element may be put in place of itself: conditions within `and`, `or` and `not`; selections of a fragment. */
function within(node: ASTNode): (readonly ASTNode[])[] {
  if (node.kind === Kind.INLINE_FRAGMENT) return [node.selectionSet.selections];
  if (node.kind !== Kind.OBJECT_FIELD || !['and', 'or', 'not'].includes(node.name.value)) return [];
  const { value } = node;
  const inner = value.kind === Kind.LIST ? value.values : [value];
  return inner.flatMap((each) => (each.kind === Kind.OBJECT ? [each.fields] : []));
}

/** A literal of a value that a variable was given. */
function literalOf(value: unknown): ValueNode {
  if (value === null || value === undefined) return { kind: Kind.NULL };
  if (typeof value === 'boolean') return { kind: Kind.BOOLEAN, value };
  if (typeof value === 'number')
    return Number.isInteger(value) ? intNode(value) : { kind: Kind.FLOAT, value: String(value) };
  if (typeof value === 'string') return textNode(value);
  if (Array.isArray(value)) return listNode(value.map(literalOf));
  return objectNode(Object.entries(value).map(([name, each]) => [name, literalOf(each)]));
}

const enumLike = /^[A-Z][A-Z0-9_]*$/;

/** The operation without variables and fragments, as it would be written by hand. */
function plain({ document, variables }: Operation): Operation | null {
  if (document === null) return null;
  const given = new Map<string, unknown>();
  const fragments = new Map<string, FragmentDefinitionNode>();
  for (const definition of document.definitions) {
    if (definition.kind === Kind.FRAGMENT_DEFINITION) fragments.set(definition.name.value, definition);
    if (definition.kind === Kind.OPERATION_DEFINITION)
      for (const { variable, defaultValue } of definition.variableDefinitions ?? [])
        if (defaultValue !== undefined) given.set(variable.name.value, valueFromASTUntyped(defaultValue));
  }
  for (const [name, value] of Object.entries(variables)) given.set(name, value);
  const inlined = visit(document, {
    FragmentSpread: ({ name, directives }): SelectionNode | undefined => {
      const fragment = fragments.get(name.value);
      if (fragment === undefined) return undefined;
      const { selectionSet } = fragment;
      return {
        kind: Kind.INLINE_FRAGMENT,
        selectionSet,
        ...(directives === undefined ? {} : { directives }),
      };
    },
    Argument: (node) =>
      node.value.kind === Kind.VARIABLE && !given.has(node.value.name.value) ? null : undefined,
    Variable: ({ name }, key) => (key === 'variable' ? undefined : literalOf(given.get(name.value))),
  });
  const definitions = inlined.definitions.flatMap((definition): DefinitionNode[] => {
    if (definition.kind !== Kind.OPERATION_DEFINITION) return [];
    const { name: _name, ...anonymous } = definition;
    return [{ ...anonymous, variableDefinitions: [] }];
  });
  return operationOf({ ...inlined, definitions });
}

/** Values that went through a variable as texts and are names of an enum. */
function withEnums(operation: Operation): Operation | null {
  if (operation.document === null) return null;
  const document = visit(operation.document, {
    StringValue: (node): ValueNode | undefined =>
      enumLike.test(node.value) ? { kind: Kind.ENUM, value: node.value } : undefined,
  });
  return operationOf(document, operation.variables, operation.operationName);
}

/** Without definitions of what is no longer used, which would make the document wrong. */
function tidy(document: DocumentNode, variables: Operation['variables']): Operation {
  const used = new Set<string>();
  const spread = new Set<string>();
  visit(document, {
    VariableDefinition: () => false,
    Variable: ({ name }) => void used.add(name.value),
    FragmentSpread: ({ name }) => void spread.add(name.value),
  });
  const definitions = document.definitions.flatMap((definition): DefinitionNode[] => {
    if (definition.kind === Kind.FRAGMENT_DEFINITION)
      return spread.has(definition.name.value) ? [definition] : [];
    if (definition.kind !== Kind.OPERATION_DEFINITION) return [definition];
    const declared = definition.variableDefinitions?.filter(({ variable }) => used.has(variable.name.value));
    return [{ ...definition, variableDefinitions: declared ?? [] }];
  });
  const left = Object.entries(variables).filter(([name]) => used.has(name));
  return operationOf({ ...document, definitions }, Object.fromEntries(left));
}

/**
 * The smallest operation that is found to show the same.
 * @param shows whether an operation does; asked so often at most as to end in a few seconds
 */
export async function shrink(
  operation: Operation,
  shows: (smaller: Operation) => Promise<boolean>,
): Promise<Operation> {
  let tries = 0;
  const holds = async (candidate: Operation): Promise<boolean> => {
    tries += 1;
    return tries <= triesMost && (await shows(candidate));
  };
  let found = operation;
  const undressed = plain(operation);
  const undressedToo = undressed === null ? null : withEnums(undressed);
  for (const candidate of [undressedToo, undressed])
    if (candidate !== null && found === operation && (await holds(candidate))) found = candidate;
  for (let again = found.document !== null; again;) {
    again = false;
    for (const document of found.document === null ? [] : smaller(found.document)) {
      if (tries > triesMost) return found;
      const candidate = tidy(document, found.variables);
      if (candidate.text.length >= found.text.length || !(await holds(candidate))) continue;
      found = candidate;
      again = true;
      break;
    }
  }
  return found;
}
