import type { Cell } from './dataset.js';

/** An array of one dimension, each item in quotes; items are the texts of their type. */
export function encodeArray(items: readonly Cell[]): string {
  const written = items.map((item) => (item === null ? 'NULL' : `"${item.replaceAll(/["\\]/g, '\\$&')}"`));
  return `{${written.join(',')}}`;
}

/** The items of what `encodeArray` wrote; null for any other array. */
export function decodeArray(text: string): Cell[] | null {
  if (text === '{}') return [];
  const items: Cell[] = [];
  const pattern = /(?:"((?:[^"\\]|\\.)*)"|(NULL))(?:,|\}$)/suy;
  pattern.lastIndex = 1;
  if (!text.startsWith('{')) return null;
  while (pattern.lastIndex < text.length) {
    const found = pattern.exec(text);
    if (found === null) return null;
    items.push(found[1]?.replaceAll(/\\(.)/gsu, '$1') ?? null);
  }
  return items;
}

/** A value of a composite type, each attribute in quotes. */
export function encodeRecord(attributes: readonly Cell[]): string {
  const written = attributes.map((each) =>
    each === null ? '' : `"${each.replaceAll('\\', '\\\\').replaceAll('"', '""')}"`,
  );
  return `(${written.join(',')})`;
}

/** The attributes of what `encodeRecord` wrote. */
export function decodeRecord(text: string): Cell[] {
  const attributes: Cell[] = [];
  const pattern = /(?:"((?:[^"\\]|""|\\.)*)")?(?:,|\)$)/suy;
  pattern.lastIndex = 1;
  while (pattern.lastIndex < text.length) {
    const found = pattern.exec(text);
    if (found === null) throw new Error('not the text of a record');
    attributes.push(
      found[1]?.replaceAll(/""|\\(.)/gsu, (quote, escaped?: string) => escaped ?? quote[0] ?? '') ?? null,
    );
  }
  return attributes;
}

/** Items of an array, or bounds of ranges, of which a text may be the value; none of any other. */
export function partsOf(text: string): readonly string[] {
  const items = text.startsWith('{"') || text.startsWith('{NULL') ? decodeArray(text) : null;
  if (items !== null) return items.flatMap((item) => item ?? []);
  if (!/^\{?[[(]/.test(text)) return [];
  return [...text.matchAll(/(?<=[[(,])("[^"]*"|[^"\][(),{}]+)(?=[\]),])/g)].map(([bound]) =>
    bound.replaceAll('"', ''),
  );
}
