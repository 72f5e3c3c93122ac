import { Kind, visit, type DocumentNode, type OperationDefinitionNode } from 'graphql';
import type { Fragments } from './collect.js';

/** One operation of a document, with what can be known of it before its variables. */
export interface Operation {
  readonly definition: OperationDefinitionNode;
  readonly fragments: Fragments;
  /** Variables that `@skip` and `@include` read: they decide the shape of the answer. */
  readonly directiveVariables: readonly string[];
}

function directiveVariables(document: DocumentNode): string[] {
  const names = new Set<string>();
  visit(document, {
    Directive(directive) {
      for (const { value } of directive.arguments ?? [])
        if (value.kind === Kind.VARIABLE) names.add(value.name.value);
    },
  });
  return [...names].sort();
}

/** Reads an operation out of a validated document. */
export function readOperation(document: DocumentNode, definition: OperationDefinitionNode): Operation {
  const fragments = new Map(
    document.definitions.flatMap((each) =>
      each.kind === Kind.FRAGMENT_DEFINITION ? [[each.name.value, each] as const] : [],
    ),
  );
  return { definition, fragments, directiveVariables: directiveVariables(document) };
}
