export { ClearanceRules, type Clearance } from './clearance.js';
export type { ClassClearance, ClearanceVector } from './vector.js';
