import { isTypeDefinitionNode, Kind } from 'graphql';
import type { DefinitionNode, DocumentNode, EnumTypeDefinitionNode, ObjectTypeDefinitionNode } from 'graphql';
import type { Report } from './report.js';

/** What a deployment's SDL may define. */
export interface Definitions {
  readonly objects: readonly ObjectTypeDefinitionNode[];
  readonly enums: readonly EnumTypeDefinitionNode[];
  /** Names of definitions that were refused: a field of such a type needs no second problem. */
  readonly refused: ReadonlySet<string>;
}

const generated = 'Query fields are generated from @table types; Cordon reads only.';
const together =
  'Write all of the definition in one place: a mark that stands elsewhere is overlooked in review.';

/** Why each other kind of definition is not taken. */
const refusals: Partial<Record<Kind, string>> = {
  [Kind.INTERFACE_TYPE_DEFINITION]:
    'Interfaces are not served: write the fields, with their marks, on each type.',
  [Kind.UNION_TYPE_DEFINITION]: 'Unions are not served: give each type a relation of its own.',
  [Kind.INPUT_OBJECT_TYPE_DEFINITION]:
    'Inputs are generated from what each caller may filter and sort by; remove this one.',
  [Kind.SCALAR_TYPE_DEFINITION]:
    'The scalars are fixed, since each is known to give out its columns exactly; use one of them.',
  [Kind.DIRECTIVE_DEFINITION]: "The directives are Cordon's own; remove this definition.",
  [Kind.SCHEMA_DEFINITION]: generated,
  [Kind.OPERATION_DEFINITION]: 'This is an operation, not a schema; move it out of the schema folder.',
  [Kind.FRAGMENT_DEFINITION]: 'This is a fragment, not a schema; move it out of the schema folder.',
};

const rootTypes: ReadonlySet<string> = new Set(['Query', 'Mutation', 'Subscription']);

/** The types and enums of a document, one of each name; everything else in it is a problem. */
export function takeDefinitions(document: DocumentNode, report: Report): Definitions {
  const objects: ObjectTypeDefinitionNode[] = [];
  const enums: EnumTypeDefinitionNode[] = [];
  const refused = new Set<string>();
  const taken = new Set<string>();
  for (const node of document.definitions) {
    const reason = refusal(node);
    if (reason !== null) report.problem(node, 'UNSUPPORTED_DEFINITION', reason);
    if (!isTypeDefinitionNode(node)) continue;
    const name = node.name.value;
    if (reason !== null) refused.add(name);
    else if (taken.has(name)) {
      report.problem(node, 'DUPLICATE_TYPE', `There is another "${name}"; rename or remove one of them.`);
    } else if (node.kind === Kind.OBJECT_TYPE_DEFINITION) objects.push(node);
    else if (node.kind === Kind.ENUM_TYPE_DEFINITION) enums.push(node);
    taken.add(name);
  }
  return { objects, enums, refused };
}

function refusal(node: DefinitionNode): string | null {
  if (node.kind === Kind.ENUM_TYPE_DEFINITION) return null;
  if (node.kind !== Kind.OBJECT_TYPE_DEFINITION) return refusals[node.kind] ?? together;
  return rootTypes.has(node.name.value) ? generated : null;
}
