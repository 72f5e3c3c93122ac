export type { Access, Arm, FieldAccess, RowCondition, TypeAccess } from './access.js';
export { decideCell, type Cell, type ClassClearance, type ClearanceVector } from './cell.js';
export { HiddenNames } from './hidden-names.js';
export { meaningOf, type Meaning } from './meaning.js';
export type { SortDirection } from './order.js';
export { buildView, type View } from './view.js';
export { comparisons, type Comparison } from './where.js';
