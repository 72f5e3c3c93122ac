import { ident, integer, join, param, sql } from '../base/index.js';
import type { ColumnField } from '../model/index.js';
import type { GuardedField } from '../view/index.js';
import { computeSql, countSql, keySql } from './aggregate-functions.js';
import { guardedSql } from './aggregate-guarded-sql.js';
import type {
  AggregateEntry,
  AggregateItem,
  Compute,
  GroupEntry,
  GroupsItem,
  KeyEntry,
  ValueEntry,
} from './aggregate-selection.js';
import { aggregateUsage } from './aggregate-usage.js';
import { jsonArray, jsonObject, orNull, textOf, type JsonText } from './json-text.js';
import { jsonForm } from './json-form.js';
import { filterTerms } from './page-sql.js';
import { PermittedRows, type PlanSql } from './permitted-rows.js';
import type { PlanSlot } from './plan.js';
import type { Records } from './selection.js';
import type { StatementScope, Wanted } from './statement-scope.js';
import { whereClause } from './where.js';

type Connection = Extract<Records, { kind: 'connection' }>;

/**
 * `aggregate` or `groupBy` of a connection, as a subselect of its own over all permitted rows that match. One row for each
 * group, with a column for each key and each value; JSON is made of these. Guarded values come from subselects beside it.
 */
class AggregateBuilder {
  readonly #connection: Connection;
  readonly #by: readonly ColumnField[];
  readonly #scope: StatementScope;
  readonly #rows: PermittedRows;
  readonly #groups: string;
  readonly #columns: PlanSql[] = [];
  readonly #guards = new Map<string, { readonly name: string; readonly guard: GuardedField }>();

  constructor(connection: Connection, by: readonly ColumnField[], wanted: Wanted, scope: StatementScope) {
    this.#connection = connection;
    this.#by = by;
    this.#scope = scope;
    this.#rows = new PermittedRows(connection.access, scope.names, wanted.above);
    this.#groups = scope.names.next('g');
  }

