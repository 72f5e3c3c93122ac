import { masks } from '../masks/index.js';
import type { ErrorCode } from '../base/index.js';
import type { ColumnField, Mark } from '../model/index.js';
import type { Policy } from '../policy/index.js';
import { coversRows, type Arm, type FieldAccess, type RowCondition, type TypeAccess } from './access.js';

/** What clearance says of one class: met for these grantors (null: for all), or the first unmet condition. */
export type ClassClearance =
  | { readonly met: true; readonly grantors: readonly number[] | null }
  | { readonly met: false; readonly code: ErrorCode };

/** Class → clearance; a class without conditions is absent and met. */
export type ClearanceVector = ReadonlyMap<string, ClassClearance>;

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

/** Whether a column field can be null in this view under any clearance. */
export function isNullable(access: FieldAccess<ColumnField>, type: TypeAccess, policy: Policy): boolean {
  const { field } = access;
  if (!field.nonNull) return true;
  if (field.mark.kind === 'open') return !access.clearEverywhere;
  const conditioned = isConditioned(field.mark, policy);
  const otherwise = policy.classes.get(field.mark.secretClass)?.otherwise ?? 'deny';
  const canMask =
    access.arms.some((arm) => arm.decision === 'MASKED') || (conditioned && otherwise === 'mask');
  const { mask } = field.mark;
  const maskGivesNull =
    canMask &&
    masks[mask.name].nullable(mask as never, { type: field.column.type, nullable: !field.column.notNull });
  const given = access.arms.filter(
    (arm) =>
      arm.decision === 'MASKED' || (arm.decision === 'CLEAR' && (!conditioned || otherwise !== 'deny')),
  );
  return maskGivesNull || !coversRows(given, type.rows);
}

/** Whether anything must hold for the mark's class to be clear. */
export function isConditioned(mark: Mark, policy: Policy): boolean {
  const conditions = mark.kind === 'secret' ? policy.classes.get(mark.secretClass)?.conditions : undefined;
  return (
    conditions !== undefined &&
    (conditions.agreement !== null ||
      conditions.training !== null ||
      conditions.purpose ||
      conditions.mfaWithinSeconds !== null)
  );
}
