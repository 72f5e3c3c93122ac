import type { DocumentNode, OperationDefinitionNode } from 'graphql';
import type { ErrorCode } from '../base/index.js';
import type { ClearanceVector } from '../clearance/index.js';
import type { Policy } from '../policy/index.js';
import type { FieldAccess, Meaning, TypeAccess, View } from '../view/index.js';
import { decideCell, type Cell } from './cell.js';
import { collectFields, type Collected, type Variables } from './collect.js';
import { readOperation } from './operation.js';

/** What becomes of one selected field. */
export interface FieldDecision {
  /** Response names from the root. */
  readonly path: readonly string[];
  readonly access: FieldAccess;
  readonly type: TypeAccess;
  readonly cell: Cell;
  /** Why the field's class is not clear for this request; null where it is, or where the policy itself does not clear it. */
  readonly unmet: ErrorCode | null;
}

/** The decisions of an operation, field by field, in the order of the answer. Takes none that the plan does not take. */
export function explainFields(request: {
  readonly view: View;
  readonly policy: Policy;
  readonly document: DocumentNode;
  readonly definition: OperationDefinitionNode;
  readonly variables: Variables;
  readonly vector: ClearanceVector;
}): readonly FieldDecision[] {
  const { view, policy, document, definition, variables, vector } = request;
  const query = view.schema?.getQueryType();
  if (query == null) return [];
  const decide = (field: Collected): FieldDecision[] => {
    const inner = (field.children ?? []).flatMap(decide);
    const meaning = field.parent.extensions['cordon'] as Meaning | undefined;
    if (meaning?.kind !== 'record') return inner;
    const access = meaning.access.fields.get(field.definition.name);
    if (access === undefined) return inner;
    const { mark } = access.field;
    const clearance = mark.kind === 'secret' ? vector.get(mark.secretClass) : undefined;
    const unmet = clearance?.met === false ? clearance.code : null;
    const cell = decideCell(access, meaning.access, policy, vector);
    return [{ path: field.path, access, type: meaning.access, cell, unmet }, ...inner];
  };
  const { fragments } = readOperation(document, definition);
  return collectFields(query, definition, fragments, variables).flatMap(decide);
}
