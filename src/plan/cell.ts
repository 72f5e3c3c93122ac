import type { ErrorCode } from '../base/index.js';
import type { ClearanceVector } from '../clearance/index.js';
import { coversRows, type Policy, type RowCondition } from '../policy/index.js';
import type { Arm, FieldAccess, TypeAccess } from '../view/index.js';

/** What becomes of a coordinate for every row the caller may see. Decided once per plan. */
export type Cell =
  | { readonly kind: 'CLEAR' }
  | { readonly kind: 'MASKED' }
  | { readonly kind: 'DENIED'; readonly code: ErrorCode }
  /** By row: clear where one of `clear` holds, else masked where one of `masked` holds, else null. */
  | {
      readonly kind: 'BY_ROW';
      readonly clear: readonly RowCondition[];
      readonly masked: readonly RowCondition[];
      readonly code: ErrorCode;
    }
  /** The whole operation is refused. */
  | { readonly kind: 'REFUSED'; readonly code: ErrorCode };

interface Lowered {
  readonly arms: readonly Arm[];
  readonly unmet: ErrorCode | null;
}

/** Lowers clear arms whose conditions are unmet to what the class gives `otherwise`. */
function lower(
  access: FieldAccess,
  policy: Policy,
  vector: ClearanceVector,
): Lowered | { readonly refuse: ErrorCode } {
  const { mark } = access.field;
  const clearance = mark.kind === 'secret' ? vector.get(mark.secretClass) : undefined;
  if (mark.kind === 'open' || clearance === undefined) return { arms: access.arms, unmet: null };
  const counts = (arm: Arm) =>
    clearance.met && (clearance.grantors === null || clearance.grantors.includes(arm.grantor));
  if (access.arms.every((arm) => arm.decision !== 'CLEAR' || counts(arm)))
    return { arms: access.arms, unmet: null };
  const code = clearance.met ? 'PURPOSE_REQUIRED' : clearance.code;
  const otherwise = policy.classes.get(mark.secretClass)?.otherwise ?? 'deny';
  const clearLeft = access.arms.some((arm) => arm.decision === 'CLEAR' && counts(arm));
  if (otherwise === 'refuse' && !clearLeft) return { refuse: code };
  const decision = otherwise === 'mask' ? 'MASKED' : 'DENIED';
  return {
    arms: access.arms.map((arm) => (arm.decision === 'CLEAR' && !counts(arm) ? { ...arm, decision } : arm)),
    unmet: code,
  };
}

/** The unmet condition for which a coordinate gives less than the policy would; null where all conditions are met. */
export function unmetCode(access: FieldAccess, policy: Policy, vector: ClearanceVector): ErrorCode | null {
  const lowered = lower(access, policy, vector);
  return 'refuse' in lowered ? lowered.refuse : lowered.unmet;
}

/** The cell of a coordinate under a clearance. */
export function decideCell(
  access: FieldAccess,
  type: TypeAccess,
  policy: Policy,
  vector: ClearanceVector,
): Cell {
  const lowered = lower(access, policy, vector);
  if ('refuse' in lowered) return { kind: 'REFUSED', code: lowered.refuse };
  const { arms, unmet } = lowered;
  const clear = arms.filter((arm) => arm.decision === 'CLEAR');
  // A relation has no mask: what is not clear is withheld.
  const masked = access.field.kind === 'column' ? arms.filter((arm) => arm.decision === 'MASKED') : [];
  if (coversRows(clear, type.rows)) return { kind: 'CLEAR' };
  if (clear.length === 0 && coversRows(masked, type.rows)) return { kind: 'MASKED' };
  if (clear.length === 0 && masked.length === 0) return { kind: 'DENIED', code: unmet ?? 'DENIED' };
  const code = unmet ?? 'ROWS_LIMITED';
  return { kind: 'BY_ROW', clear: clear.map((arm) => arm.when), masked: masked.map((arm) => arm.when), code };
}
