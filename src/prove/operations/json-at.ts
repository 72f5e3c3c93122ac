import { Kind, type ValueNode } from 'graphql';
import type { Comparands } from '../twins/comparands.js';
import { listNode, objectNode, textNode } from './nodes.js';
import type { Random } from '../data/random.js';

type Json = null | boolean | number | string | readonly Json[] | { readonly [name: string]: Json };

const deepest = 3;

function parsed(text: string): readonly Json[] {
  try {
    return [JSON.parse(text) as Json];
  } catch {
    return [];
  }
}

/** Steps into a document, as a caller writes them, and what is there; now and then a step that leads nowhere. */
function walk(document: Json, random: Random): { readonly path: readonly string[]; readonly value: Json } {
  const path: string[] = [];
  let value = document;
  while (path.length < deepest && typeof value === 'object' && value !== null && random.chance(0.85)) {
    const names: readonly string[] = Object.keys(value);
    if (names.length === 0) break;
    const name = random.pick(names);
    // The last of a list is also the first from behind.
    path.push(Array.isArray(value) && random.chance(0.2) ? String(Number(name) - names.length) : name);
    value = (value as Readonly<Record<string, Json>>)[name] ?? null;
  }
  return random.chance(0.1) ? { path: [...path, 'nowhere'], value } : { path, value };
}

/** A value of JSON as a literal; what GraphQL has no names for is written as null. */
function jsonNode(value: Json): ValueNode {
  if (value === null) return { kind: Kind.NULL };
  if (typeof value === 'string') return textNode(value.toWellFormed());
  if (typeof value === 'boolean') return { kind: Kind.BOOLEAN, value };
  if (typeof value === 'number') {
    if (!Number.isFinite(value)) return { kind: Kind.NULL };
    return Number.isSafeInteger(value)
      ? { kind: Kind.INT, value: String(value) }
      : { kind: Kind.FLOAT, value: String(value) };
  }
  if (Array.isArray(value)) return listNode((value as readonly Json[]).map(jsonNode));
  const entries = Object.entries(value as Readonly<Record<string, Json>>);
  if (entries.some(([name]) => !/^[A-Za-z_]\w*$/.test(name))) return { kind: Kind.NULL };
  return objectNode(entries.map(([name, each]) => [name, jsonNode(each)]));
}

const edges: readonly Json[] = [0, 1.5, '', 'x', true, [], {}, { a: 1 }, 1e300];

/** A comparison with what is at a path of a document, most often of one that some twin has. */
export function jsonAtLiteral(coordinate: string, comparands: Comparands, random: Random): ValueNode {
  const texts = random.chance(0.4) ? comparands.secretsOf(coordinate) : comparands.of(coordinate);
  const documents = texts.flatMap(parsed);
  const document = documents.length === 0 ? { a: 1 } : random.pick(documents);
  const { path, value } = walk(document, random);
  const literal = (): ValueNode => jsonNode(random.chance(0.8) ? value : random.pick(edges));
  const comparison = random.pick(['eq', 'eq', 'in', 'isNull']);
  const operand: ValueNode =
    comparison === 'eq'
      ? literal()
      : comparison === 'in'
        ? listNode(
            Array.from({ length: random.integer(1, 3) }, literal).filter(({ kind }) => kind !== Kind.NULL),
          )
        : { kind: Kind.BOOLEAN, value: random.chance(0.5) };
  return objectNode([
    ['path', listNode(path.map((step) => textNode(step.toWellFormed())))],
    [comparison, operand],
  ]);
}
