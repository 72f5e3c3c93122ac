import type { Column } from '../catalog/index.js';
import type { ColumnField } from '../model/index.js';
import type { Access, SortDirection, TypeAccess } from '../view/index.js';
import type { OrderTerm, Step } from './argument-shape.js';
import { comparedColumn } from './compared-column.js';
import type { LiteralReader } from './literal-reader.js';

/** One item of `orderBy`: a direction, or an item of the type that a relation leads to. */
type OrderInput = { readonly [field: string]: SortDirection | OrderInput };

/**
 * The order asked for, made total by the key. A field that is named twice counts where it is named first.
 * @throws CordonError OPERATION_TOO_LARGE
 */
export function readOrder(
  input: unknown,
  type: TypeAccess,
  access: Access,
  literals: LiteralReader,
): OrderTerm[] {
  const terms = new Map<string, OrderTerm>();
  const add = (
    column: Column,
    field: ColumnField | null,
    direction: SortDirection,
    through: readonly Step[] = [],
  ) => {
    const place = JSON.stringify([...through.map((step) => step.field.name), column.name]);
    const here = through.length === 0 ? column : { ...column, notNull: false };
    if (!terms.has(place)) terms.set(place, { column: here, field, direction, through });
  };
  const read = (
    item: OrderInput,
    { fields }: TypeAccess,
    through: readonly Step[],
    path: readonly string[],
  ): void => {
    for (const [name, value] of Object.entries(item)) {
      const given = fields.get(name);
      const field = given?.field;
      const here = [...path, name];
      if (given !== undefined && field?.kind === 'column')
        add(comparedColumn({ ...given, field }), field, value as SortDirection, through);
      if (field?.kind !== 'relation') continue;
      const { filterRelationsDeep } = literals.limits;
      if (through.length >= filterRelationsDeep)
        throw literals.tooLarge(here, `${filterRelationsDeep} relations in depth`);
      const target = access.get(field.target);
      if (target !== undefined) read(value as OrderInput, target, [...through, { field, target }], here);
    }
  };
  ((input ?? []) as readonly OrderInput[]).forEach((item, i) => read(item, type, [], ['orderBy', String(i)]));
  // Ties are broken the way the last term goes: an index over both then serves the order, from either end.
  const direction = [...terms.values()].at(-1)?.direction ?? 'ASC';
  for (const column of type.type.key) add(column, null, direction);
  return [...terms.values()];
}
