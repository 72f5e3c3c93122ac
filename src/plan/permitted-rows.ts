import { empty, ident, join, sql } from '../base/index.js';
import type { Column } from '../catalog/index.js';
import type { ColumnField, RelationField } from '../model/index.js';
import { coversRows, type RowCondition } from '../policy/index.js';
import type { Arm, FieldAccess, TypeAccess } from '../view/index.js';
import type { Step } from './argument-shape.js';
import { comparedColumn } from './compared-column.js';
import { impliedByRowAbove, type RowAbove } from './implied-rows.js';
import { maskedValue } from './masked-value.js';
import { equalsOf } from './operators.js';
import { allOf, holds, keyed, permits, type Names, type PlanSql } from './row-rules.js';

export { allOf, anyOf, Names, type PlanSql } from './row-rules.js';

function joinsByKey({ access, relation }: RowAbove): boolean {
  // Of many to many, records of one row are those of others too.
  if (relation.through !== null) return false;
  return access.type.key.every(({ name }) => relation.from.some((column) => column.name === name));
}

/**
 * The rows of a type that the caller may see: the only place where a table's name is written. A reference asks for the
 * columns it needs and nothing else is selected; a condition of the policy comes out as a boolean, never its columns.
 */
export class PermittedRows {
  readonly access: TypeAccess;
  readonly alias: string;
  /**
   * Whether each row is met once in a result: those of a root and of one batch key are, and those that are reached from
   * such a row by all of its key, since they belong to that row alone.
   */
  readonly distinct: boolean;
  readonly #implied: boolean;
  readonly #names: Names;
  readonly #table: string;
  #fenced = false;
  readonly #columns = new Map<string, PlanSql>();
  readonly #conditions = new Map<string, string>();
  /** By relations and column: the name of what they lead to. */
  readonly #reached = new Map<string, string>();
  /** By relation: the record that it leads each row to, where the caller may see it. */
  readonly #joined = new Map<string, { readonly rows: PermittedRows; readonly on: PlanSql }>();

  /** @param above the permitted row that joins them, within the statement; null for a root and for a batch */
  constructor(access: TypeAccess, names: Names, above: RowAbove | null) {
    this.access = access;
    this.#implied = impliedByRowAbove(access, above);
    this.distinct = above === null || (above.distinct && joinsByKey(above));
    this.#names = names;
    this.alias = names.next('p');
    this.#table = names.next('t');
  }

  /** A column, as the subselect gives it. */
  column({ name }: Column): PlanSql {
    this.#columns.set(name, ident(this.#table, name));
    return ident(this.alias, name);
  }

  /**
   * The same for a condition that is not the policy's. Where a database view computes it, an error would tell of rows out of
   * sight: the rows that the caller may see are then found first.
   */
  tested(column: Column): PlanSql {
    if (column.computed === true && !this.access.allRows) this.#fenced = true;
    return this.column(column);
  }

  /** What filters and orders compare of a field: never more of it than the caller reads. */
  compared(field: ColumnField): PlanSql {
    const access = this.access.fields.get(field.name);
    if (access?.compared == null) throw new Error(`${field.coordinate} is not compared; the view offered it`);
    if (access.compared === 'VALUE') return this.tested(field.column);
    if (field.column.computed === true && !this.access.allRows) this.#fenced = true;
    const { name } = comparedColumn({ ...access, field });
    this.#columns.set(name, this.#read({ ...access, field }));
    return ident(this.alias, name);
  }

  /** A field as the caller reads it: clear on some rows, masked on some, and null on others. */
  #read({ field, arms }: FieldAccess<ColumnField>): PlanSql {
    const { type, rows } = this.access;
    const when = (decision: Arm['decision']) =>
      arms.filter((arm) => arm.decision === decision).map((arm) => arm.when);
    const inner = ({ name }: Column): PlanSql => ident(this.#table, name);
    const { value: mask } = maskedValue(field, inner(field.column), type, inner);
    const clear = when('CLEAR');
    const masked = when('MASKED');
    if (
      clear.length === 0 &&
      coversRows(
        masked.map((each) => ({ when: each })),
        rows,
      )
    )
      return mask;
    const arm = (conditions: readonly RowCondition[], value: PlanSql): PlanSql =>
      conditions.length === 0
        ? empty
        : sql` when (${holds(type, conditions, this.#table, this.#names)}) is true then ${value}`;
    return sql`case${arm(clear, inner(field.column))}${arm(masked, mask)} end`;
  }

