import type { MaskSpec } from './mask.js';

const fixed: ReadonlySet<MaskSpec['name']> = new Set(['nullify', 'constant', 'redact']);

/** Whether the mask looks the same whatever is stored, so that it can stand for a value that the database cannot read. */
export function needsNoValue({ name }: MaskSpec): boolean {
  return fixed.has(name);
}
