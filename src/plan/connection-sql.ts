import { ident, join, sql } from '../base/index.js';
import { describeOrder } from './arguments.js';
import { levelSql, packRecords } from './level-sql.js';
import { gatherSql, hasNextPageSql, pageSql, rowOrder, totalCountSql } from './page-sql.js';
import { PermittedRows, textConstant, type PlanSql } from './permitted-rows.js';
import { packedLayout, packTuple } from './record-keys.js';
import type { ConnectionItem, EdgeItem, PageArguments, PageInfoField, Records } from './selection.js';
import type { Gathered, StatementScope, Subselect, Wanted } from './statement-scope.js';

type Connection = Extract<Records, { kind: 'connection' }>;

/**
 * A connection: `select j from (page, gathered once) as a cross join lateral (its fields in response order) as w`.
 * Counts and page info are subselects of their own, so that a document that does not ask for them does not pay.
 */
class ConnectionBuilder {
  readonly #connection: Connection;
  readonly #wanted: Wanted;
  readonly #scope: StatementScope;
  readonly #rows: PermittedRows;
  readonly #order: PlanSql;
  readonly #gathered: Gathered = { from: [], values: [] };
  /** Values at the ends of the page, taken from `a` rather than gathered over its rows. */
  readonly #ends: Gathered['values'] = [];
  readonly #aggregates: PlanSql[] = [];
  readonly #all: string;

  constructor(connection: Connection, wanted: Wanted, scope: StatementScope) {
    this.#connection = connection;
    this.#wanted = wanted;
    this.#scope = scope;
    this.#rows = new PermittedRows(connection.access, scope.names, wanted.above);
    this.#order = rowOrder(connection.page.shape.order, wanted.matching, this.#rows);
    this.#all = scope.names.next('a');
  }

  build(): Subselect {
    const { items, page } = this.#connection;
    const columns = join(
      items.map((item) => sql`${this.#item(item)} as ${ident(item.name)}`),
      sql`, `,
    );
    const whole = this.#scope.names.next('w');
    const handedUp = [
      ...this.#gathered.values.map(({ output }) => ({ output, value: ident(this.#all, output.name) })),
      ...this.#ends,
    ];
    const outputs = handedUp.map(({ output, value }) => sql`, ${value} as ${ident(output.name)}`);
    return {
      sql: sql`select pg_catalog.row_to_json(${ident(whole)}) as j${join(outputs, sql``)} from (${this.#gather(page)}) as ${ident(this.#all)} cross join lateral (select ${columns}) as ${ident(whole)}`,
      outputs: handedUp.map(({ output }) => output),
    };
  }

  /** The page as one row. What asks for none of its records is one row without it: only aggregates make one of many. */
  #gather(page: PageArguments): PlanSql {
    const one = sql`select true as "gathered"`;
    if (this.#aggregates.length === 0 && this.#gathered.values.length === 0) return one;
    const source = pageSql(this.#rows, page, this.#wanted, this.#order);
    return sql`${one}${join(this.#aggregates, sql``)}${gatherSql(this.#gathered, this.#order)} from ${source}${join(this.#gathered.from, sql``)}`;
  }

  #item(item: ConnectionItem): PlanSql {
    switch (item.kind) {
      case 'typename':
        return textConstant(item.typeName);
      case 'nodes':
        return this.#array(levelSql(item.level, this.#rows, this.#gathered, this.#scope));
      case 'edges':
        return this.#array(this.#edgeRow(item.items));
      case 'totalCount':
        return totalCountSql(this.#connection.access, this.#connection.page, this.#wanted, this.#scope);
      case 'pageInfo':
        return this.#pageInfo(item.fields);
    }
  }

  /** An aggregate over the page, as a column of `a`. */
  #aggregate(prefix: string, value: PlanSql): PlanSql {
    const name = this.#scope.names.next(prefix);
    this.#aggregates.push(sql`, ${value} as ${ident(name)}`);
    return ident(this.#all, name);
  }

  #array(row: string): PlanSql {
    return sql`coalesce(${this.#aggregate('n', sql`pg_catalog.json_agg(${ident(row)} order by ${this.#order})`)}, '[]'::pg_catalog.json)`;
  }

  #edgeRow(items: readonly EdgeItem[]): string {
    if (!items.some(({ kind }) => kind === 'node')) {
      const { access } = this.#connection;
      packRecords({ access, items: [] }, { rows: this.#rows, gathered: this.#gathered, scope: this.#scope });
    }
    const columns = items.map((item) => sql`${this.#edgeItem(item)} as ${ident(item.name)}`);
    const name = this.#scope.names.next('e');
    this.#gathered.from.push(sql` cross join lateral (select ${join(columns, sql`, `)}) as ${ident(name)}`);
    return name;
  }

  #edgeItem(item: EdgeItem): PlanSql {
    if (item.kind === 'typename') return textConstant(item.typeName);
    if (item.kind === 'node') return ident(levelSql(item.level, this.#rows, this.#gathered, this.#scope));
    const { output, marker } = this.#cursorHole();
    this.#gathered.values.push({ output, value: this.#orderTuple() });
    return marker;
  }

  #pageInfo(
    fields: readonly { readonly name: string; readonly field: PageInfoField | '__typename' }[],
  ): PlanSql {
    const columns = fields.map(({ name, field }) => sql`${this.#pageInfoField(field)} as ${ident(name)}`);
    const row = this.#scope.names.next('i');
    return sql`(select pg_catalog.row_to_json(${ident(row)}) from (select ${join(columns, sql`, `)}) as ${ident(row)})`;
  }

  #pageInfoField(field: PageInfoField | '__typename'): PlanSql {
    const { access, page } = this.#connection;
    switch (field) {
      case '__typename':
        return textConstant('PageInfo');
      case 'hasNextPage':
        return hasNextPageSql(access, page, this.#wanted, this.#scope);
      case 'hasPreviousPage':
        // A cursor names a record that was given, and that record precedes the page.
        return page.shape.after === null ? sql`false` : sql`true`;
      case 'startCursor':
        return this.#endCursor(sql`1`);
      case 'endCursor':
        return this.#endCursor(sql`pg_catalog.count(*)`);
    }
  }

  /** The cursor of the page's record at a position; null on an empty page. */
  #endCursor(position: PlanSql): PlanSql {
    const tuple = this.#aggregate(
      'c',
      sql`(pg_catalog.array_agg(${this.#orderTuple()} order by ${this.#order}))[${position}]`,
    );
    const { output, marker } = this.#cursorHole();
    this.#ends.push({ output, value: tuple });
    return sql`case when ${tuple} is not null then ${marker} end`;
  }

  #orderTuple(): PlanSql {
    return packTuple(this.#orderColumns(), (column) => this.#rows.column(column));
  }

  #cursorHole() {
    const { field, page } = this.#connection;
    const place = this.#scope.context.cursorPlace(field, describeOrder(page.shape.order));
    return this.#scope.hole({ kind: 'cursor', layout: packedLayout(this.#orderColumns()), place });
  }

  #orderColumns() {
    return this.#connection.page.shape.order.map(({ column }) => column);
  }
}

/** `select j, outputs …` of one connection. */
export function connectionSql(connection: Connection, wanted: Wanted, scope: StatementScope): Subselect {
  return new ConnectionBuilder(connection, wanted, scope).build();
}
