import { didYouMean, type Problem } from '../base/index.js';
import type { Policy } from '../policy/index.js';
import { boundFields, type FieldsDraft } from './draft.js';
import type { CompositeModel, TypeModel } from './model.js';
import { placesOf } from './places.js';
import type { Report } from './report.js';

/** What the policy names in the schema is there: the fields of its tests, attributes too, the entities of its aggregates. */
export function checkPolicy(
  policy: Policy,
  types: readonly FieldsDraft[],
  composites: ReadonlyMap<string, FieldsDraft>,
  report: Report,
): void {
  const { file } = policy;
  const attributes = boundFields(composites);
  const coordinates = types.flatMap(({ name, fields }) =>
    [...fields].flatMap(([field, { field: bound }]) =>
      bound === null
        ? [`${name}.${field}`]
        : [...placesOf([bound], attributes)].map(({ coordinate }) => coordinate),
    ),
  );
  for (const { field, line } of policy.tests) {
    if (coordinates.includes(field)) continue;
    const message = `The schema has no field ${field}.${didYouMean(field, siblings(field, coordinates))}`;
    report.add({ file, line, code: 'UNKNOWN_FIELD', message });
  }
  const names = types.map(({ name }) => name);
  for (const { name, aggregate, line } of policy.classes.values()) {
    if (aggregate === null || names.includes(aggregate.entity)) continue;
    const message = `The class ${name} aggregates over ${aggregate.entity}, which is no type.${didYouMean(aggregate.entity, names)}`;
    report.add({ file, line, code: 'UNKNOWN_ENTITY', message });
  }
}

/** The coordinates of the same type; of all types where there is none. */
function siblings(field: string, coordinates: readonly string[]): readonly string[] {
  const type = field.slice(0, field.indexOf('.') + 1);
  const found = coordinates.filter((each) => each.startsWith(type));
  return found.length > 0 ? found : coordinates;
}

type Types = ReadonlyMap<string, TypeModel>;

/** What the policy says that has no effect, or more than was meant. */
export function warnOfPolicy(
  policy: Policy,
  types: Types,
  composites: ReadonlyMap<string, CompositeModel>,
  report: Report,
): void {
  const warnings = [
    ...unusedClasses(policy, types, composites),
    ...uncoveredPurposes(policy),
    ...unboundKeys(policy, types),
  ];
  for (const warning of warnings) report.warn({ file: policy.file, ...warning });
}

type Warning = Omit<Problem, 'file'>;

function unusedClasses(
  { classes }: Policy,
  types: Types,
  composites: ReadonlyMap<string, CompositeModel>,
): readonly Warning[] {
  const used = new Set<string | null>([...types.values()].map(({ typeClass }) => typeClass));
  for (const { fields } of [...types.values(), ...composites.values()]) {
    for (const { mark } of fields.values()) if (mark.kind === 'secret') used.add(mark.secretClass);
  }
  return [...classes.values()]
    .filter(({ name }) => !used.has(name))
    .map(({ name, line }) => ({
      line,
      code: 'UNUSED_CLASS',
      message: `Nothing in the schema is marked ${name}; mark it there, or remove the class.`,
    }));
}

/** Classes that ask for a purpose which nobody can declare: they are never clear. */
function uncoveredPurposes({ classes, purposes }: Policy): readonly Warning[] {
  const covered = new Set([...purposes.values()].flatMap((purpose) => purpose.classes));
  return [...classes.values()]
    .filter(({ name, conditions }) => conditions.purpose && !covered.has(name))
    .map(({ name, line }) => ({
      line,
      code: 'PURPOSE_MISSING',
      message: `The class ${name} asks for a purpose and no purpose lists it, so it is never clear; add one under "purposes".`,
    }));
}

/** Row keys that no type binds: whoever is limited by one sees nothing. */
function unboundKeys({ rowKeys }: Policy, types: Types): readonly Warning[] {
  const bindings = [...types.values()].flatMap(({ rows }) => rows);
  return rowKeys
    .filter((key) => !bindings.some(({ by }) => by === key || by === null))
    .map((key) => ({
      line: 0,
      code: 'UNBOUND_ROW_KEY',
      message: `Roles limit rows by "${key}", and no type says whose its rows are by it; add @rows(by: ${key}, …).`,
    }));
}
