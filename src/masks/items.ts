import { ident, sql, type Slot, type Sql } from '../base/index.js';
import { itemType } from '../catalog/index.js';
import type { MaskSpec, MaskTarget } from './mask.js';

/** Masks that are of a column's whole value, whatever it is. */
const ofWhole: ReadonlySet<MaskSpec['name']> = new Set(['nullify', 'constant']);

/** What the items of an array are masked as; null where the mask is of the whole value. Any item may be null. */
export function itemTarget(spec: MaskSpec, { type }: MaskTarget): MaskTarget | null {
  return type.kind === 'array' && !ofWhole.has(spec.name) ? { type: itemType(type), nullable: true } : null;
}

/**
 * A list with each of its items masked, and as many of them. An array of more dimensions than one is null: a field that
 * gives lists gives null for it clear as well.
 */
export function itemsSql<S extends Slot>(value: Sql<S>, mask: (item: Sql<S>) => Sql<S>): Sql<S> {
  // A space keeps the name apart from any table behind the key of the record.
  const items = ident('masked items');
  const masked = mask(sql`${items}.item`);
  const list = sql<S>`ARRAY(SELECT ${masked} FROM pg_catalog.unnest(${value}) WITH ORDINALITY AS ${items} (item, place) ORDER BY ${items}.place)`;
  // Of none, no dimensions are counted.
  return sql<S>`CASE WHEN pg_catalog.array_ndims(${value}) = 1 OR pg_catalog.cardinality(${value}) = 0 THEN ${list} END`;
}

/** The reference of `itemsSql`, over the text form of an array. */
export function referenceItems(text: string, mask: (item: string | null) => string | null): string | null {
  const items = readItems(text);
  return items === null ? null : `{${items.map((item) => itemText(mask(item))).join(',')}}`;
}

const ITEM = /(?:"(?<quoted>(?:[^"\\]|\\.)*)"|(?<bare>(?:[^",{}\\]|\\.)+))(?:,|\}$)/suy;

/** The items of an array of one dimension; null for one of more. */
function readItems(text: string): (string | null)[] | null {
  const start = text.indexOf('{') + 1;
  if (text[start] === '{') return null;
  const items: (string | null)[] = [];
  ITEM.lastIndex = start;
  while (text !== '{}' && ITEM.lastIndex < text.length) {
    const groups = ITEM.exec(text)?.groups;
    if (groups === undefined) throw new Error('not the text of an array');
    const { quoted, bare } = groups as { readonly quoted?: string; readonly bare?: string };
    items.push(bare === 'NULL' ? null : (quoted ?? bare ?? '').replaceAll(/\\(.)/gsu, '$1'));
  }
  return items;
}

function itemText(item: string | null): string {
  if (item === null) return 'NULL';
  // What PostgreSQL takes for a blank is ASCII.
  const isBare = item !== '' && !/["\\{}, \t\n\r\v\f]/.test(item) && item.toUpperCase() !== 'NULL';
  return isBare ? item : `"${item.replaceAll(/["\\]/g, '\\$&')}"`;
}
