import type { RelationField, RelationLink } from '../../src/model/index.js';
import type { TestGateway } from '../support/gateway.js';
import type { Expected } from './expected.js';
import { cellOf, type StoredRow } from './stored.js';

/** Follows relations through what a caller sees, by comparing the text of the join columns. */
export class Joins {
  readonly #gateway: TestGateway;
  readonly #expected: Expected;
  readonly #indexes = new Map<string, ReadonlyMap<string, readonly StoredRow[]>>();

  /** By relation: of the text of the near columns, those of the far ones. */
  readonly #links = new Map<string, Map<string, Set<string>>>();

  /** Of a row its place in the order of the key. */
  readonly #places = new Map<StoredRow, number>();

  constructor(gateway: TestGateway, expected: Expected) {
    this.#gateway = gateway;
    this.#expected = expected;
  }

  /** The rows that a row leads to, in the order of their key; a join column that is null leads nowhere. */
  follow(field: RelationField, row: StoredRow): readonly StoredRow[] {
    if (field.through !== null) return this.#linked(field, field.through, row);
    const key = joinKey(field.from, row);
    return key === null ? [] : (this.#index(field).get(key) ?? []);
  }

  /** Each row that a link leads to once, however many do. */
  #linked(field: RelationField, through: RelationLink, row: StoredRow): readonly StoredRow[] {
    const key = joinKey(field.from, row);
    let links = this.#links.get(field.coordinate);
    if (links === undefined) {
      links = new Map();
      this.#links.set(field.coordinate, links);
      for (const link of this.#expected.links(through)) {
        const [near, far] = [joinKey(through.from, link), joinKey(through.to, link)];
        if (near !== null && far !== null) links.set(near, (links.get(near) ?? new Set()).add(far));
      }
    }
    const wanted = key === null ? undefined : links.get(key);
    if (wanted === undefined) return [];
    const index = this.#index(field);
    const found = [...new Set([...wanted].flatMap((far) => index.get(far) ?? []))];
    return found.sort((a, b) => this.#places.get(a)! - this.#places.get(b)!);
  }

  #index(field: RelationField): ReadonlyMap<string, readonly StoredRow[]> {
    const known = this.#indexes.get(field.coordinate);
    if (known !== undefined) return known;
    const index = new Map<string, StoredRow[]>();
    for (const [place, row] of this.#expected.rows(this.#gateway.model.types.get(field.target)!).entries()) {
      this.#places.set(row, place);
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
