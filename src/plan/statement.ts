import { createHash } from 'node:crypto';
import { ident, join, param, render, sql } from '../base/index.js';
import type { Column } from '../catalog/index.js';
import type { Descriptor } from '../ledger/index.js';
import type { EnumModel, RelationField } from '../model/index.js';
import type { TypeAccess } from '../view/index.js';
import { describeOrder, type OrderTerm } from './arguments.js';
import type { Collected } from './collect.js';
import { levelDisclosures, sentDescriptor, usageDescriptor, type LevelDisclosure } from './disclosures.js';
import { columnJson } from './json-value.js';
import { behindCursor, orderSql } from './order.js';
import { Names, PermittedRows, textConstant, type PlanSql } from './permitted-rows.js';
import type { Hole, Pack, PlanSlot, Statement } from './plan.js';
import { packedLayout, packTuple } from './record-keys.js';
import type { ConnectionItem, EdgeItem, Level, LevelItem, PageArguments, Records } from './selection.js';
import { literal, whereClause, whereSql } from './where.js';

/** What a statement is made from besides the selection. */
export interface StatementContext {
  readonly access: ReadonlyMap<string, TypeAccess>;
  readonly enums: ReadonlyMap<string, EnumModel>;
  /** Identity of a place that hands out cursors: operation, field and order. */
  readonly cursorPlace: (field: Collected, order: string) => Buffer;
  /** Takes what filters, orders and counts used. */
  readonly onUsage: (descriptor: Descriptor) => void;
}

/** A column that a subselect hands to the level above, where it is gathered over the rows. */
interface Output {
  readonly name: string;
  /** For a pack: its place among the statement's packs; for a hole: among its holes. */
  readonly kind: 'pack' | 'hole';
  readonly position: number;
}

/** `json` is the name of the column that holds the value; `outputs` stand beside it. */
interface Subselect {
  readonly sql: PlanSql;
  readonly outputs: readonly Output[];
}

/** Columns of a row-level FROM clause: laterals to append, and bytea values to gather. */
interface Gathered {
  readonly from: PlanSql[];
  readonly values: { readonly output: Output; readonly value: PlanSql }[];
}

type Join = readonly { readonly column: Column; readonly value: PlanSql }[];

/** Builds one statement; nested relations of the same source are lateral subselects of it. */
class StatementBuilder {
  readonly packs: Pack[] = [];
  readonly holes: Hole[] = [];
  readonly #context: StatementContext;
  readonly #names = new Names();

  constructor(context: StatementContext) {
    this.#context = context;
  }

  /** `select j, outputs …` for the records that match the join, or all. */
  records(records: Records, matching: Join, byKey: boolean, condition: ConditionOn | null): Subselect {
    const usage = usageDescriptor(
      records.access,
      records.page,
      records.kind === 'connection' && records.items.some((item) => item.kind === 'totalCount'),
    );
    if (usage !== null) this.#context.onUsage(usage);
    switch (records.kind) {
      case 'record':
        return this.#record(records, matching, byKey, condition);
      case 'list':
        return this.#list(records, matching, condition);
      case 'connection':
        return this.#connection(records, matching, condition);
    }
  }

