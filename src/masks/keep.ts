import { constant, ident, join, sql, type Slot, type Sql } from '../base/index.js';
import { keptBy, type Kept } from './json-path.js';
import { readJsonb, type JsonbNode } from './jsonb-text.js';
import { outsideFamily } from './kinds.js';
import type { Mask, MaskSpec } from './mask.js';

/** What a document, or no document, looks like of which nothing is kept. */
const NOTHING = '{}';

type Parts = Extract<Kept, { readonly kind: 'parts' }>;

/** What is kept of an expression; null where nothing is. Each function here takes every `jsonb`, of whatever form. */
function prunedSql<S extends Slot>(value: Sql<S>, kept: Kept, depth: number): Sql<S> {
  if (kept.kind === 'whole') return value;
  const members = kept.members.size === 0 ? null : membersSql(value, kept, depth);
  const elements = kept.elements === null ? null : elementsSql(value, kept.elements, depth);
  if (members !== null && elements !== null) return sql<S>`COALESCE(${members}, ${elements})`;
  return members ?? elements ?? sql`NULL`;
}

/** A name for the subselect of a level, which no column or table behind the value has. */
const level = (depth: number): Sql<never> => ident(`kept ${depth}`);

function membersSql<S extends Slot>(value: Sql<S>, { members }: Parts, depth: number): Sql<S> {
  const rows = [...members].map(([name, kept]) => {
    // Of what is no object, and of an object without it, the member is null.
    const member = sql<S>`(${value} OPERATOR(pg_catalog.->) ${constant(name)}::pg_catalog.text)`;
    return sql<S>`(${constant(name)}::pg_catalog.text, ${prunedSql(member, kept, depth + 1)})`;
  });
  return sql<S>`(SELECT pg_catalog.jsonb_object_agg(${level(depth)}.name, ${level(depth)}.part) FROM (VALUES ${join(rows, sql`, `)}) AS ${level(depth)} (name, part) WHERE ${level(depth)}.part IS NOT NULL)`;
}

function elementsSql<S extends Slot>(value: Sql<S>, kept: Kept, depth: number): Sql<S> {
  const outer = level(depth);
  const inner = level(depth + 1);
  // The elements of what is no array are none; asked for them, PostgreSQL would raise.
  const array = sql<S>`CASE WHEN pg_catalog.jsonb_typeof(${value}) = 'array' THEN ${value} ELSE '[]' END`;
  const part = prunedSql<S>(sql`${inner}.element`, kept, depth + 2);
  return sql<S>`(SELECT pg_catalog.jsonb_agg(${outer}.part ORDER BY ${outer}.place) FROM (SELECT ${part} AS part, ${inner}.place FROM pg_catalog.jsonb_array_elements(${array}) WITH ORDINALITY AS ${inner} (element, place)) AS ${outer} WHERE ${outer}.part IS NOT NULL)`;
}

/** The reference of `prunedSql`. */
function prunedText(node: JsonbNode, kept: Kept): string | null {
  if (kept.kind === 'whole') return node.text;
  const members = (node.members ?? []).flatMap(([name, value]) => {
    const inner = kept.members.get(name);
    const text = inner === undefined ? null : prunedText(value, inner);
    return text === null ? [] : [`${JSON.stringify(name)}: ${text}`];
  });
  if (members.length > 0) return `{${members.join(', ')}}`;
  const { elements: inner } = kept;
  if (inner === null) return null;
  const elements = (node.elements ?? []).flatMap((element) => prunedText(element, inner) ?? []);
  return elements.length > 0 ? `[${elements.join(', ')}]` : null;
}

function keptOf({ paths }: Extract<MaskSpec, { readonly name: 'keep' }>): Kept {
  const kept = keptBy(paths);
  if (kept === null) throw new Error('paths that were parsed');
  return kept;
}

/**
 * The listed paths of a document and no trace of any other: an object or array of which nothing is kept is left out,
 * and so is an element. A document with nothing on these paths, one that is no object or array, and null look like `{}`.
 * It fits `jsonb` alone: what a `json` holds may not be dereferenced nor cast without raising (`\u0000`, `1e999999`).
 */
export const keep: Mask<Extract<MaskSpec, { readonly name: 'keep' }>> = {
  name: 'keep',
  unfit: (_spec, { type }) =>
    type.kind === 'json'
      ? `keep masks jsonb, and this column is ${type.display}, which may hold what PostgreSQL cannot look into; alter the column to jsonb, or use constant or nullify.`
      : outsideFamily('keep', 'json', type),
  nullable: () => false,
  toSql: (spec, _target, { value }) => {
    const document = sql`(${value})::pg_catalog.jsonb`;
    return sql`COALESCE(${prunedSql(document, keptOf(spec), 1)}, ${constant(NOTHING)}::pg_catalog.jsonb)`;
  },
  reference: (spec, _target, { value }) =>
    value === null ? NOTHING : (prunedText(readJsonb(value), keptOf(spec)) ?? NOTHING),
};
