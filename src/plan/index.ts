export type { Literal } from './argument-shape.js';
export type { OperationLimits } from './cost.js';
export { CursorCodec, type Audience } from './cursor.js';
export { explainFields, type FieldDecision } from './explain.js';
export { toPgText } from './input-value.js';
export type { Hole, Pack, Plan, PlanSlot, RootField, Statement, Withheld } from './plan.js';
export type { ArgumentLimits } from './literal-reader.js';
export { Planner, type OperationRequest, type PlannedOperation } from './planner.js';