  #record(
    { access, level, page }: Extract<Records, { kind: 'record' }>,
    matching: Join,
    byKey: boolean,
    condition: ConditionOn | null,
  ): Subselect {
    const rows = new PermittedRows(access, this.#names);
    const gathered: Gathered = { from: [], values: [] };
    const row = this.#level(level, rows, gathered);
    const keys =
      byKey && page !== null
        ? access.type.key.map((column, i) => ({
            column,
            value: literal(page.offset + (page.shape.key[i] ?? 0), column),
          }))
        : [];
    const where = whereClause([...conditionTerms(condition), ...joinTerms([...matching, ...keys], rows)]);
    // A join that does not name the whole key may match several rows: the first by key stands for them.
    const unique =
      byKey || access.type.key.every((column) => matching.some((each) => each.column.name === column.name));
    const one = unique ? sql`` : sql` order by ${orderSql(access.type.key.map(byKeyTerm), rows)} limit 1`;
    const outputs = gathered.values.map(({ output, value }) => sql`, ${value} as ${ident(output.name)}`);
    return {
      sql: sql`select pg_catalog.row_to_json(${ident(row)}) as j${join(outputs, sql``)} from ${rows.toSql()}${join(gathered.from, sql``)}${where}${one}`,
      outputs: gathered.values.map(({ output }) => output),
    };
  }

  #list(
    { access, level, page }: Extract<Records, { kind: 'list' }>,
    matching: Join,
    condition: ConditionOn | null,
  ): Subselect {
    const rows = new PermittedRows(access, this.#names);
    const gathered: Gathered = { from: [], values: [] };
    const row = this.#level(level, rows, gathered);
    const order = this.#rowOrder(page.shape.order, matching, rows);
    const source = this.#page(rows, page, matching, condition, order);
    return {
      sql: sql`select coalesce(pg_catalog.json_agg(${ident(row)} order by ${order}), '[]'::pg_catalog.json) as j${this.#aggregates(gathered, order)} from ${source}${join(gathered.from, sql``)}`,
      outputs: gathered.values.map(({ output }) => output),
    };
  }

  /** Rows are gathered once in `a`; `w` holds the connection's fields in response order. */
  #connection(
    records: Extract<Records, { kind: 'connection' }>,
    matching: Join,
    condition: ConditionOn | null,
  ): Subselect {
    const { access, items, page, field } = records;
    const rows = new PermittedRows(access, this.#names);
    const gathered: Gathered = { from: [], values: [] };
    const order = this.#rowOrder(page.shape.order, matching, rows);
    const inner: PlanSql[] = [];
    const gather = (name: string, value: PlanSql) => inner.push(sql`, ${value} as ${ident(name)}`);
    const cursor = () =>
      packTuple(
        page.shape.order.map((term) => term.column),
        (column) => rows.column(column),
      );
    const place = () => this.#context.cursorPlace(field, describeOrder(page.shape.order));
    const layout = packedLayout(page.shape.order.map((term) => term.column));
    const all = this.#names.next('a');

    const arrayOf = (row: string) => {
      const name = this.#names.next('n');
      gather(name, sql`pg_catalog.json_agg(${ident(row)} order by ${order})`);
      return sql`coalesce(${ident(all, name)}, '[]'::pg_catalog.json)`;
    };
    /** A cursor of the first or the last row; null on an empty page. */
    const endOfPage = (end: 'first' | 'last') => {
      const name = this.#names.next('c');
      const at = end === 'first' ? sql`1` : sql`pg_catalog.count(*)`;
      gather(name, sql`(pg_catalog.array_agg(${cursor()} order by ${order}))[${at}]`);
      const output = this.#hole({ kind: 'cursor', layout, place: place() });
      ends.push({ output, value: ident(all, name) });
      return sql`case when ${ident(all, name)} is not null then ${this.#marker(output)} end`;
    };
    const ends: Gathered['values'] = [];
    const edge = (item: EdgeItem): PlanSql => {
      if (item.kind === 'typename') return sql`${textConstant(item.typeName)} as ${ident(item.name)}`;
      if (item.kind === 'node')
        return sql`${ident(this.#level(item.level, rows, gathered))} as ${ident(item.name)}`;
      const output = this.#hole({ kind: 'cursor', layout, place: place() });
      gathered.values.push({ output, value: cursor() });
      return sql`${this.#marker(output)} as ${ident(item.name)}`;
    };
    const value = (item: ConnectionItem): PlanSql => {
      switch (item.kind) {
        case 'typename':
          return textConstant(item.typeName);
        case 'nodes':
          return arrayOf(this.#level(item.level, rows, gathered));
        case 'edges': {
          const row = this.#names.next('e');
          const columns = item.items.map(edge);
          gathered.from.push(sql` cross join lateral (select ${join(columns, sql`, `)}) as ${ident(row)}`);
          return arrayOf(row);
        }
        case 'totalCount':
          return this.#totalCount(access, page, matching, condition);
        case 'pageInfo': {
          const fields = item.fields.map(({ name, field: each }) => {
            const column =
              each === 'hasNextPage'
                ? this.#hasNextPage(access, page, matching, condition)
                : each === 'hasPreviousPage'
                  ? page.shape.after === null
                    ? sql`false`
                    : sql`true`
                  : each === '__typename'
                    ? textConstant('PageInfo')
                    : endOfPage(each === 'startCursor' ? 'first' : 'last');
            return sql`${column} as ${ident(name)}`;
          });
          const info = this.#names.next('i');
          return sql`(select pg_catalog.row_to_json(${ident(info)}) from (select ${join(fields, sql`, `)}) as ${ident(info)})`;
        }
      }
    };

    const columns = join(
      items.map((item) => sql`${value(item)} as ${ident(item.name)}`),
      sql`, `,
    );
    const source = this.#page(rows, page, matching, condition, order);
    const whole = this.#names.next('w');
    const aggregated = gathered.values.map(({ output }) => sql`, ${ident(all, output.name)}`);
    const atEnds = ends.map(({ output, value: end }) => sql`, ${end} as ${ident(output.name)}`);
    return {
      sql: sql`select pg_catalog.row_to_json(${ident(whole)}) as j${join([...aggregated, ...atEnds], sql``)} from (select true as "every"${join(inner, sql``)}${this.#aggregates(gathered, order)} from ${source}${join(gathered.from, sql``)}) as ${ident(all)} cross join lateral (select ${columns}) as ${ident(whole)}`,
      outputs: [...gathered.values, ...ends].map(({ output }) => output),
    };
  }

  /** Sorted by the order asked for, less the columns that the join has fixed. */
  #rowOrder(order: readonly OrderTerm[], matching: Join, rows: PermittedRows): PlanSql {
    const free = order.filter(({ column }) => !matching.some((each) => each.column.name === column.name));
    return orderSql(free.length === 0 ? order : free, rows);
  }

  /** One page of the permitted rows; masks and nested records are computed above it. */
  #page(
    rows: PermittedRows,
    { shape, offset }: PageArguments,
    matching: Join,
    condition: ConditionOn | null,
    order: PlanSql,
  ): PlanSql {
    const where = this.#filter(rows, { shape, offset }, matching, condition);
    if (shape.after !== null)
      where.push(
        behindCursor(
          shape.order,
          shape.after.map((at) => (at === null ? null : at + offset)),
          rows,
        ),
      );
    const clause = whereClause(where);
    return sql`(select ${ident(rows.alias)}.* from ${rows.toSql()}${clause} order by ${order} limit ${pageSize(shape, offset)}) as ${ident(rows.alias)}`;
  }

  #filter(
    rows: PermittedRows,
    { shape, offset }: PageArguments,
    matching: Join,
    condition: ConditionOn | null,
  ): PlanSql[] {
    const where = [...conditionTerms(condition), ...joinTerms(matching, rows)];
    if (shape.where !== null) where.push(whereSql(shape.where, rows, offset));
    return where;
  }

  #totalCount(
    access: TypeAccess,
    page: PageArguments,
    matching: Join,
    condition: ConditionOn | null,
  ): PlanSql {
    const rows = new PermittedRows(access, this.#names);
    const where = whereClause(this.#filter(rows, page, matching, condition));
    return sql`(select least(pg_catalog.count(*), 2147483647)::pg_catalog.int4 from ${rows.toSql()}${where})`;
  }

  #hasNextPage(
    access: TypeAccess,
    page: PageArguments,
    matching: Join,
    condition: ConditionOn | null,
  ): PlanSql {
    const { shape, offset } = page;
    const rows = new PermittedRows(access, this.#names);
    const where = this.#filter(rows, page, matching, condition);
    if (shape.after !== null)
      where.push(
        behindCursor(
          shape.order,
          shape.after.map((at) => (at === null ? null : at + offset)),
          rows,
        ),
      );
    const order = this.#rowOrder(shape.order, matching, rows);
    return sql`exists (select from ${rows.toSql()}${whereClause(where)} order by ${order} offset ${pageSize(shape, offset)} limit 1)`;
  }

  /** Gathers what the rows hand up, in the rows' order: tuples stay beside the JSON they belong to. */
  #aggregates({ values }: Gathered, order: PlanSql): PlanSql {
    return join(
      values.map(
        ({ output, value }) =>
          sql`, pg_catalog.string_agg(${value}, ''::pg_catalog.bytea order by ${order}) as ${ident(output.name)}`,
      ),
      sql``,
    );
  }

  /** The row of a level: adds its laterals and packs, and returns the row's name. */
  #level(level: Level, rows: PermittedRows, gathered: Gathered): string {
    for (const { descriptor, when } of levelDisclosures(level)) {
      const output = this.#output('pack', this.packs.push({ descriptor }) - 1);
      gathered.values.push({
        output,
        value: whenHolds(
          packTuple(level.access.type.key, (column) => rows.column(column)),
          when,
          rows,
        ),
      });
    }
    const columns = level.items.map(
      (item) => sql`${this.#item(item, level, rows, gathered)} as ${ident(item.name)}`,
    );
    const name = this.#names.next('r');
    gathered.from.push(sql` cross join lateral (select ${join(columns, sql`, `)}) as ${ident(name)}`);
    return name;
  }

  #item(item: LevelItem, { access }: Level, rows: PermittedRows, gathered: Gathered): PlanSql {
    if (item.kind === 'typename') return textConstant(item.typeName);
    if (item.kind === 'column')
      return columnJson(item.field, item.cell, access.type, rows, this.#context.enums);
    if (item.cell.kind === 'DENIED' || item.cell.kind === 'MASKED') return sql`null::pg_catalog.text`;
    const condition = item.cell.kind === 'BY_ROW' ? rows.condition(item.cell.clear) : null;
    const value = item.field.crossSource
      ? this.#crossSource(item.field, item.records, condition, rows, gathered)
      : this.#sameSource(item.field, item.records, condition, rows, gathered);
    return condition === null ? value : sql`case when ${condition} then ${value} end`;
  }

  #sameSource(
    field: RelationField,
    records: Records,
    condition: PlanSql | null,
    rows: PermittedRows,
    gathered: Gathered,
  ): PlanSql {
    const matching = field.to.map((column, i) => ({ column, value: rows.column(at(field.from, i)) }));
    const name = this.#names.next('l');
    const inner = this.records(records, matching, false, condition === null ? null : { holds: condition });
    gathered.from.push(sql` left join lateral (${inner.sql}) as ${ident(name)} on true`);
    for (const output of inner.outputs) gathered.values.push({ output, value: ident(name, output.name) });
    return ident(name, 'j');
  }

  #crossSource(
    field: RelationField,
    records: Records,
    condition: PlanSql | null,
    rows: PermittedRows,
    gathered: Gathered,
  ): PlanSql {
    const layout = packedLayout(field.from);
    const batch = buildBatch(field, records, this.#context);
    const sent = sentDescriptor(records.access, field);
    const output = this.#hole({ kind: 'relation', coordinate: field.coordinate, layout, batch, sent });
    const inputs = packTuple(field.from, (column) => rows.column(column));
    gathered.values.push({
      output,
      value: condition === null ? inputs : sql`case when ${condition} then ${inputs} end`,
    });
    return this.#marker(output);
  }

  #hole(hole: Hole): Output {
    return this.#output('hole', this.holes.push(hole) - 1);
  }

  #output(kind: Output['kind'], position: number): Output {
    return { name: `${kind} ${position}`, kind, position };
  }

  /** What stands in the JSON until the gateway fills it in. The nonce is new each time, so no data can forge it. */
  #marker({ position }: Output): PlanSql {
    const slot: PlanSlot = { id: 'nonce', kind: 'nonce' };
    return sql`(${param(slot, 'pg_catalog.text')} || ${textConstant(String(position))})`;
  }
}

