import { maskIsNullable } from '../masks/index.js';
import type { ColumnField, Mark } from '../model/index.js';
import { coversRows, type Policy } from '../policy/index.js';
import type { FieldAccess, TypeAccess } from './access.js';

/** Whether a column field can be null in this view under any clearance. */
export function isNullable(access: FieldAccess<ColumnField>, type: TypeAccess, policy: Policy): boolean {
  const { field } = access;
  if (!field.nonNull) return true;
  if (field.mark.kind === 'open') return !access.clearEverywhere;
  const conditioned = isConditioned(field.mark, policy);
  const otherwise = policy.classes.get(field.mark.secretClass)?.otherwise ?? 'deny';
  const canMask =
    access.arms.some((arm) => arm.decision === 'MASKED') || (conditioned && otherwise === 'mask');
  const maskGivesNull =
    canMask &&
    maskIsNullable(field.mark, {
      type: field.encryption?.plainType ?? field.column.type,
      nullable: !field.column.notNull,
    });
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
