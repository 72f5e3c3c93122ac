import type { FieldModel } from '../model/index.js';
import type { Usage } from '../policy/index.js';
import type { TypeAccess } from '../view/index.js';
import type { ArgumentShape, OrderTerm, WhereShape } from './argument-shape.js';

/** A field that a filter, an order or a grouping uses, and how. */
export interface Use {
  readonly field: FieldModel;
  /** Its type, and what the caller has of it. */
  readonly access: TypeAccess;
  readonly usage: Extract<Usage, 'FILTER' | 'SORT' | 'GROUP' | 'RELATE'>;
}

function filterUses(where: WhereShape, access: TypeAccess): Use[] {
  switch (where.kind) {
    case 'and':
    case 'or':
      return where.terms.flatMap((term) => filterUses(term, access));
    case 'not':
      return filterUses(where.term, access);
    case 'compare':
    case 'isEmpty':
    case 'at':
    case 'isNull':
      return [{ field: where.field, access, usage: 'FILTER' }];
    case 'related':
      return [{ field: where.field, access, usage: 'RELATE' }, ...filterUses(where.term, where.target)];
  }
}

function sortUses({ field, through }: Pick<OrderTerm, 'field' | 'through'>, access: TypeAccess): Use[] {
  if (field === null) return [];
  const [step, ...further] = through;
  return step === undefined
    ? [{ field, access, usage: 'SORT' }]
    : [{ field: step.field, access, usage: 'RELATE' }, ...sortUses({ field, through: further }, step.target)];
}

/** What the arguments of a field use: the fields compared and sorted by, and the relations that lead to them. */
export function usesOf({ where, order }: ArgumentShape, access: TypeAccess): Use[] {
  const filtered = where === null ? [] : filterUses(where, access);
  return [...filtered, ...order.flatMap((term) => sortUses(term, access))];
}
