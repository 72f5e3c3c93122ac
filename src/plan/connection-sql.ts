import { ident, join, sql } from '../base/index.js';
import { describeOrder } from './argument-shape.js';
import { jsonArray, jsonObject, textOf, type JsonText } from './json-text.js';
import { levelJson, packRecords } from './level-json.js';
import { orderValue } from './order.js';
import { gatherSql, goesOnSql, pageSql, rowOrder, startsWithinSql, totalCountSql } from './page-sql.js';
import { PermittedRows, type PlanSql } from './permitted-rows.js';
import { packedLayout, packTuple } from './record-keys.js';
import type { ConnectionItem, EdgeItem, PageArguments, PageInfoField, Records } from './selection.js';
import type { Gathered, StatementScope, Subselect, Wanted } from './statement-scope.js';

type Connection = Extract<Records, { kind: 'connection' }>;

/**
 * A connection: its fields in response order, over the page gathered once.
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
    const json = jsonObject(items.map((item) => ({ name: item.name, value: this.#item(item) })));
    const handedUp = [
      ...this.#gathered.values.map(({ output }) => ({ output, value: ident(this.#all, output.name) })),
      ...this.#ends,
    ];
    const outputs = handedUp.map(({ output, value }) => sql`, ${value} as ${ident(output.name)}`);
    return {
      sql: sql`select ${textOf(json)} as j${join(outputs, sql``)} from (${this.#gather(page)}) as ${ident(this.#all)}`,
      outputs: handedUp.map(({ output }) => output),
    };
  }

  /** The page as one row. What asks for none of its records is one row without it: only aggregates make one of many. */
  #gather(page: PageArguments): PlanSql {
    const one = sql`select true as "gathered"`;
    if (this.#aggregates.length === 0 && this.#gathered.values.length === 0) return one;
    const source = pageSql(this.#rows, page, this.#wanted, this.#scope.names);
    return sql`${one}${join(this.#aggregates, sql``)}${gatherSql(this.#gathered, this.#order)} from ${source}${join(this.#gathered.from, sql``)}`;
  }

  #item(item: ConnectionItem): JsonText {
    switch (item.kind) {
      case 'typename':
        return [`"${item.typeName}"`];
      case 'nodes':
        return this.#array(levelJson(item.level, this.#rows, this.#gathered, this.#scope));
      case 'edges':
        return this.#array(this.#edge(item.items));
      case 'totalCount':
        return [
          sql`${totalCountSql(this.#connection.access, this.#connection.page, this.#wanted, this.#scope)}::pg_catalog.text`,
        ];
      case 'pageInfo':
        return jsonObject(item.fields.map(({ name, field }) => ({ name, value: this.#pageInfo(field) })));
    }
  }

  /** An aggregate over the page, as a column of `a`. */
  #aggregate(prefix: string, value: PlanSql): PlanSql {
    const name = this.#scope.names.next(prefix);
    this.#aggregates.push(sql`, ${value} as ${ident(name)}`);
    return ident(this.#all, name);
  }

  #array(element: JsonText): JsonText {
    return [this.#aggregate('n', jsonArray(element, this.#order))];
  }

  #edge(items: readonly EdgeItem[]): JsonText {
    if (!items.some(({ kind }) => kind === 'node')) {
      const { access } = this.#connection;
      packRecords({ access, items: [] }, { rows: this.#rows, gathered: this.#gathered, scope: this.#scope });
    }
    return jsonObject(items.map((item) => ({ name: item.name, value: this.#edgeItem(item) })));
  }

  #edgeItem(item: EdgeItem): JsonText {
    if (item.kind === 'typename') return [`"${item.typeName}"`];
    if (item.kind === 'node') return levelJson(item.level, this.#rows, this.#gathered, this.#scope);
    const { output, marker } = this.#cursorHole();
    this.#gathered.values.push({ output, value: this.#orderTuple() });
    return marker;
  }

  #pageInfo(field: PageInfoField | '__typename'): JsonText {
    const { access, page } = this.#connection;
    switch (field) {
      case '__typename':
        return ['"PageInfo"'];
      case 'hasNextPage':
      case 'hasPreviousPage': {
        // Relay's algorithms: on the side that the page is read towards there are more records or not; on the side that
        // it was read from it is asked only where a cursor says where that is.
        const ahead = (field === 'hasNextPage') !== page.shape.backward;
        const others = (ahead ? goesOnSql : startsWithinSql)(access, page, this.#wanted, this.#scope);
        const start = page.shape.backward ? page.shape.before : page.shape.after;
        return !ahead && start === null ? ['false'] : [sql`(${others})::pg_catalog.text`];
      }
      case 'startCursor':
        return this.#endCursor(sql`1`);
      case 'endCursor':
        return this.#endCursor(sql`pg_catalog.count(*)`);
    }
  }

  /** The cursor of the page's record at a position; null on an empty page. */
  #endCursor(position: PlanSql): JsonText {
    const tuple = this.#aggregate(
      'c',
      sql`(pg_catalog.array_agg(${this.#orderTuple()} order by ${this.#order}))[${position}]`,
    );
    const { output, marker } = this.#cursorHole();
    this.#ends.push({ output, value: tuple });
    return [sql`case when ${tuple} is not null then ${textOf(marker)} else 'null' end`];
  }

  #orderTuple(): PlanSql {
    return join(
      this.#connection.page.shape.order.map((term) =>
        packTuple([term.column], () => orderValue(term, this.#rows)),
      ),
      sql` || `,
    );
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
