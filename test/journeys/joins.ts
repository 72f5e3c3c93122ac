import type { RelationField } from '../../src/model/index.js';
import type { TestGateway } from '../support/gateway.js';
import type { Expected } from './expected.js';
import { cellOf, type StoredRow } from './stored.js';

/** Follows relations through what a caller sees, by comparing the text of the join columns. */
export class Joins {
  readonly #gateway: TestGateway;
  readonly #expected: Expected;
  readonly #indexes = new Map<string, ReadonlyMap<string, readonly StoredRow[]>>();

  constructor(gateway: TestGateway, expected: Expected) {
    this.#gateway = gateway;
    this.#expected = expected;
  }

  /** The rows that a row leads to, in the order of their key; a join column that is null leads nowhere. */
  follow(field: RelationField, row: StoredRow): readonly StoredRow[] {
    const key = joinKey(field.from, row);
    return key === null ? [] : (this.#index(field).get(key) ?? []);
  }

  #index(field: RelationField): ReadonlyMap<string, readonly StoredRow[]> {
    const known = this.#indexes.get(field.coordinate);
    if (known !== undefined) return known;
    const index = new Map<string, StoredRow[]>();
    for (const row of this.#expected.rows(this.#gateway.model.types.get(field.target)!)) {
      const key = joinKey(field.to, row);
      if (key === null) continue;
      const found = index.get(key);
      if (found === undefined) index.set(key, [row]);
      else found.push(row);
    }
    this.#indexes.set(field.coordinate, index);
    return index;
  }
}

function joinKey(columns: RelationField['from'], row: StoredRow): string | null {
  const values = columns.map((column) => cellOf(row, column));
  return values.includes(null) ? null : JSON.stringify(values);
}
