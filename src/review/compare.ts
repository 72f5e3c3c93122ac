import type { Masking, MaskSpec } from '../masks/index.js';
import type { RowValue } from '../policy/index.js';
import type { Ability, AskedConditions, RowAtom } from './abilities.js';

/** Whether what one ability gives is within what another gives: of the same kind or more, on its rows, as easily. */

/** Kinds that include others: who reads the value can mask it, and compute over it. */
const includes: Partial<Record<Ability['kind'], readonly Ability['kind'][]>> = {
  VALUE: ['VALUE', 'MASK', 'AGGREGATE'],
};

/** Whether the ability is of a kind that includes the other's. */
export function includesKind(held: Ability, wanted: Ability): boolean {
  return (includes[held.kind] ?? [held.kind]).includes(wanted.kind);
}

/** In which respects the held ability falls short of the wanted one; none where it covers it. */
export type Shortfall = 'rows' | 'data' | 'conditions' | 'mask' | 'aggregate';

export function shortfalls(held: Ability, wanted: Ability): readonly Shortfall[] {
  const holds: Readonly<Record<Shortfall, boolean>> = {
    rows: coversRows(held.rows, wanted.rows),
    data: held.data === wanted.data,
    conditions: asksNoMore(held.conditions, wanted.conditions),
    mask: held.mask === null || wanted.mask === null || isAsCoarse(wanted.mask, held.mask),
    aggregate: aggregatesAsFinely(held, wanted),
  };
  return (Object.keys(holds) as Shortfall[]).filter((respect) => !holds[respect]);
}

function coversRows(held: readonly RowAtom[], wanted: readonly RowAtom[]): boolean {
  return held.every((atom) => atom.shared || wanted.some((each) => implies(each, atom)));
}

/** Whether every row that matches the one matches the other. */
function implies(atom: RowAtom, other: RowAtom): boolean {
  return atom.by === other.by && atom.binding === other.binding && isWithin(atom.value, other.value);
}

function isWithin(value: RowValue, other: RowValue): boolean {
  if (value.kind === 'literal' && other.kind === 'literal')
    return value.values.every((each) => other.values.includes(each));
  return JSON.stringify(value) === JSON.stringify(other);
}

/** Whether whoever meets the wanted conditions meets the held ones. */
function asksNoMore(held: AskedConditions | null, wanted: AskedConditions | null): boolean {
  if (held === null) return true;
  const { agreement, training, purpose, mfaWithinSeconds, purposes, secretClass } = held;
  return (
    (agreement === null || (agreement === wanted?.agreement && secretClass === wanted.secretClass)) &&
    (training === null || training === wanted?.training) &&
    (!purpose || (wanted?.purpose === true && wanted.purposes.every((each) => purposes.includes(each)))) &&
    (mfaWithinSeconds === null || (wanted?.mfaWithinSeconds ?? Infinity) <= mfaWithinSeconds)
  );
}

/** Masks that give the same whatever the value is. */
const telling: ReadonlySet<MaskSpec['name']> = new Set(['nullify', 'constant', 'redact']);

/** Whether a mask tells no more than another. Only what is plain is taken for so; any other change is a gain. */
function isAsCoarse(wanted: Masking, held: Masking): boolean {
  const { mask, nulls } = wanted;
  // Nulls that are kept tell which records have a value, whatever the mask.
  if (nulls === 'keep' && held.nulls === 'hide') return false;
  return telling.has(mask.name) || JSON.stringify(mask) === JSON.stringify(held.mask);
}

function aggregatesAsFinely({ aggregate: held }: Ability, { aggregate: wanted }: Ability): boolean {
  if (held === null || wanted === null) return true;
  return held.entity === wanted.entity && held.minGroup <= wanted.minGroup;
}
