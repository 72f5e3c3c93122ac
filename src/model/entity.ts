import type { Column } from '../catalog/index.js';
import type { TypeModel } from './model.js';

/**
 * The columns of a type that tell the entities of its records apart, none fewer and none confused: the key where the type
 * is the entity, the join columns where one to-one relation leads to it. Null where it is not reached so, or by two ways.
 */
export function entityColumns(type: TypeModel, entity: string): readonly Column[] | null {
  if (type.name === entity) return type.key;
  const ways = [...type.fields.values()].flatMap((field) =>
    field.kind === 'relation' && !field.many && field.target === entity ? [field.from] : [],
  );
  const [way] = ways;
  const names = (columns: readonly Column[]) => JSON.stringify(columns.map(({ name }) => name).sort());
  return way !== undefined && ways.every((other) => names(other) === names(way)) ? way : null;
}
