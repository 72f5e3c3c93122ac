import { maskReference } from '../masks/index.js';
import type { ColumnField, Mark, Model } from '../model/index.js';
import type { Cell } from './dataset.js';
import type { Seen } from './grants.js';
import { decodeRecord } from './structured-text.js';

/** What cannot be told apart from anything else that is withheld. */
const NOTHING = '';

/** Any key will do: what is equal under it is equal under the gateway's. */
const KEY = new Uint8Array(32);

/** How a mark comes out on a row. */
export type DecideMark = (mark: Mark) => Seen;

/**
 * What a caller can tell of a value in a record, as a text: two values with the same look are one to them. Of a mask with
 * noise no two values look alike for sure, so there it is the value itself.
 * @param record tells the record, for masks that differ from record to record
 */
export function lookOf(
  field: ColumnField,
  value: Cell,
  decision: DecideMark,
  record: string,
  model: Model,
): string {
  return look(field, value, null, decision, record, model);
}

/** @param above the mark that decides for all that is within, where a whole value is secret */
function look(
  field: ColumnField,
  value: Cell,
  above: Mark | null,
  decision: DecideMark,
  record: string,
  model: Model,
): string {
  const mark = above ?? field.mark;
  const seen = decision(mark);
  if (field.type.kind === 'composite' && field.lists === 0 && seen === 'CLEAR')
    return recordLook(field, value, mark.kind === 'secret' ? mark : null, decision, record, model);
  switch (seen) {
    case 'HIDDEN':
    case 'DENIED':
      return NOTHING;
    case 'CLEAR':
      return JSON.stringify(value);
    case 'MASKED':
      return maskedLook(field, value, mark, record);
  }
}

function maskedLook(field: ColumnField, value: Cell, mark: Mark, record: string): string {
  if (mark.kind === 'open') return JSON.stringify(value);
  if (mark.mask.name === 'noise') return JSON.stringify(value);
  const target = { type: field.encryption?.plainType ?? field.column.type, nullable: !field.column.notNull };
  // Whatever an encrypted value is, its mask needs nothing but to know whether there is one.
  const known = field.encryption === undefined || value === null ? value : 'encrypted';
  return `~${JSON.stringify(maskReference(mark, target, { value: known, record: Buffer.from(record), key: KEY }))}`;
}

/** Whether there is a value at all, and of it what is visible within. */
function recordLook(
  field: ColumnField,
  value: Cell,
  above: Mark | null,
  decision: DecideMark,
  record: string,
  model: Model,
): string {
  const fields = [...(model.composites.get(field.type.name)?.fields.values() ?? [])];
  const names = [...field.column.type.attributes.keys()];
  const attributes = value === null ? null : decodeRecord(value);
  const looks = fields.map((attribute) => {
    const cell = attributes?.[names.indexOf(attribute.column.name)] ?? null;
    return look(attribute, cell, above, decision, record, model);
  });
  // Where nothing within is in the schema, neither is the field.
  const isAbsent = fields.every((attribute) => decision(above ?? attribute.mark) === 'HIDDEN');
  return isAbsent ? NOTHING : JSON.stringify([attributes === null, looks]);
}
