import { sql, type Slot, type Sql } from '../base/index.js';
import type { MaskInput, MaskSpec, MaskTarget, ReferenceInput } from './mask.js';
import { masks } from './registry.js';

/** How a mark has its field look masked. */
export interface Masking {
  readonly mask: MaskSpec;
  /** Whether a null looks masked, where the mask has a look for it, or stays null and shows which records have a value. */
  readonly nulls: 'hide' | 'keep';
}

/** Whether `nulls: keep` gives a null that the mask alone would hide. */
export function showsNulls({ mask, nulls }: Masking, target: MaskTarget): boolean {
  return nulls === 'keep' && target.nullable && !masks[mask.name].nullable(mask, target);
}

/** The masked value: an expression of the column's own type. */
export function maskSql<S extends Slot>(masking: Masking, target: MaskTarget, input: MaskInput<S>): Sql<S> {
  const { mask } = masking;
  const masked = masks[mask.name].toSql(mask, target, input);
  return showsNulls(masking, target)
    ? sql<S>`CASE WHEN ${input.value} IS NOT NULL THEN ${masked} END`
    : masked;
}

/** Whether the masked value can be null. */
export function maskIsNullable(masking: Masking, target: MaskTarget): boolean {
  const { mask } = masking;
  return masks[mask.name].nullable(mask, target) || showsNulls(masking, target);
}

/** The reference of `maskSql`. */
export function maskReference(masking: Masking, target: MaskTarget, input: ReferenceInput): string | null {
  const { mask } = masking;
  return input.value === null && showsNulls(masking, target)
    ? null
    : masks[mask.name].reference(mask, target, input);
}
