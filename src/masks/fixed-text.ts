import { HIDDEN_ADDRESS } from './email.js';
import { itemTarget } from './items.js';
import type { MaskTarget } from './mask.js';
import { showsNulls, type Masking } from './masking.js';
import { REDACTION } from './redact.js';

/**
 * The text that everything looks like, null too, where the mask has one look and JSON has nothing to escape in it; else
 * null. Known when a statement is made, it need not be made of each row.
 */
export function fixedText(masking: Masking, target: MaskTarget): string | null {
  const { mask } = masking;
  if (itemTarget(mask, target) !== null || showsNulls(masking, target)) return null;
  if (mask.name === 'redact') return REDACTION;
  return mask.name === 'email' && !mask.domain ? HIDDEN_ADDRESS : null;
}
