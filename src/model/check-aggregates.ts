import type { Policy } from '../policy/index.js';
import { entityColumns } from './entity.js';
import type { TypeModel } from './model.js';
import type { Report } from './report.js';

/**
 * Classes that a role may compute over say how large a group has to be, and some type that bears the class tells its
 * entities apart: else the right would be for show.
 */
export function checkAggregates(
  { classes, roles, file }: Policy,
  types: ReadonlyMap<string, TypeModel>,
  report: Report,
): void {
  const granted = new Set(
    [...roles.values()].flatMap((role) =>
      [...role.classes].flatMap(([name, { otherwise }]) => (otherwise === 'AGGREGATE' ? [name] : [])),
    ),
  );
  for (const { name, aggregate, line } of classes.values()) {
    if (!granted.has(name)) continue;
    if (aggregate === null) {
      const message = `A role may aggregate ${name}, and the class does not say over what groups; add aggregate: { min_group: 10, entity: … }.`;
      report.add({ file, line, code: 'AGGREGATE_UNDEFINED', message });
      continue;
    }
    const { entity } = aggregate;
    const bearing = [...types.values()].filter(({ fields }) =>
      [...fields.values()].some(
        ({ kind, mark }) => kind === 'column' && mark.kind === 'secret' && mark.secretClass === name,
      ),
    );
    if (bearing.length === 0 || bearing.some((type) => entityColumns(type, entity) !== null)) continue;
    const message = `No type with fields of ${name} tells one ${entity} from another, so nothing of it can be aggregated: name as entity one of these types, or one that they have one to-one relation to (${bearing.map((type) => type.name).join(', ')}).`;
    report.add({ file, line, code: 'AGGREGATE_NOWHERE', message });
  }
}
