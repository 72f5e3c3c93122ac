export type { Mask, MaskInput, MaskSpec, MaskTarget, ReferenceInput } from './mask.js';
