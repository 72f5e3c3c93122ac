import { ident, join, param, render, sha256, sql } from '../base/index.js';
import type { Column } from '../catalog/index.js';
import type { RelationField } from '../model/index.js';
import type { OrderTerm } from './argument-shape.js';
import { connectionSql } from './connection-sql.js';
import { usageDescriptors } from './disclosures.js';
import { jsonArray, textOf } from './json-text.js';
import { levelJson } from './level-json.js';
import { orderSql } from './order.js';
import { gatherSql, pageSql, rowOrder, wantedTerms } from './page-sql.js';
import { PermittedRows, type PlanSql } from './permitted-rows.js';
import type { PlanSlot, Statement } from './plan.js';
import type { Records } from './selection.js';
import {
  StatementScope,
  type Gathered,
  type StatementContext,
  type Subselect,
  type Wanted,
} from './statement-scope.js';
import { literal, whereClause } from './where.js';

/** Records that no row above is joined to in their statement. */
const alone: Wanted = { matching: [], above: null, linked: null, byKey: false, condition: null };

const builders = { records: recordsSql, batch: buildBatch };

/** The statement of a root field: one row. */
export function buildRoot(records: Records, context: StatementContext): Statement {
  const scope = new StatementScope(context, builders);
  const inner = recordsSql(records, { ...alone, byKey: true }, scope);
  return finish(sql`select ${outputColumns(inner, scope)} from (${inner.sql}) as s`, records, scope);
}

/** The statement that fetches a relation from another source for many rows: one row for each tuple of join keys, in their order. */
function buildBatch(field: RelationField, records: Records, context: StatementContext): Statement {
  const scope = new StatementScope(context, builders);
  const column = (i: number) => `c${i}`;
  const matching = field.to.map((to, i) => ({ column: to, value: ident('k', column(i)) }));
  const inner = recordsSql(records, { ...alone, matching }, scope);
  const keys = field.to.map((to, i) =>
    param<PlanSlot>({ id: `join:${i}`, kind: 'join', index: i }, `${to.type.cast}[]`),
  );
  const names = [...field.to.map((_, i) => ident(column(i))), ident('n')];
  const text = sql`select ${outputColumns(inner, scope)} from unnest(${join(keys, sql`, `)}) with ordinality as k(${join(names, sql`, `)}) left join lateral (${inner.sql}) as s on true order by ${ident('k', 'n')}`;
  return finish(text, records, scope);
}

/** `select j, outputs …` of the wanted records. */
function recordsSql(records: Records, wanted: Wanted, scope: StatementScope): Subselect {
  const counts = records.kind === 'connection' && records.items.some(({ kind }) => kind === 'totalCount');
  for (const usage of usageDescriptors(records.access, records.page, counts)) scope.context.onUsage(usage);
  switch (records.kind) {
    case 'record':
      return recordSql(records, wanted, scope);
    case 'list':
      return listSql(records, wanted, scope);
    case 'connection':
      return connectionSql(records, wanted, scope);
  }
}

function recordSql(
  { access, level, page }: Extract<Records, { kind: 'record' }>,
  wanted: Wanted,
  scope: StatementScope,
): Subselect {
  const { key } = access.type;
  const rows = new PermittedRows(access, scope.names, wanted.above);
  const gathered: Gathered = { from: [], values: [] };
  const json = levelJson(level, rows, gathered, scope);
  const asked =
    wanted.byKey && page !== null
      ? key.map((column, i) => ({ column, value: literal(page.offset + (page.shape.key[i] ?? 0), column) }))
      : [];
  const matching = [...wanted.matching, ...asked];
  const where = whereClause(wantedTerms({ ...wanted, matching }, rows));
  // A join that does not name the whole key may match several rows: the first by key stands for them.
  const unique = key.every((column) => matching.some((each) => each.column.name === column.name));
  const one = unique ? sql`` : sql` order by ${orderSql(key.map(ascending), rows)} limit 1`;
  const outputs = gathered.values.map(({ output, value }) => sql`, ${value} as ${ident(output.name)}`);
  return {
    sql: sql`select ${textOf(json)} as j${join(outputs, sql``)} from ${rows.toSql()}${join(gathered.from, sql``)}${where}${one}`,
    outputs: gathered.values.map(({ output }) => output),
  };
}

function listSql(
  { access, level, page }: Extract<Records, { kind: 'list' }>,
  wanted: Wanted,
  scope: StatementScope,
): Subselect {
  const rows = new PermittedRows(access, scope.names, wanted.above);
  const gathered: Gathered = { from: [], values: [] };
  const json = levelJson(level, rows, gathered, scope);
  const order = rowOrder(page.shape.order, wanted.matching, rows);
  const source = pageSql(rows, page, wanted, scope.names);
  return {
    sql: sql`select ${jsonArray(json, order)} as j${gatherSql(gathered, order)} from ${source}${join(gathered.from, sql``)}`,
    outputs: gathered.values.map(({ output }) => output),
  };
}

const ascending = (column: Column): OrderTerm => ({ column, field: null, direction: 'ASC', through: [] });

/** `body, packs …, holes …`, each in its position. */
function outputColumns({ outputs }: Subselect, scope: StatementScope): PlanSql {
  const handedUp = new Set(outputs.map(({ name }) => name));
  if (scope.outputs.some(({ name }) => !handedUp.has(name))) throw new Error('a subselect lost an output');
  return join([ident('s', 'j'), ...scope.outputs.map(({ name }) => ident('s', name))], sql`, `);
}

function finish(text: PlanSql, { access }: Records, { packs, holes }: StatementScope): Statement {
  const rendered = render(text);
  return Object.freeze({
    source: access.type.source,
    ...rendered,
    name: sha256(rendered.text).toString('hex').slice(0, 32),
    packs,
    holes,
  });
}
