export { canBeIdentity } from './can-be-identity.js';
export { fixedText } from './fixed-text.js';
export { hmacPads } from './keyed-hash.js';
export { maskIsNullable, maskReference, maskSql, maskUnfit, showsNulls, type Masking } from './masking.js';
export { needsNoValue } from './needs-no-value.js';
export type { Mask, MaskInput, MaskSpec, MaskTarget, ReferenceInput } from './mask.js';
export { parseMaskSpec } from './parse.js';
export { defaultMask, isComparableMask, keyAudience, masks } from './registry.js';
export { maskInputSdl } from './sdl.js';
