import type { Problem } from '../base/index.js';
import type { Policy, SecretClass } from '../policy/index.js';
import { findEntity } from './entity.js';
import type { ColumnField, ScalarName, TypeModel } from './model.js';
import type { Report } from './report.js';

type Types = ReadonlyMap<string, TypeModel>;

/**
 * Classes that a role may compute over say how large a group has to be, some type that bears the class tells its
 * entities apart, and none does so in several ways: else the right would be for show, or mean what nobody said.
 */
export function checkAggregates(policy: Policy, types: Types): readonly Problem[] {
  return aggregated(policy).flatMap((secretClass) =>
    faultsOf(secretClass, types).map((fault) => ({ file: policy.file, line: secretClass.line, ...fault })),
  );
}

/** What a role may compute over by its class, and is not offered: no relations lead from it to the class's entity. */
export function noteAggregates(policy: Policy, types: Types, report: Report): void {
  for (const secretClass of aggregated(policy)) {
    const { name, aggregate, line } = secretClass;
    if (aggregate === null) continue;
    const apart = numbersOf(secretClass, types).filter(
      ({ type }) => findEntity(type, aggregate.entity, types).kind === 'none',
    );
    if (apart.length === 0) continue;
    const message = `Not aggregated, since no relations to one lead from there to ${aggregate.entity}, the entity of ${name}: ${apart.map(({ field }) => field.coordinate).join(', ')}.`;
    report.note({ file: policy.file, line, code: 'AGGREGATE_NOT_OFFERED', message });
  }
}

/** Classes that some role may compute over and no more. */
function aggregated({ classes, roles }: Policy): readonly SecretClass[] {
  const granted = new Set(
    [...roles.values()].flatMap((role) =>
      [...role.classes].flatMap(([name, { otherwise }]) => (otherwise === 'AGGREGATE' ? [name] : [])),
    ),
  );
  return [...classes.values()].filter(({ name }) => granted.has(name));
}

const numbers: readonly ScalarName[] = ['Int', 'Float', 'BigInt', 'Decimal'];

/** The fields of a class that are numbers: what sums and averages are of. */
function numbersOf(
  { name }: SecretClass,
  types: Types,
): readonly { readonly type: TypeModel; readonly field: ColumnField }[] {
  return [...types.values()].flatMap((type) =>
    [...type.fields.values()].flatMap((field) =>
      field.kind === 'column' &&
      field.mark.kind === 'secret' &&
      field.mark.secretClass === name &&
      field.encryption === undefined &&
      field.lists === 0 &&
      numbers.some((each) => each === field.type.name)
        ? [{ type, field }]
        : [],
    ),
  );
}

type Fault = Pick<Problem, 'code' | 'message'>;

function faultsOf(secretClass: SecretClass, types: Types): readonly Fault[] {
  const { name, aggregate } = secretClass;
  if (aggregate === null) {
    const message = `A role may aggregate ${name}, and the class does not say over what groups; add aggregate: { min_group: 10, entity: … }.`;
    return [{ code: 'AGGREGATE_UNDEFINED', message }];
  }
  const { entity } = aggregate;
  const bearing = numbersOf(secretClass, types);
  const unclear = bearing.flatMap(({ type, field }) => {
    const found = findEntity(type, entity, types);
    if (found.kind !== 'ambiguous') return [];
    const ways = found.ways
      .map((way) => `"${way.map((relation) => relation.name).join('.')}"`)
      .join(' and by ');
    const message = `${field.coordinate} is of ${name}, whose aggregates count ${entity}, and from ${type.name} one is reached by ${ways}: leave one of these relations out of the schema, or mark the field with a class of another entity.`;
    return [{ code: 'AGGREGATE_AMBIGUOUS', message }];
  });
  if (unclear.length > 0) return unclear;
  if (bearing.length === 0 || bearing.some(({ type }) => findEntity(type, entity, types).kind === 'way'))
    return [];
  const message = `No type with numbers of ${name} tells one ${entity} from another, so nothing of it can be aggregated: name as entity one of these types, or one that relations to one lead to from there (${[...new Set(bearing.map(({ type }) => type.name))].join(', ')}).`;
  return [{ code: 'AGGREGATE_NOWHERE', message }];
}
