import type { ColumnField, CompositeModel, FieldModel, Mark } from './model.js';

/** A field of a type, or an attribute of a composite within one: what is decided, and told of, by itself. */
export interface Place {
  /** `Type.field`, `Type.field.attribute`. */
  readonly coordinate: string;
  readonly field: FieldModel;
  /** The mark that decides: that of the whole where it is a secret, else the field's own. */
  readonly mark: Mark;
  /** The type's field, and what leads from there to this within it, itself last. */
  readonly chain: readonly FieldModel[];
}

type Composites = ReadonlyMap<string, Pick<CompositeModel, 'fields'>>;

/** Fields with what is within them, in the order of the SDL. */
export function* placesOf(fields: Iterable<FieldModel>, composites: Composites): Generator<Place> {
  for (const field of fields) {
    const place: Place = { coordinate: field.coordinate, field, mark: field.mark, chain: [field] };
    yield place;
    if (field.kind === 'column') yield* inside(place, field, composites, new Set());
  }
}

/** @param above composites that it is within already; a database has none within itself, and a draft may */
function* inside(
  place: Place,
  { type }: ColumnField,
  composites: Composites,
  above: ReadonlySet<string>,
): Generator<Place> {
  if (type.kind !== 'composite' || above.has(type.name)) return;
  for (const attribute of composites.get(type.name)?.fields.values() ?? []) {
    const inner: Place = {
      coordinate: `${place.coordinate}.${attribute.name}`,
      field: attribute,
      mark: place.mark.kind === 'secret' ? place.mark : attribute.mark,
      chain: [...place.chain, attribute],
    };
    yield inner;
    yield* inside(inner, attribute, composites, new Set([...above, type.name]));
  }
}
