import type { Mark, Model, RelationField, RowBinding, TypeModel } from '../../model/index.js';
import type { RowMatch, RowValue } from '../../policy/index.js';
import type { ProveCaller } from './caller.js';
import { tableKey, type Cell, type DataRow } from '../data/dataset.js';
import { sameKey } from '../data/fit.js';
import { better, decide, grantingRoles, type Granting, type RoleDecision, type Seen } from './grants.js';
import { keyOfType } from '../data/layout.js';
import { ownerText } from '../data/owner-values.js';

type Tables = ReadonlyMap<string, readonly DataRow[]>;

type Columns = RelationField['from'];

/** Rows by the values of some columns. */
export class Joins {
  readonly #tables: Tables;
  readonly #indexes = new Map<string, ReadonlyMap<string, readonly DataRow[]>>();

  constructor(tables: Tables) {
    this.#tables = tables;
  }

  /** The rows that a relation leads to from a row; `key` is that of their table. */
  follow({ from, to }: Pick<RelationField, 'from' | 'to'>, key: string, row: DataRow): readonly DataRow[] {
    const wanted = joinKey(from.map((column, i) => [row[column.name] ?? null, to[i] ?? column] as const));
    if (wanted === null) return [];
    const id = JSON.stringify([key, to.map(({ name }) => name)]);
    let index = this.#indexes.get(id);
    if (index === undefined) {
      index = this.#indexBy(key, to);
      this.#indexes.set(id, index);
    }
    return index.get(wanted) ?? [];
  }

  #indexBy(key: string, columns: Columns): ReadonlyMap<string, readonly DataRow[]> {
    const made = new Map<string, DataRow[]>();
    for (const row of this.#tables.get(key) ?? []) {
      const own = joinKey(columns.map((column) => [row[column.name] ?? null, column] as const));
      if (own === null) continue;
      const same = made.get(own);
      if (same === undefined) made.set(own, [row]);
      else same.push(row);
    }
    return made;
  }
}

/** Null joins with nothing. */
function joinKey(values: readonly (readonly [Cell, Columns[number]])[]): string | null {
  const texts = values.map(([value, { type }]) => (value === null ? null : sameKey(value, type)));
  return texts.includes(null) ? null : JSON.stringify(texts);
}

/** What one role that gives rows makes of a mark. */
type Decided = RoleDecision & { readonly granting: Granting };

/**
 * What a caller may see of some data: found by walking through its rows with the policy in hand, row by row and role by
 * role, and by nothing that the gateway decides with.
 */
export class Sight {
  readonly #model: Model;
  readonly #caller: ProveCaller;
  /** Of all rows, in sight or not. */
  readonly joins: Joins;
  readonly #granting = new Map<string, readonly Granting[]>();
  readonly #decided = new Map<TypeModel, Map<Mark, readonly Decided[]>>();
  readonly #matched = new Map<TypeModel, Map<RowMatch, WeakMap<DataRow, boolean>>>();

  constructor(model: Model, caller: ProveCaller, tables: Tables) {
    this.#model = model;
    this.#caller = caller;
    this.joins = new Joins(tables);
  }

  /** Whether the caller sees the row as a record of the type. @param inPlaceOf a row of the data that is not beside it */
  sees(type: TypeModel, row: DataRow, inPlaceOf: DataRow = row): boolean {
    if (!this.counts(type, row)) return false;
    if (type.keyBecause === null) return true;
    // Of rows that share a key none is a record.
    const same = { from: type.key, to: type.key };
    return this.joins
      .follow(same, keyOfType(type), row)
      .every((other) => other === row || other === inPlaceOf || !this.counts(type, other));
  }

  /** Whether the row has a part in which records of the type the caller sees: it is theirs, and it has a key. */
  counts(type: TypeModel, row: DataRow): boolean {
    if (type.keyNulls.some(({ name }) => row[name] == null)) return false;
    return this.#roles(type).some((granting) => this.#gives(granting, type, row));
  }

  /** The records of a type that a relation leads to from a row, of those that the caller sees. */
  reached(relation: RelationField, row: DataRow): readonly DataRow[] {
    const target = this.#model.types.get(relation.target);
    if (target === undefined) return [];
    return this.joins.follow(relation, keyOfType(target), row).filter((there) => this.sees(target, there));
  }

  /** What a mark comes to on a row of the type: the best that a single role gives that gives the row. */
  cell(type: TypeModel, mark: Mark, row: DataRow): Seen {
    return this.#decide(type, mark)
      .filter(({ granting }) => this.#gives(granting, type, row))
      .map(({ clearOn, there, elsewhere }) =>
        clearOn !== null && this.#owns(clearOn, type, row) ? there : elsewhere,
      )
      .reduce(better, 'HIDDEN');
  }

  #roles(type: TypeModel): readonly Granting[] {
    const known = this.#granting.get(type.name) ?? grantingRoles(this.#model, this.#caller, type);
    this.#granting.set(type.name, known);
    return known;
  }

  #decide(type: TypeModel, mark: Mark): readonly Decided[] {
    const ofType = this.#decided.get(type) ?? new Map<Mark, readonly Decided[]>();
    this.#decided.set(type, ofType);
    let decided = ofType.get(mark);
    if (decided === undefined) {
      decided = this.#roles(type).map((granting) => ({
        granting,
        ...decide(this.#model, this.#caller, granting.role, type, mark),
      }));
      ofType.set(mark, decided);
    }
    return decided;
  }

  #gives({ rows }: Granting, type: TypeModel, row: DataRow): boolean {
    return rows === null || this.#owns(rows, type, row);
  }

  /** Whether a row belongs, by every key, to one of the values. */
  #owns(match: RowMatch, type: TypeModel, row: DataRow): boolean {
    if (match.length === 0) return true;
    // A row may be of several types, which need not bind it alike.
    const ofType = this.#matched.get(type) ?? new Map<RowMatch, WeakMap<DataRow, boolean>>();
    this.#matched.set(type, ofType);
    const known = ofType.get(match) ?? new WeakMap<DataRow, boolean>();
    ofType.set(match, known);
    const found = known.get(row);
    if (found !== undefined) return found;
    const owns = match.every(({ by, value }) =>
      type.rows
        .filter((binding) => binding.by === by || (binding.kind === 'shared' && binding.by === null))
        .some((binding) => this.#belongs(binding, type.source, row, value)),
    );
    known.set(row, owns);
    return owns;
  }

  #belongs(binding: RowBinding, source: string, row: DataRow, value: RowValue): boolean {
    switch (binding.kind) {
      case 'shared':
        return true;
      case 'column': {
        const { name, type } = binding.column;
        const owner = row[name] ?? null;
        return (
          owner !== null &&
          this.#said(value).some((each) => {
            const text = ownerText(each, type);
            return text !== null && sameKey(text, type) === sameKey(owner, type);
          })
        );
      }
      case 'via': {
        const { relation, through } = binding;
        return this.joins
          .follow(relation, tableKey(source, through.schema, through.table), row)
          .some((there) => through.bindings.some((each) => this.#belongs(each, source, there, value)));
      }
    }
  }

  #said(value: RowValue): readonly string[] {
    if (value.kind === 'subject') return [this.#caller.subject];
    return value.kind === 'literal' ? value.values : (this.#caller.claims[value.name] ?? []);
  }
}
