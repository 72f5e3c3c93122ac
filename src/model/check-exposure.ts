import type { FieldDefinitionNode } from 'graphql';
import { boundFields, type FieldsDraft, type Loading } from './draft.js';
import { placesOf, type Place } from './places.js';

interface Found {
  /** The column; of an attribute, the column and the attributes of the database that lead to it. */
  readonly id: string;
  readonly place: Place;
  readonly node: FieldDefinitionNode;
}

/** A column, or an attribute within one, that one field gives away and another guards: the guard would be for show. */
export function checkExposure(
  types: readonly FieldsDraft[],
  composites: ReadonlyMap<string, FieldsDraft>,
  { report }: Loading,
): void {
  const found = types.flatMap((type) => columnsOf(type, boundFields(composites)));
  const opened = new Map<string, Place>();
  for (const { id, place } of found) if (place.mark.kind === 'open') opened.set(id, place);
  const told = new Set<FieldDefinitionNode>();
  for (const { id, place, node } of found) {
    const open = opened.get(id);
    if (open === undefined || place.mark.kind === 'open' || told.has(node)) continue;
    // Of a whole and what is within it, one line is enough.
    told.add(node);
    const message = `${place.coordinate} is secret, but ${open.coordinate} gives the same ${place.chain.length === 1 ? 'column' : 'attribute'} to everyone; mark both alike.`;
    report.problem(node, 'OPEN_AND_SECRET', message);
  }
}

function columnsOf({ bound, fields }: FieldsDraft, composites: ReturnType<typeof boundFields>): Found[] {
  if (bound === null) return [];
  const { source, table } = bound;
  return [...fields.values()].flatMap(({ field, node }) =>
    field?.kind !== 'column'
      ? []
      : [...placesOf([field], composites)].map((place): Found => {
          const names = place.chain.flatMap((each) => (each.kind === 'column' ? [each.column.name] : []));
          return { id: JSON.stringify([source, table.schema, table.name, ...names]), place, node };
        }),
  );
}
