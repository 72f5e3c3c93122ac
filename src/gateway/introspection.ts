import {
  execute,
  Kind,
  type DocumentNode,
  type ExecutionResult,
  type GraphQLSchema,
  type OperationDefinitionNode,
  type SelectionNode,
} from 'graphql';
import { CordonError } from '../base/index.js';

interface IntrospectionRequest {
  readonly schema: GraphQLSchema;
  readonly document: DocumentNode;
  readonly operation: OperationDefinitionNode;
  readonly asked: { readonly variables: unknown };
}

/** Answers of operations without variables, by document: documents are cached per view, and so are these. */
const answers = new WeakMap<OperationDefinitionNode, Map<string, string>>();

/** Keeps what contributes to one response name at the root: the field itself, and fragments, which may hold it. */
function contributes(node: SelectionNode, responseName: string): boolean {
  return node.kind !== Kind.FIELD || (node.alias?.value ?? node.name.value) === responseName;
}

/**
 * The JSON of `__schema` or `__type`, executed on the caller's own schema: there is nothing in it to hide.
 * @param responseName of the root field
 */
export function answerIntrospection(
  { schema, document, operation, asked }: IntrospectionRequest,
  responseName: string,
): string {
  const known = answers.get(operation)?.get(responseName);
  if (known !== undefined) return known;
  const selections = operation.selectionSet.selections.filter((node) => contributes(node, responseName));
  const only: OperationDefinitionNode = {
    ...operation,
    selectionSet: { ...operation.selectionSet, selections },
  };
  const definitions = document.definitions
    .map((definition) => (definition === operation ? only : definition))
    .filter((definition) => definition === only || definition.kind === Kind.FRAGMENT_DEFINITION);
  // Introspection fields resolve synchronously; a data field that shares a fragment resolves to null and is dropped here.
  const result = execute({
    schema,
    document: { kind: Kind.DOCUMENT, definitions },
    variableValues: (asked.variables ?? {}) as Record<string, unknown>,
  }) as ExecutionResult;
  const value = result.data?.[responseName];
  if (value === undefined) throw new CordonError('INTERNAL_ERROR', { detail: 'introspection failed' });
  const json = JSON.stringify(value);
  if ((operation.variableDefinitions ?? []).length === 0) {
    const byName = answers.get(operation) ?? new Map<string, string>();
    byName.set(responseName, json);
    answers.set(operation, byName);
  }
  return json;
}
