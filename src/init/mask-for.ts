import type { Column } from '../catalog/index.js';
import { canBeIdentity, maskUnfit, type MaskSpec } from '../masks/index.js';
import type { Evidence } from './evidence.js';
import type { Judgement } from './judgement.js';

/** A mask that is suggested. The others ask for a decision that nobody can take for its author. */
export type SuggestedMask = Extract<
  MaskSpec,
  { readonly name: 'email' | 'partial' | 'pseudonym' | 'bucket' | 'dateTrunc' }
>;

/** Masks that would suit each kind of secret, the best first; which fits depends on the column. */
function wishes({ kind, secretClass }: Judgement, evidence: Evidence | null): readonly SuggestedMask[] {
  switch (kind) {
    case 'email':
      return [{ name: 'email', domain: false }];
    case 'phone':
      return [{ name: 'partial', keepStart: 0, keepEnd: 2 }];
    case 'account':
      return [{ name: 'partial', keepStart: 0, keepEnd: 4 }];
    case 'personName':
      return secretClass === 'relationship'
        ? [{ name: 'pseudonym' }]
        : [{ name: 'partial', keepStart: 1, keepEnd: 0 }];
    case 'companyName':
    case 'key':
      return [{ name: 'pseudonym' }];
    case 'money':
    case 'standing':
      return [{ name: 'bucket', width: widthOf(evidence) }];
    case 'birth':
      return [{ name: 'dateTrunc', unit: 'YEAR', zone: 'UTC' }];
    case 'credential':
    case 'personal':
    case 'image':
    case 'address':
    case 'link':
    case 'note':
    case 'derived':
    case 'within':
      return [];
  }
}

/** As wide as the larger values are, so that a bucket tells their order of magnitude and no more. */
function widthOf(evidence: Evidence | null): string {
  const { magnitude } = evidence ?? { magnitude: null };
  if (magnitude === null) return '1000';
  return magnitude >= 1
    ? String(Math.min(magnitude, 1e15))
    : magnitude.toFixed(Math.min(6, -Math.floor(Math.log10(magnitude))));
}

const WIDER = { name: 'bucket', width: '10' } as const satisfies SuggestedMask;

/** The mask to suggest for a column, or null for the default of its type. */
export function maskFor(
  judgement: Judgement,
  column: Column,
  evidence: Evidence | null,
): SuggestedMask | null {
  const target = { type: column.type, nullable: !column.notNull };
  const fits = (spec: SuggestedMask): boolean =>
    maskUnfit(spec, target) === null && !canBeIdentity(spec, target);
  const wished = wishes(judgement, evidence);
  const spec = [...wished, ...(wished.some(({ name }) => name === 'bucket') ? [WIDER] : [])].find(fits);
  return spec ?? null;
}

/** As it stands in SDL: `{ partial: { keepEnd: 2 } }`. */
export function maskSdl(spec: SuggestedMask): string {
  switch (spec.name) {
    case 'email':
      return spec.domain ? '{ email: { domain: true } }' : '{ email: true }';
    case 'partial': {
      const kept = [
        ...(spec.keepStart > 0 ? [`keepStart: ${spec.keepStart}`] : []),
        ...(spec.keepEnd > 0 ? [`keepEnd: ${spec.keepEnd}`] : []),
      ];
      return `{ partial: { ${kept.join(', ')} } }`;
    }
    case 'bucket':
      return `{ bucket: "${spec.width}" }`;
    case 'dateTrunc':
      return `{ dateTrunc: ${spec.unit} }`;
    case 'pseudonym':
      return '{ pseudonym: true }';
  }
}
