import type { Model } from '../../model/index.js';
import type { DataRow, Dataset } from './dataset.js';
import { columnFields, keyOfType } from './layout.js';
import { neighbours } from './neighbours.js';
import type { Random } from './random.js';

/** Values of a field's column, as PostgreSQL has them, by coordinate. */
export type Literals = ReadonlyMap<string, readonly string[]>;

const LITERALS_MAX = 16;
/** Longer ones are cut: an operation holds several. */
const CHARACTERS_MAX = 200;

/** Of each column some values of either data set, hidden ones too, the beginnings of some and what is next to them. */
export function literalsOf(datasets: readonly Dataset[], model: Model, random: Random): Literals {
  const found = new Map<string, readonly string[]>();
  for (const type of model.types.values()) {
    const rows = datasets.flatMap(({ tables }) => tables.get(keyOfType(type)) ?? []);
    for (const field of columnFields(type)) {
      if (field.encryption !== undefined) continue;
      const values = valuesOf(rows, field.column.name, random).slice(0, LITERALS_MAX / 2);
      const near = values.flatMap((text) => [
        ...neighbours(text, field.column.type, random).slice(0, 1),
        ...(field.type.name === 'String' && text.length > 4 ? [Array.from(text).slice(0, 3).join('')] : []),
      ]);
      found.set(field.coordinate, [...new Set([...values, ...near])].slice(0, LITERALS_MAX));
    }
  }
  return found;
}

function valuesOf(rows: readonly DataRow[], column: string, random: Random): string[] {
  const values = new Set(rows.map((row) => row[column] ?? null));
  return random
    .shuffle([...values].filter((value) => value !== null))
    .map((value) => Array.from(value).slice(0, CHARACTERS_MAX).join(''));
}
