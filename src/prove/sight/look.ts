import { maskReference } from '../../masks/index.js';
import type { ColumnField, Mark, Model } from '../../model/index.js';
import type { Cell } from '../data/dataset.js';
import type { Seen } from './grants.js';
import { decodeRecord } from '../data/structured-text.js';

/** What cannot be told apart from anything else that is withheld. */
const NOTHING = '';

/** Any key will do: what is equal under it is equal under the gateway's. */
const KEY = new Uint8Array(32);

/** How a mark comes out on a row. */
export type DecideMark = (mark: Mark) => Seen;

/**
 * What a caller can tell of a value in a record, as a text: two values with the same look are one to them. Of a mask with
 * noise no two values look alike for sure, so there it is the value itself.
 */
export class Looks {
  readonly #model: Model;
  /** By mark, since a value is masked alike in every record that has it: for what takes its time. */
  readonly #masked = new Map<Mark, Map<string, string>>();

  constructor(model: Model) {
    this.#model = model;
  }

  /** @param record tells the record, for masks that differ from record to record */
  of(field: ColumnField, value: Cell, decision: DecideMark, record: string): string {
    return this.#look(field, value, null, decision, record);
  }

  /** @param above the mark that decides for all that is within, where a whole value is secret */
  #look(field: ColumnField, value: Cell, above: Mark | null, decision: DecideMark, record: string): string {
    const mark = above ?? field.mark;
    const seen = decision(mark);
    if (field.type.kind === 'composite' && field.lists === 0 && seen === 'CLEAR')
      return this.#within(field, value, mark.kind === 'secret' ? mark : null, decision, record);
    if (seen === 'CLEAR') return JSON.stringify(value);
    return seen === 'MASKED' ? this.#maskedLook(field, value, mark, record) : NOTHING;
  }

  #maskedLook(field: ColumnField, value: Cell, mark: Mark, record: string): string {
    if (mark.kind === 'open' || mark.mask.name === 'noise') return JSON.stringify(value);
    // A null may look like its record; so may one within a list.
    if (value === null || field.lists > 0) return maskedText(field, value, mark, record);
    const known = this.#masked.get(mark) ?? new Map<string, string>();
    this.#masked.set(mark, known);
    const look = known.get(value) ?? maskedText(field, value, mark, record);
    known.set(value, look);
    return look;
  }

  /** Whether there is a value at all, and of it what is visible within. */
  #within(field: ColumnField, value: Cell, above: Mark | null, decision: DecideMark, record: string): string {
    const fields = [...(this.#model.composites.get(field.type.name)?.fields.values() ?? [])];
    // Where nothing within is in the schema, neither is the field.
    if (fields.every((attribute) => decision(above ?? attribute.mark) === 'HIDDEN')) return NOTHING;
    const names = [...field.column.type.attributes.keys()];
    const attributes = value === null ? null : decodeRecord(value);
    const looks = fields.map((attribute) => {
      const cell = attributes?.[names.indexOf(attribute.column.name)] ?? null;
      return this.#look(attribute, cell, above, decision, record);
    });
    return JSON.stringify([attributes === null, looks]);
  }
}

function maskedText(
  field: ColumnField,
  value: Cell,
  mark: Exclude<Mark, { readonly kind: 'open' }>,
  record: string,
): string {
  const target = {
    type: field.encryption?.plainType ?? field.column.type,
    nullable: !field.column.notNull,
  };
  // Whatever an encrypted value is, its mask needs nothing but to know whether there is one.
  const known = field.encryption === undefined || value === null ? value : 'encrypted';
  return `~${JSON.stringify(maskReference(mark, target, { value: known, record: Buffer.from(record), key: KEY }))}`;
}
