import type { ColumnField, Mark, Model } from '../model/index.js';
import type { Access, Arm, FieldAccess, TypeAccess } from './access.js';

/** The visible attributes of a composite field, in SDL order; none for any other field. */
export type Attributes = ReadonlyMap<string, FieldAccess<ColumnField>>;

export const noAttributes: Attributes = new Map();

/** What the roles give of a mark on the rows of the owning type. */
type Resolve = (mark: Mark) => { readonly arms: readonly Arm[]; readonly clearEverywhere: boolean };

/**
 * Attributes are cells of the record that the value is in: each is decided by its own mark on the rows of the owning type,
 * or by the owner's where that is a secret.
 * @param mark that of the field, or of what decides for it
 */
export function resolveAttributes(
  field: ColumnField,
  mark: Mark,
  composites: Model['composites'],
  resolve: Resolve,
): Attributes {
  if (field.type.kind !== 'composite') return noAttributes;
  const visible = new Map<string, FieldAccess<ColumnField>>();
  for (const attribute of composites.get(field.type.name)?.fields.values() ?? []) {
    const deciding = mark.kind === 'secret' ? mark : attribute.mark;
    const { arms, clearEverywhere } = resolve(deciding);
    const attributes = resolveAttributes(attribute, deciding, composites, resolve);
    const empty = attribute.type.kind === 'composite' && attributes.size === 0;
    if (arms.length > 0 && !empty)
      visible.set(attribute.name, {
        field: attribute,
        arms,
        clearEverywhere,
        // Neither filters nor orders look into a composite.
        compared: null,
        relates: [],
        links: [],
        attributes,
      });
  }
  return visible;
}

/** Every use of a composite, those within others too. */
function* usesOf(fields: Iterable<FieldAccess>): Generator<readonly [composite: string, Attributes]> {
  for (const { field, attributes } of fields) {
    if (field.kind === 'column' && field.type.kind === 'composite') yield [field.type.name, attributes];
    yield* usesOf(attributes.values());
  }
}

type Kept = (composite: string, attribute: string) => boolean;

function keep<Each extends FieldAccess>(fields: ReadonlyMap<string, Each>, kept: Kept): Map<string, Each> {
  const left = new Map<string, Each>();
  for (const [name, access] of fields) {
    const { field } = access;
    if (field.kind !== 'column' || field.type.kind !== 'composite') left.set(name, access);
    else {
      const composite = field.type.name;
      const seen = new Map([...access.attributes].filter(([attribute]) => kept(composite, attribute)));
      const attributes = keep(seen, kept);
      if (attributes.size > 0) left.set(name, { ...access, attributes });
    }
  }
  return left;
}

/**
 * A composite is one type of the view, whichever records its values are in: it has the attributes that are visible in
 * all of them.
 */
export function agreeOnAttributes(types: Access): Access {
  const common = new Map<string, ReadonlySet<string>>();
  for (const { fields } of types.values()) {
    for (const [composite, attributes] of usesOf(fields.values())) {
      const names = common.get(composite);
      common.set(composite, new Set([...attributes.keys()].filter((name) => names?.has(name) ?? true)));
    }
  }
  if (common.size === 0) return types;
  const kept: Kept = (composite, attribute) => common.get(composite)?.has(attribute) === true;
  return new Map(
    [...types].map(([name, type]): [string, TypeAccess] => [
      name,
      { ...type, fields: keep(type.fields, kept) },
    ]),
  );
}

/** Fields with all that is within them. */
export function* withAttributes(fields: Iterable<FieldAccess>): Generator<FieldAccess> {
  for (const access of fields) {
    yield access;
    yield* withAttributes(access.attributes.values());
  }
}