interface ConditionOn {
  readonly holds: PlanSql;
}

const conditionTerms = (condition: ConditionOn | null): PlanSql[] =>
  condition === null ? [] : [condition.holds];
const joinTerms = (matching: Join, rows: PermittedRows): PlanSql[] =>
  matching.map(({ column, value }) => sql`${rows.column(column)} = ${value}`);
const byKeyTerm = (column: Column): OrderTerm => ({ column, field: null, direction: 'ASC' });

function pageSize({ first }: PageArguments['shape'], offset: number): PlanSql {
  if (first === null) throw new Error('a page without a size');
  return param<PlanSlot>(
    { id: `literal:${offset + first}`, kind: 'literal', index: offset + first },
    'pg_catalog.int8',
  );
}

function at(columns: readonly Column[], i: number): Column {
  const column = columns[i];
  if (column === undefined) throw new Error('join columns come in pairs');
  return column;
}

/** The keys of rows for which a condition of a disclosure holds. */
function whenHolds(keys: PlanSql, when: LevelDisclosure['when'], rows: PermittedRows): PlanSql {
  if (when === null) return keys;
  if (when.masked === null) return sql`case when ${rows.condition(when.clear)} then ${keys} end`;
  const clear = when.clear.length === 0 ? sql`` : sql` when ${rows.condition(when.clear)} then null`;
  return sql`case${clear} when ${rows.condition(when.masked)} then ${keys} end`;
}