  /**
   * What an order sorts by, of the record that relations to one lead to, one behind the other; null where there is none to
   * see. The term of no field is a key column of the row itself.
   */
  reached([step, ...further]: readonly Step[], column: Column, field: ColumnField | null): PlanSql {
    if (step === undefined) return field === null ? this.column(column) : this.compared(field);
    const { rows } = this.#join(step);
    const id = JSON.stringify([step, ...further].map((each) => each.field.name).concat(column.name));
    let name = this.#reached.get(id);
    if (name === undefined) {
      // A space keeps the name apart from any column's that SDL could bind by default.
      name = `reached ${this.#reached.size}`;
      this.#reached.set(id, name);
      this.#columns.set(name, rows.reached(further, column, field));
    }
    return ident(this.alias, name);
  }

  /** The conditions under which a row is one that the relation leads to from `above`. */
  joinedTo(above: PermittedRows, relation: RelationField): PlanSql[] {
    const { from, to, through } = relation;
    if (through !== null) return [this.linkedTo(above, relation)];
    return to.map((column, i) => {
      const there = from[i];
      if (there === undefined) throw new Error('join columns come in pairs');
      return sql`${this.column(column)} ${equalsOf(column.type)} ${above.column(there)}`;
    });
  }

  /**
   * Whether some row of the table between links a row with `above`: one that the caller may see as a record of every type
   * which that table is bound to. However many links there are, the row is met once.
   */
  linkedTo(above: PermittedRows, { name, from, to, through }: RelationField): PlanSql {
    const access = above.access.fields.get(name);
    if (through === null || access === undefined) throw new Error(`${name} goes through no table`);
    const link = this.#names.next('k');
    const equal = (here: PermittedRows, columns: readonly Column[], linked: readonly Column[]) =>
      linked.map((column, i) => {
        const there = columns[i];
        if (there === undefined) throw new Error('join columns come in pairs');
        return sql`${ident(link, column.name)} ${equalsOf(column.type)} ${here.column(there)}`;
      });
    const joined = [...equal(above, from, through.from), ...equal(this, to, through.to)];
    const seen = access.links.flatMap((each) => [
      ...keyed(each, link, this.#names),
      ...(each.allRows ? [] : [permits(each, link, this.#names)]),
    ]);
    return sql`exists (select from ${ident(through.schema, through.table)} as ${ident(link)} where ${allOf([...joined, ...seen])})`;
  }

  #join({ field, target }: Step): { readonly rows: PermittedRows; readonly on: PlanSql } {
    let joined = this.#joined.get(field.name);
    if (joined === undefined) {
      const above = { access: this.access, relation: field, distinct: this.distinct };
      const rows = new PermittedRows(target, this.#names, above);
      const on = allOf(
        field.to.map(
          (column, i) =>
            sql`${rows.column(column)} ${equalsOf(column.type)} ${ident(this.#table, field.from[i]?.name ?? '')}`,
        ),
      );
      joined = { rows, on };
      this.#joined.set(field.name, joined);
    }
    return joined;
  }

  /** Whether any of the conditions holds for a row. A null condition does not: the test is never negated. */
  condition(conditions: readonly RowCondition[]): PlanSql {
    const id = JSON.stringify(conditions);
    let name = this.#conditions.get(id);
    if (name === undefined) {
      // A space keeps the name apart from any column's that SDL could bind by default.
      name = `rows ${this.#conditions.size}`;
      this.#conditions.set(id, name);
      this.#columns.set(
        name,
        sql`(${holds(this.access.type, conditions, this.#table, this.#names)}) is true`,
      );
    }
    return ident(this.alias, name);
  }

  /** `(select … from table where permitted) as alias`; to be taken once every column has been asked for. */
  toSql(): PlanSql {
    const { type, allRows } = this.access;
    const columns = join(
      [...this.#columns].map(([name, value]) => sql`${value} as ${ident(name)}`),
      sql`, `,
    );
    const terms = keyed(this.access, this.#table, this.#names);
    if (!allRows && !this.#implied) terms.push(permits(this.access, this.#table, this.#names));
    const permitted = terms.length === 0 ? empty : sql` where ${join(terms, sql` and `)}`;
    // A unique key within the join columns sees to it that no row is met twice.
    const joined = join(
      [...this.#joined.values()].map(({ rows: there, on }) => sql` left join ${there.toSql()} on ${on}`),
      empty,
    );
    return sql`(select ${columns} from ${ident(type.schema, type.table)} as ${ident(this.#table)}${joined}${permitted}${this.#fenced ? sql` offset 0` : empty}) as ${ident(this.alias)}`;
  }
}
