import type { Problem } from '../base/index.js';
import type { Policy, SecretClass } from '../policy/index.js';
import { entityColumns } from './entity.js';
import type { TypeModel } from './model.js';

/**
 * Classes that a role may compute over say how large a group has to be, and some type that bears the class tells its
 * entities apart: else the right would be for show.
 */
export function checkAggregates(
  { classes, roles, file }: Policy,
  types: ReadonlyMap<string, TypeModel>,
): readonly Problem[] {
  const granted = new Set(
    [...roles.values()].flatMap((role) =>
      [...role.classes].flatMap(([name, { otherwise }]) => (otherwise === 'AGGREGATE' ? [name] : [])),
    ),
  );
  return [...classes.values()]
    .filter(({ name }) => granted.has(name))
    .flatMap((secretClass): Problem[] => {
      const problem = faultOf(secretClass, types);
      return problem === null ? [] : [{ file, line: secretClass.line, ...problem }];
    });
}

function faultOf(
  { name, aggregate }: SecretClass,
  types: ReadonlyMap<string, TypeModel>,
): Pick<Problem, 'code' | 'message'> | null {
  if (aggregate === null) {
    const message = `A role may aggregate ${name}, and the class does not say over what groups; add aggregate: { min_group: 10, entity: … }.`;
    return { code: 'AGGREGATE_UNDEFINED', message };
  }
  const { entity } = aggregate;
  const bearing = [...types.values()].filter(({ fields }) =>
    [...fields.values()].some(
      ({ kind, mark }) => kind === 'column' && mark.kind === 'secret' && mark.secretClass === name,
    ),
  );
  if (bearing.length === 0 || bearing.some((type) => entityColumns(type, entity) !== null)) return null;
  const message = `No type with fields of ${name} tells one ${entity} from another, so nothing of it can be aggregated: name as entity one of these types, or one that they have one to-one relation to (${bearing.map((type) => type.name).join(', ')}).`;
  return { code: 'AGGREGATE_NOWHERE', message };
}
