export type { Access, Arm, FieldAccess, TypeAccess } from './access.js';
export { HiddenNames } from './hidden-names.js';
export type { Meaning } from './meaning.js';
export type { SortDirection } from './order.js';
export { buildView, type View } from './view.js';
export type { Comparison } from './where.js';
