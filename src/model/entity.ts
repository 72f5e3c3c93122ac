import type { Column, PgKind } from '../catalog/index.js';
import type { TypeModel } from './model.js';

/** Kinds whose equal values have one text: by any other, one entity could count as several. */
const exactKinds: ReadonlySet<PgKind> = new Set([
  ...(['int2', 'int4', 'int8', 'uuid', 'text', 'varchar', 'bpchar', 'date'] as const),
]);

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
  const isOne = way !== undefined && ways.every((other) => names(other) === names(way));
  return isOne && way.every(({ type: { kind } }) => exactKinds.has(kind)) ? way : null;
}
