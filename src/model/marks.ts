import type { ASTNode, ConstDirectiveNode, FieldDefinitionNode } from 'graphql';
import { problemAt, readOpen, readTradeSecret, type Annotated } from '../../directives/index.js';
import { didYouMean } from '../base/index.js';
import { isComparable, type Column } from '../catalog/index.js';
import { canBeIdentity, defaultMask, masks, parseMaskSpec, type MaskSpec } from '../masks/index.js';
import type { Loading, TypeDraft } from './draft.js';
import type { Mark } from './model.js';

/** `@open` or `@tradeSecret` as it stands on a type or field; `faulty` where it is not understood, and reported. */
export type WrittenMark =
  | {
      readonly kind: 'open';
      readonly node: ConstDirectiveNode;
      readonly dimension: boolean;
      readonly because: string | null;
    }
  | {
      readonly kind: 'secret';
      /** Where it stands; a field that the policy's `unmarked` marks has none. */
      readonly node: ConstDirectiveNode | null;
      readonly secretClass: string;
      /** Null for the default of the column's type. */
      readonly mask: MaskSpec | null;
    }
  | { readonly kind: 'faulty' };

const faulty: WrittenMark = { kind: 'faulty' };

/** The mark on a type or field itself; null where it bears none. */
export function readMark(node: Annotated & ASTNode, name: string, loading: Loading): WrittenMark | null {
  const open = readOpen(node);
  const secret = readTradeSecret(node);
  if (open !== null && secret !== null) {
    const message = `${name} is marked both @open and @tradeSecret; keep the one that is true.`;
    loading.report.problem(node, 'BOTH_MARKS', message);
    return faulty;
  }
  if (open !== null) {
    if ('says' in open) return { kind: 'open', node: open.node, ...open.says };
    loading.report.add(...open.problems);
    return faulty;
  }
  if (secret === null) return null;
  if ('says' in secret) return readSecret(secret.node, secret.says.secretClass, secret.says.mask, loading);
  loading.report.add(...secret.problems);
  return faulty;
}

function readSecret(
  node: ConstDirectiveNode,
  secretClass: string,
  mask: unknown,
  { policy, report }: Loading,
): WrittenMark {
  if (!policy.classes.has(secretClass)) {
    const mend = didYouMean(secretClass, policy.classes.keys());
    report.problem(node, 'UNKNOWN_CLASS', `The policy has no secret class "${secretClass}".${mend}`);
  }
  const spec = mask === null ? null : parseMaskSpec(mask);
  if (spec !== null && 'problem' in spec) {
    report.problem(node, 'INVALID_MASK', spec.problem);
    return faulty;
  }
  return { kind: 'secret', node, secretClass, mask: spec };
}

/** The mark that holds for a field: its own, else its type's, else the policy's for unmarked fields. Null is reported. */
export function markOf(
  node: FieldDefinitionNode,
  type: TypeDraft,
  loading: Loading,
): Exclude<WrittenMark, { kind: 'faulty' }> | null {
  const coordinate = `${type.name}.${node.name.value}`;
  const mark = readMark(node, coordinate, loading) ?? type.mark ?? unmarked(loading);
  if (mark === null) {
    const message = `${coordinate} bears no mark: say @open if it is no secret, else @tradeSecret(class: …).`;
    loading.report.problem(node, 'UNMARKED_FIELD', message);
    return null;
  }
  return mark.kind === 'faulty' ? null : mark;
}

function unmarked({ policy }: Loading): WrittenMark | null {
  if (policy.unmarked === null) return null;
  return { kind: 'secret', node: null, secretClass: policy.unmarked, mask: null };
}

/** The mark of a field that gives a column: its mask is checked against the column. Null is reported. */
export function columnMark(
  node: FieldDefinitionNode,
  type: TypeDraft,
  column: Column | null,
  loading: Loading,
): Mark | null {
  const mark = markOf(node, type, loading);
  if (mark === null || column === null) return null;
  if (mark.kind === 'open') {
    const { dimension, because } = mark;
    if (!dimension || isComparable(column.type)) return { kind: 'open', dimension, because };
    const message = `${column.type.display} cannot be grouped by; remove "dimension".`;
    loading.report.problem(node, 'DIMENSION_UNFIT', message);
    return null;
  }
  const spec = mark.mask ?? defaultMask(column.type);
  const target = { type: column.type, nullable: !column.notNull };
  const unfit = masks[spec.name].unfit(spec, target);
  if (unfit !== null) {
    loading.report.problem(node, 'MASK_UNFIT', `${type.name}.${node.name.value}: ${unfit}`);
    return null;
  }
  if (canBeIdentity(spec, target)) {
    const message = `${type.name}.${node.name.value}: ${spec.name} leaves some values as they are; choose a coarser mask if these tell too much.`;
    loading.report.warn(problemAt(node, 'MASK_CAN_BE_IDENTITY', message));
  }
  return { kind: 'secret', secretClass: mark.secretClass, mask: spec };
}

/** The mark of a relation, which is followed or withheld, never masked. Null is reported. */
export function relationMark(node: FieldDefinitionNode, type: TypeDraft, loading: Loading): Mark | null {
  const mark = markOf(node, type, loading);
  if (mark === null) return null;
  // What a type says for its fields is for those that have columns.
  const own = mark !== type.mark;
  if (mark.kind === 'open') {
    if (own && mark.dimension) {
      loading.report.problem(mark.node, 'DIMENSION_UNFIT', 'A relation is no dimension; remove "dimension".');
    }
    return { kind: 'open', dimension: false, because: mark.because };
  }
  if (own && mark.mask !== null && mark.node !== null) {
    const message =
      'A relation is followed or withheld, never masked; remove "mask", and mark the fields of the other type.';
    loading.report.problem(mark.node, 'MASK_ON_RELATION', message);
  }
  return { kind: 'secret', secretClass: mark.secretClass, mask: { name: 'nullify' } };
}
