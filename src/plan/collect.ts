import {
  getDirectiveValues,
  GraphQLIncludeDirective,
  GraphQLObjectType,
  GraphQLSkipDirective,
  getNamedType,
  Kind,
  SchemaMetaFieldDef,
  TypeMetaFieldDef,
  TypeNameMetaFieldDef,
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLField,
  type OperationDefinitionNode,
  type SelectionSetNode,
} from 'graphql';
import { CordonError } from '../base/index.js';
import type { Meaning } from '../view/index.js';

/**
 * CollectFields of the GraphQL specification (6.3.2), for schemas of object types only: what a selection comes to once
 * fragments are spread, directives are applied and fields of one response name are merged.
 */
export interface Collected {
  readonly responseName: string;
  readonly definition: GraphQLField<unknown, unknown>;
  readonly parent: GraphQLObjectType;
  /** Every node that selects this response name; equal in name and arguments, as validation has seen to. */
  readonly nodes: readonly [FieldNode, ...FieldNode[]];
  /** Response names from the root: unique within the operation. */
  readonly path: readonly string[];
  /** What the field's type stands for; undefined for leaves, and for introspection. */
  readonly meaning: Meaning | undefined;
  /** Null for leaves, and for introspection, which is not looked into. */
  readonly children: readonly Collected[] | null;
}

export type Variables = Readonly<Record<string, unknown>>;
export type Fragments = ReadonlyMap<string, FragmentDefinitionNode>;

interface Scope {
  readonly fragments: Fragments;
  readonly variables: Variables;
  /** Fields collected so far, of the whole operation. */
  collected: number;
}

/**
 * Fields that a selection may come to. Without fragments the limit of tokens keeps far below it; fragments that spread
 * each other twice make twice as many with each, so the walk itself has to end.
 */
const maxFields = 10_000;

type Grouped = Map<string, [FieldNode, ...FieldNode[]]>;

function isIncluded(node: Parameters<typeof getDirectiveValues>[1], variables: Variables): boolean {
  if (node.directives === undefined || node.directives.length === 0) return true;
  const skip = getDirectiveValues(GraphQLSkipDirective, node, variables);
  if (skip?.['if'] === true) return false;
  return getDirectiveValues(GraphQLIncludeDirective, node, variables)?.['if'] !== false;
}

/** Groups the fields of a selection set by response name; each fragment is visited once. */
function group(set: SelectionSetNode, scope: Scope, visited: Set<string>, grouped: Grouped): void {
  for (const node of set.selections) {
    if (!isIncluded(node, scope.variables)) continue;
    if (node.kind === Kind.FIELD) {
      const responseName = node.alias?.value ?? node.name.value;
      const nodes = grouped.get(responseName);
      if (nodes === undefined) grouped.set(responseName, [node]);
      else nodes.push(node);
    } else if (node.kind === Kind.INLINE_FRAGMENT) {
      group(node.selectionSet, scope, visited, grouped);
    } else if (!visited.has(node.name.value)) {
      visited.add(node.name.value);
      const fragment = scope.fragments.get(node.name.value);
      if (fragment !== undefined) group(fragment.selectionSet, scope, visited, grouped);
    }
  }
}

function definitionOf(parent: GraphQLObjectType, name: string): GraphQLField<unknown, unknown> {
  const definition =
    { __typename: TypeNameMetaFieldDef, __schema: SchemaMetaFieldDef, __type: TypeMetaFieldDef }[name] ??
    parent.getFields()[name];
  if (definition === undefined) throw new Error(`${parent.name} has no such field; validation was skipped`);
  return definition;
}

function collectFrom(
  parent: GraphQLObjectType,
  sets: readonly SelectionSetNode[],
  scope: Scope,
  path: readonly string[],
): Collected[] {
  const grouped: Grouped = new Map();
  const visited = new Set<string>();
  for (const set of sets) group(set, scope, visited, grouped);
  scope.collected += grouped.size;
  if (scope.collected > maxFields) {
    throw new CordonError('OPERATION_TOO_LARGE', {
      message: `The operation is over the limit of ${maxFields} fields, fragments spread.`,
    });
  }
  return [...grouped].map(([responseName, nodes]) => {
    const definition = definitionOf(parent, nodes[0].name.value);
    const type = getNamedType(definition.type);
    const here = [...path, responseName];
    const looksInside = type instanceof GraphQLObjectType && !type.name.startsWith('__');
    const inner = nodes.flatMap((node) => node.selectionSet ?? []);
    return {
      responseName,
      definition,
      parent,
      nodes,
      path: here,
      meaning: looksInside ? (type.extensions['cordon'] as Meaning | undefined) : undefined,
      children: looksInside ? collectFrom(type, inner, scope, here) : null,
    };
  });
}

/**
 * The effective selection of an operation that has passed validation.
 * @param variables coerced; only those that `@skip` and `@include` name are read
 * @throws CordonError OPERATION_TOO_LARGE
 */
export function collectFields(
  query: GraphQLObjectType,
  operation: OperationDefinitionNode,
  fragments: Fragments,
  variables: Variables,
): Collected[] {
  return collectFrom(query, [operation.selectionSet], { fragments, variables, collected: 0 }, []);
}