function finish(text: PlanSql, source: string, builder: StatementBuilder): Statement {
  const rendered = render(text);
  const name = createHash('sha256').update(rendered.text).digest('hex').slice(0, 32);
  return Object.freeze({ source, ...rendered, name, packs: builder.packs, holes: builder.holes });
}

/** `body, packs …, holes …` from a subselect, each in its position. */
function outputColumns(name: string, { outputs }: Subselect, builder: StatementBuilder): PlanSql {
  const ordered = [...builder.packs.map((_, i) => `pack ${i}`), ...builder.holes.map((_, i) => `hole ${i}`)];
  const present = new Set(outputs.map((output) => output.name));
  if (ordered.some((each) => !present.has(each))) throw new Error('a subselect lost an output');
  return join(
    [sql`${ident(name, 'j')}::pg_catalog.text`, ...ordered.map((each) => ident(name, each))],
    sql`, `,
  );
}

/** The statement of a root field. */
export function buildRoot(records: Records, context: StatementContext): Statement {
  const builder = new StatementBuilder(context);
  const inner = builder.records(records, [], true, null);
  return finish(
    sql`select ${outputColumns('s', inner, builder)} from (${inner.sql}) as s`,
    records.access.type.source,
    builder,
  );
}

/** The statement that fetches a relation from another source for many rows at once: one row for each tuple of join keys, in their order. */
function buildBatch(field: RelationField, records: Records, context: StatementContext): Statement {
  const builder = new StatementBuilder(context);
  const matching = field.to.map((column, i) => ({ column, value: ident('k', `c${i}`) }));
  const inner = builder.records(records, matching, false, null);
  const keys = join(
    field.to.map((column, i) =>
      param<PlanSlot>({ id: `join:${i}`, kind: 'join', index: i }, `${column.type.cast}[]`),
    ),
    sql`, `,
  );
  const names = join([...field.to.map((_, i) => ident(`c${i}`)), ident('n')], sql`, `);
  const text = sql`select ${outputColumns('s', inner, builder)} from unnest(${keys}) with ordinality as k(${names}) left join lateral (${inner.sql}) as s on true order by ${ident('k', 'n')}`;
  return finish(text, records.access.type.source, builder);
}