  /** One group of all rows. */
  aggregate({ entries }: AggregateItem, wanted: Wanted): PlanSql {
    const json = textOf(this.#aggregate(entries));
    const columns = this.#columns.length === 0 ? sql`pg_catalog.count(*)` : join(this.#columns, sql`, `);
    const where = whereClause(filterTerms(this.#rows, this.#connection.page, wanted, this.#scope.names));
    const group = sql`(select ${columns} from ${this.#rows.toSql()}${where}) as ${ident(this.#groups)}`;
    return sql`(select ${json} from ${group}${this.#joins()})`;
  }

  groups({ by, page: { shape, offset }, entries }: GroupsItem, wanted: Wanted): PlanSql {
    const keys = by.map(
      (field, i) => sql`${keySql(this.#rows.compared(field), field)} as ${ident(this.#key(i))}`,
    );
    const json = jsonObject(entries.map((entry) => ({ name: entry.name, value: this.#groupEntry(entry) })));
    const order = join(
      by.map((_, i) => sql`${ident(this.#groups, this.#key(i))} asc nulls last`),
      sql`, `,
    );
    const positions = by.map((_, i) => integer(i + 1));
    const sorted = join(
      positions.map((position) => sql`${position} asc nulls last`),
      sql`, `,
    );
    const where = whereClause(filterTerms(this.#rows, this.#connection.page, wanted, this.#scope.names));
    const index = offset + (shape.size ?? 0);
    const limit = param<PlanSlot>({ id: `literal:${index}`, kind: 'literal', index }, 'pg_catalog.int8');
    const group = sql`(select ${join([...keys, ...this.#columns], sql`, `)} from ${this.#rows.toSql()}${where} group by ${join(positions, sql`, `)} order by ${sorted} limit ${limit}) as ${ident(this.#groups)}`;
    return sql`(select ${jsonArray(json, order)} from ${group}${this.#joins()})`;
  }

  #key(i: number): string {
    return `k${i + 1}`;
  }

  #groupEntry(entry: GroupEntry): JsonText {
    switch (entry.kind) {
      case 'typename':
        return [`"${entry.typeName}"`];
      case 'keys':
        return jsonObject(entry.entries.map((each) => ({ name: each.name, value: this.#keyEntry(each) })));
      case 'aggregate':
        return this.#aggregate(entry.entries);
    }
  }

  #keyEntry(entry: KeyEntry): JsonText {
    if (entry.kind === 'typename') return [`"${entry.typeName}"`];
    const { field } = entry;
    const key = ident(this.#groups, this.#key(this.#by.indexOf(field)));
    const { compared } = this.#connection.access.fields.get(field.name) ?? { compared: null };
    const nullable = compared === 'READ' || !field.column.notNull;
    return jsonForm(key, nullable, field, 0, this.#scope.context.enums);
  }

  #aggregate(entries: readonly AggregateEntry[]): JsonText {
    return jsonObject(entries.map((entry) => ({ name: entry.name, value: this.#entry(entry) })));
  }

  #entry(entry: AggregateEntry): JsonText {
    switch (entry.kind) {
      case 'typename':
        return [`"${entry.typeName}"`];
      case 'count':
        return [sql`${this.#column(countSql(sql`*`))}::pg_catalog.text`];
      case 'values':
        return jsonObject(
          entry.entries.map((each) => ({ name: each.name, value: this.#value(entry.compute, each) })),
        );
    }
  }

  #value(compute: Compute, entry: ValueEntry): JsonText {
    if (entry.kind === 'typename') return [`"${entry.typeName}"`];
    const { field, guard } = entry;
    if (guard !== null) return decimal(ident(this.#guard(guard), compute));
    const value = this.#column(computeSql(compute, this.#rows.column(field.column), field));
    if (compute === 'countDistinct') return [sql`${value}::pg_catalog.text`];
    if (compute === 'sum' || compute === 'avg') return decimal(value);
    return jsonForm(value, true, field, 0, this.#scope.context.enums);
  }

  /** A computed column of the groups. */
  #column(value: PlanSql): PlanSql {
    const name = `v${this.#columns.length + 1}`;
    this.#columns.push(sql`${value} as ${ident(name)}`);
    return ident(this.#groups, name);
  }

  /** The name of the subselect that computes over a guarded field. */
  #guard(guard: GuardedField): string {
    const { coordinate } = guard.field;
    const known = this.#guards.get(coordinate);
    if (known !== undefined) return known.name;
    const name = this.#scope.names.next('q');
    this.#guards.set(coordinate, { name, guard });
    return name;
  }

  #joins(): PlanSql {
    const { access, page } = this.#connection;
    const joins = [...this.#guards.values()].map(({ name, guard }) => {
      const same = this.#by.map((_, i) => {
        const key = this.#key(i);
        return sql`${ident(this.#groups, key)} is not distinct from ${ident(name, key)}`;
      });
      const on = same.length === 0 ? sql`true` : join(same, sql` and `);
      return sql` left join (${guardedSql(access, this.#by, guard, page, this.#scope.names)}) as ${ident(name)} on ${on}`;
    });
    return join(joins, sql``);
  }
}

/** A number of any size as text, or null. */
function decimal(value: PlanSql): JsonText {
  return orNull(sql`'"' || ${value}::pg_catalog.text || '"'`);
}

/** The JSON of `aggregate` or `groupBy`. */
export function aggregateSql(
  item: AggregateItem | GroupsItem,
  connection: Connection,
  wanted: Wanted,
  scope: StatementScope,
): JsonText {
  scope.context.onUsage(aggregateUsage(item, connection.access));
  const by = item.kind === 'groups' ? item.by : [];
  const builder = new AggregateBuilder(connection, by, wanted, scope);
  return [item.kind === 'groups' ? builder.groups(item, wanted) : builder.aggregate(item, wanted)];
}
