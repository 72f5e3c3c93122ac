export { conditionChain, conditionCodes, purposeGrantors, type ConditionContext } from './conditions.js';
export type { Facts } from './facts.js';
export { grantFor } from './grant-for.js';
export { callerLimitsShape, LimitsByRole, writtenLimits, type CallerLimits } from './limits.js';
export { parsePolicy } from './parse.js';
export type {
  ClassGrant,
  Conditions,
  ControlRight,
  Decision,
  Otherwise,
  Policy,
  PolicyTest,
  Purpose,
  Role,
  RowGrant,
  RowMatch,
  RowValue,
  SecretClass,
  Usage,
} from './policy.js';
export { applyMiddleware, deny, rule, shield, type ShieldRule } from './shield.js';
export { coversRows, type RowCondition } from './row-condition.js';
