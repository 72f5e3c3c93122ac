import type { Model } from '../../model/index.js';
import type { DataRow } from '../data/dataset.js';
import { columnFields, keyOfType } from '../data/layout.js';
import type { Twins } from './twins.js';

/** What operations compare with: values that a column of the twins has or nearly has, and those that one twin has alone. */
export interface Comparands {
  /** By coordinate, in PostgreSQL's own words; none where it is no column. */
  of(coordinate: string): readonly string[];
  /** Those of them that are hidden, and tell the twins apart. */
  secretsOf(coordinate: string): readonly string[];
  /** Of every column. */
  readonly secrets: readonly string[];
}

const secretsMost = 24;
/** Longer ones are cut: an operation holds several. */
const charactersMost = 200;

function valuesOf(rows: readonly DataRow[], column: string): ReadonlySet<string> {
  return new Set(rows.flatMap((row) => row[column] ?? []));
}

/** Values that stand in one of the two only. */
function apart(a: ReadonlySet<string>, b: ReadonlySet<string>): string[] {
  return [...[...a].filter((value) => !b.has(value)), ...[...b].filter((value) => !a.has(value))];
}

/** What the operations of a caller are to compare with, out of their twins. */
export function comparandsOf({ a, b, literals }: Twins, { types }: Model): Comparands {
  const secrets = new Map<string, readonly string[]>();
  for (const type of types.values()) {
    const [left = [], right = []] = [a, b].map(({ tables }) => tables.get(keyOfType(type)));
    for (const { coordinate, column } of columnFields(type)) {
      const found = apart(valuesOf(left, column.name), valuesOf(right, column.name));
      const short = found.slice(0, secretsMost).map((text) => text.slice(0, charactersMost).toWellFormed());
      secrets.set(coordinate, short);
    }
  }
  return {
    of: (coordinate) => literals.get(coordinate) ?? [],
    secretsOf: (coordinate) => secrets.get(coordinate) ?? [],
    secrets: [...secrets.values()].flat(),
  };
}

/** So many masks of a field are kept, of those that were seen first. */
const masksMost = 24;

/** What a caller has read of masked fields: what they would compare these with. */
export class SeenMasks {
  readonly #byCoordinate = new Map<string, Set<string>>();

  /** Keeps masks of an answer, where they stand under the names of their fields. */
  note(body: string): void {
    const masked = /"masked":\[([^\]]+)\]/.exec(body)?.[1] ?? '';
    for (const [, coordinate = '', name = ''] of masked.matchAll(/"(\w+\.(\w+))"/g)) {
      const kept = this.#byCoordinate.get(coordinate) ?? new Set<string>();
      this.#byCoordinate.set(coordinate, kept);
      for (const [, text = ''] of body.matchAll(new RegExp(`"${name}":("[^"\\\\]+"|-?[\\d.]+)`, 'g')))
        if (kept.size < masksMost) kept.add(text.replaceAll('"', ''));
    }
  }

  /** The values of stored columns, with masks beside them. */
  beside(comparands: Comparands): Comparands {
    return {
      ...comparands,
      of: (coordinate) => [...comparands.of(coordinate), ...(this.#byCoordinate.get(coordinate) ?? [])],
    };
  }
}
