export { canBeIdentity } from './can-be-identity.js';
export { needsNoValue } from './needs-no-value.js';
export type { Mask, MaskInput, MaskSpec, MaskTarget, ReferenceInput } from './mask.js';
export { parseMaskSpec } from './parse.js';
export { hmacPads } from './pseudonym.js';
export { defaultMask, isKeyed, masks } from './registry.js';
export { maskInputSdl } from './sdl.js';
