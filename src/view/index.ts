export type { Access, Arm, FieldAccess, TypeAccess } from './access.js';
export { commonSdl } from './common-schema.js';
export type { Comparison } from './comparisons.js';
export { exposures, type Exposure } from './exposure.js';
export { HiddenNames } from './hidden-names.js';
export type { Meaning } from './meaning.js';
export type { SortDirection } from './order.js';
export { checkPolicyTests } from './policy-tests.js';
export { buildView, type View } from './view.js';
