import type { FieldModel } from '../model/index.js';
import type { Usage } from '../policy/index.js';
import type { ArgumentShape, WhereShape } from './argument-shape.js';

/** A field that a filter or an order uses, and how. */
export interface Use {
  readonly field: FieldModel;
  /** Name of the field's type. */
  readonly type: string;
  readonly usage: Extract<Usage, 'FILTER' | 'SORT' | 'RELATE'>;
}

const use = (field: FieldModel, usage: Use['usage']): Use => ({
  field,
  type: field.coordinate.slice(0, field.coordinate.indexOf('.')),
  usage,
});

function filterUses(where: WhereShape): Use[] {
  switch (where.kind) {
    case 'and':
    case 'or':
      return where.terms.flatMap(filterUses);
    case 'not':
      return filterUses(where.term);
    case 'compare':
    case 'isNull':
      return [use(where.field, 'FILTER')];
    case 'related':
      return [use(where.field, 'RELATE'), ...filterUses(where.term)];
  }
}

/** What the arguments of a field use: the fields compared and sorted by, and the relations that lead to them. */
export function usesOf({ where, order }: ArgumentShape): Use[] {
  const sorted = order.flatMap(({ field, through }) =>
    field === null ? [] : [...through.map((step) => use(step.field, 'RELATE')), use(field, 'SORT')],
  );
  return [...(where === null ? [] : filterUses(where)), ...sorted];
}
