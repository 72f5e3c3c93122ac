import type { PgType } from '../catalog/index.js';
import type { ColumnField, RelationField } from '../model/index.js';
import type { Access, Comparison, TypeAccess } from '../view/index.js';
import type { Quantifier, SqlComparison, WhereShape } from './argument-shape.js';
import type { LiteralReader } from './literal-reader.js';
import { readJsonAt } from './read-json-at.js';
import { endsInEscape, escapePattern } from './text-pattern.js';

/** Reads `where` into a shape: what the caller may compare is what the view offers, and how is decided here. */
export class WhereReader {
  readonly #literals: LiteralReader;
  readonly #access: Access;
  #terms = 0;

  constructor(literals: LiteralReader, access: Access) {
    this.#literals = literals;
    this.#access = access;
  }

  /** @throws CordonError BAD_USER_INPUT, OPERATION_TOO_LARGE */
  read(input: unknown, type: TypeAccess, path: readonly string[], deep = 0): WhereShape {
    const terms = Object.entries(input as object).map(([name, value]: [string, unknown]): WhereShape => {
      const here = [...path, name];
      if (value === null) throw this.#literals.wrong(here, 'is null; leave it out, or compare with isNull');
      if (name === 'and' || name === 'or') {
        const inner = (value as unknown[]).map((item, i) =>
          this.#term(item, type, [...here, String(i)], deep),
        );
        return { kind: name, terms: inner };
      }
      if (name === 'not') return { kind: 'not', term: this.#term(value, type, here, deep) };
      const field = type.fields.get(name)?.field;
      if (field === undefined) throw new Error(`${name} is not comparable; the view offered it`);
      return field.kind === 'column'
        ? this.#comparisons(value, field, here)
        : this.#related(value, field, here, deep + 1);
    });
    return { kind: 'and', terms };
  }

  /** Counts a comparison, or a filter within a filter, before anything is made of it. */
  #countTerm(): void {
    this.#terms += 1;
    const { filterTerms } = this.#literals.limits;
    if (this.#terms > filterTerms) throw this.#literals.tooLarge(['where'], `${filterTerms} terms`);
  }

  /** A filter within a filter. */
  #term(input: unknown, type: TypeAccess, path: readonly string[], deep: number): WhereShape {
    this.#countTerm();
    return this.read(input, type, path, deep);
  }

  #related(input: unknown, field: RelationField, path: readonly string[], deep: number): WhereShape {
    const { filterRelationsDeep } = this.#literals.limits;
    if (deep > filterRelationsDeep)
      throw this.#literals.tooLarge(path, `${filterRelationsDeep} relations in depth`);
    const target = this.#access.get(field.target);
    if (target === undefined)
      throw new Error(`${field.coordinate} leads out of the view; the view offered it`);
    const related = (quantifier: Quantifier, value: unknown, here: readonly string[]): WhereShape => {
      if (value === null) throw this.#literals.wrong(here, 'is null; leave it out');
      return { kind: 'related', field, target, quantifier, term: this.#term(value, target, here, deep) };
    };
    if (!field.many) return related('one', input, path);
    const given = Object.entries(input as object) as [Quantifier, unknown][];
    const terms = given.map(([quantifier, value]) => related(quantifier, value, [...path, quantifier]));
    return { kind: 'and', terms };
  }

  #comparisons(input: unknown, field: ColumnField, path: readonly string[]): WhereShape {
    const given = Object.entries(input as object) as [Comparison, unknown][];
    const terms = given.map(([comparison, value]): WhereShape => {
      const here = [...path, comparison];
      this.#countTerm();
      if (value === null || value === undefined)
        throw this.#literals.wrong(here, 'is null; compare with isNull');
      return this.#comparison(comparison, value, field, here);
    });
    return { kind: 'and', terms };
  }

  #comparison(
    comparison: Comparison,
    value: unknown,
    field: ColumnField,
    path: readonly string[],
  ): WhereShape {
    const compare = (how: SqlComparison, literal: string | readonly string[]): WhereShape => ({
      kind: 'compare',
      field,
      comparison: how,
      literal: this.#literals.add(literal),
    });
    const items = () => this.#literals.items(value as readonly unknown[], field, path);
    const one = () => this.#literals.value(value, field, path);
    switch (comparison) {
      case 'has':
        return compare('includes', [one()]);
      case 'hasAny':
        return compare('overlaps', items());
      case 'hasAll':
        return compare('includes', items());
      case 'isEmpty':
        return { kind: 'isEmpty', field, isEmpty: value === true };
      case 'isNull':
        return { kind: 'isNull', field, isNull: value === true };
      case 'ne':
        return { kind: 'not', term: compare('eq', field.lists > 0 ? items() : one()) };
      case 'in':
        return compare('in', items());
      case 'notIn':
        return { kind: 'not', term: compare('in', items()) };
      case 'between': {
        const [least, greatest] = this.#ends(value as readonly unknown[], field, path);
        return { kind: 'and', terms: [compare('gte', least), compare('lte', greatest)] };
      }
      case 'overlaps':
      case 'within':
        return compare(comparison, one());
      case 'at':
        return readJsonAt(value, field, path, this.#literals, () => this.#countTerm());
      case 'like':
      case 'ilike':
        return compare(comparison, this.#pattern(one(), path));
      case 'startsWith':
      case 'endsWith':
        return compare('like', surrounded(comparison, escapePattern(one())));
      case 'contains': {
        const { element } = field.column.type;
        if (element !== null) return compare('includes', this.#within(value, element, path));
        return compare('like', surrounded(comparison, escapePattern(one())));
      }
      case 'icontains':
        return compare('ilike', surrounded('contains', escapePattern(one())));
      case 'eq':
        return compare('eq', field.lists > 0 ? items() : one());
      case 'lt':
      case 'lte':
      case 'gt':
      case 'gte':
        return compare(comparison, one());
    }
  }

  /** A value that may be within a range. */
  #within(value: unknown, bound: PgType, path: readonly string[]): string {
    return this.#literals.valueOf(value, bound, `value between bounds of ${bound.display}`, path);
  }

  /** A caller's own pattern. */
  #pattern(pattern: string, path: readonly string[]): string {
    if (endsInEscape(pattern))
      throw this.#literals.wrong(path, 'ends in an escape; a backslash itself is written twice');
    return pattern;
  }

  #ends(ends: readonly unknown[], field: ColumnField, path: readonly string[]): readonly [string, string] {
    if (ends.length !== 2) throw this.#literals.wrong(path, 'is two values, the least and the greatest');
    const end = (i: number) => this.#literals.value(ends[i], field, [...path, String(i)]);
    return [end(0), end(1)];
  }
}

/** The pattern of texts that have this one at the beginning, at the end, or anywhere. */
function surrounded(where: 'startsWith' | 'endsWith' | 'contains', text: string): string {
  return `${where === 'startsWith' ? '' : '%'}${text}${where === 'endsWith' ? '' : '%'}`;
}
