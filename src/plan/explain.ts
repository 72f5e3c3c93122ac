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
  /**
   * @param within the composite whose attribute the field may be, as a part of records of a type
   * @param whole what a secret composite has decided for all that is within it
   */
  const decide = (field: Collected, within: FieldDecision | null, whole: Cell | null): FieldDecision[] => {
    const meaning = field.parent.extensions['cordon'] as Meaning | undefined;
    const type = meaning?.kind === 'record' ? meaning.access : within?.type;
    const fields = meaning?.kind === 'record' ? meaning.access.fields : within?.access.attributes;
    const access = fields?.get(field.definition.name);
    const inside = (decision: FieldDecision | null, decided: Cell | null) =>
      (field.children ?? []).flatMap((child) => decide(child, decision, decided));
    if (access === undefined || type === undefined) return inside(null, null);
    const { mark } = access.field;
    const clearance = mark.kind === 'secret' ? vector.get(mark.secretClass) : undefined;
    const unmet = clearance?.met === false ? clearance.code : null;
    const cell = whole ?? decideCell(access, type, policy, vector);
    const decision: FieldDecision = { path: field.path, access, type, cell, unmet };
    const decides = access.attributes.size > 0 && mark.kind === 'secret';
    return [decision, ...inside(decision, whole ?? (decides ? cell : null))];
  };
  const { fragments } = readOperation(document, definition);
  return collectFields(query, definition, fragments, variables).flatMap((root) => decide(root, null, null));
}
