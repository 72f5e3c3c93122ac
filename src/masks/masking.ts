import { sql, type Slot, type Sql } from '../base/index.js';
import { itemsSql, itemTarget, referenceItems } from './items.js';
import type { MaskInput, MaskSpec, MaskTarget, ReferenceInput } from './mask.js';
import { masks } from './registry.js';

/** How a mark has its field look masked. */
export interface Masking {
  readonly mask: MaskSpec;
  /** Whether a null looks masked, where the mask has a look for it, or stays null and shows which records have a value. */
  readonly nulls: 'hide' | 'keep';
}

/** Null when the mask fits the column, or the items of an array, else why not and what to do, as a sentence. */
export function maskUnfit(mask: MaskSpec, target: MaskTarget): string | null {
  return masks[mask.name].unfit(mask, itemTarget(mask, target) ?? target);
}

/** Whether `nulls: keep` gives a null that the mask alone would hide. */
export function showsNulls({ mask, nulls }: Masking, target: MaskTarget): boolean {
  const single = itemTarget(mask, target) ?? target;
  return nulls === 'keep' && single.nullable && !masks[mask.name].nullable(mask, single);
}

/** The masked value: an expression of the column's own type. */
export function maskSql<S extends Slot>(masking: Masking, target: MaskTarget, input: MaskInput<S>): Sql<S> {
  const { mask } = masking;
  const single = itemTarget(mask, target);
  if (single !== null) return itemsSql(input.value, (value) => maskSql(masking, single, { ...input, value }));
  const masked = masks[mask.name].toSql(mask, target, input);
  return showsNulls(masking, target)
    ? sql<S>`CASE WHEN ${input.value} IS NOT NULL THEN ${masked} END`
    : masked;
}

/** Whether the masked value can be null. That of an array can: it may have more dimensions than a list. */
export function maskIsNullable(masking: Masking, target: MaskTarget): boolean {
  const { mask } = masking;
  return (
    itemTarget(mask, target) !== null ||
    masks[mask.name].nullable(mask, target) ||
    showsNulls(masking, target)
  );
}

/** The reference of `maskSql`. */
export function maskReference(masking: Masking, target: MaskTarget, input: ReferenceInput): string | null {
  const { mask } = masking;
  const { value } = input;
  const single = itemTarget(mask, target);
  if (single !== null)
    return value === null
      ? null
      : referenceItems(value, (item) => maskReference(masking, single, { ...input, value: item }));
  return value === null && showsNulls(masking, target)
    ? null
    : masks[mask.name].reference(mask, target, input);
}
