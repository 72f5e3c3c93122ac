import type { ErrorCode } from '../base/index.js';
import type { ClearanceVector } from '../clearance/index.js';
import type { Policy } from '../policy/index.js';
import type { FieldAccess, TypeAccess, View } from '../view/index.js';
import { decideCell, unmetCode, type Cell } from './cell.js';

/** What decides: a view, the policy it was made from, and what is clear for a request. */
export interface Rights {
  readonly view: View;
  readonly policy: Policy;
  readonly vector: ClearanceVector;
}

/** The cell of a field that is selected; for a relation, no better than those of its join columns. */
export function decideField(access: FieldAccess, type: TypeAccess, rights: Rights): Cell {
  const cell = decideCell(access, type, rights.policy, rights.vector);
  if (cell.kind === 'REFUSED') return cell;
  for (const side of access.relates) {
    const code = unclear(side, rights);
    if (code !== null) return { kind: 'DENIED', code };
  }
  return cell;
}

/** Why a field that is clear everywhere by right is not clear now; null where it is. */
export function unclear(access: FieldAccess, { view, policy, vector }: Rights): ErrorCode | null {
  const owner = view.access.get(access.field.coordinate.split('.')[0] ?? '');
  if (owner === undefined) return 'DENIED';
  const cell = decideCell(access, owner, policy, vector);
  if (cell.kind === 'CLEAR') return null;
  return cell.kind === 'MASKED' ? (unmetOf(access, vector) ?? 'DENIED') : cell.code;
}

/** The condition of a field's class that is not met; null where all are. */
export function unmetOf({ field: { mark } }: FieldAccess, vector: ClearanceVector): ErrorCode | null {
  const clearance = mark.kind === 'secret' ? vector.get(mark.secretClass) : undefined;
  return clearance?.met === false ? clearance.code : null;
}

/**
 * Why filters, orders and groups cannot act on a field now; null where they can. They act on the value, so the field must be
 * clear, or on what the policy has the caller read, so no condition may be unmet: results are never quietly changed. A
 * relation tells that its join columns are equal, so they must be clear as well.
 */
export function unusable(access: FieldAccess, rights: Rights): ErrorCode | null {
  if (access.compared === 'READ') return unmetCode(access, rights.policy, rights.vector);
  for (const each of [access, ...access.relates]) {
    const code = unclear(each, rights);
    if (code !== null) return code;
  }
  return null;
}
