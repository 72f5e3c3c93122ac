import {
  getNamedType,
  getNullableType,
  isEnumType,
  isInputObjectType,
  isLeafType,
  isListType,
  Kind,
  type GraphQLInputObjectType,
  type GraphQLInputType,
  type GraphQLLeafType,
  type ValueNode,
} from 'graphql';
import { jsonAtLiteral } from './json-at.js';
import { leafLiteral, likeAPattern, likePattern, openEscape, wrongLiteral } from './leaf-value.js';
import type { Comparands } from '../twins/comparands.js';
import type { Names } from './names.js';
import { listNode, objectNode, textNode } from './nodes.js';
import type { Oddity } from './oddity.js';
import type { Random } from '../data/random.js';

/** What one operation is written with. */
export interface Writing {
  readonly names: Names;
  readonly comparands: Comparands;
  readonly random: Random;
  readonly oddity: Oddity;
}

/** How deep conditions are combined, and how many relations they lead through: more is refused by most limits. */
const combinedMost = 3;
const relationsMost = 3;
const combining = ['and', 'or', 'not'];

/** How deep a condition lies. */
interface Depth {
  readonly combined: number;
  readonly relations: number;
}

const surface: Depth = { combined: 0, relations: 0 };
const combine = ({ combined, relations }: Depth): Depth => ({ combined: combined + 1, relations });
const relate = ({ combined, relations }: Depth): Depth => ({ combined, relations: relations + 1 });
const unknownName = 'noSuchName';

const isPattern = (name: string): boolean => name === 'like' || name === 'ilike';
/** Comparisons with texts that patterns are made of. */
const withParts = ['startsWith', 'endsWith', 'contains', 'icontains'];

/** Whether a column of a filter is compared with patterns. */
function takesPattern(type: GraphQLInputObjectType, name: string): boolean {
  const field = type.getFields()[name]?.type;
  const filter = field === undefined ? undefined : getNamedType(field);
  return isInputObjectType(filter) && 'like' in filter.getFields();
}

/** Writes values of input types: filters, orders, keys, groupings. */
export class InputWriter {
  readonly #writing: Writing;
  /** Comparisons that the operation may still have: filters are limited in their terms. */
  #terms = 16;

  constructor(writing: Writing) {
    this.#writing = writing;
  }

  /** Members of a type: visible ones, and others where they are tried. */
  members(typeName: string): readonly string[] {
    const { names, oddity } = this.#writing;
    const { visible, hidden } = names.of(typeName);
    if (visible.length === 0) return hidden;
    return hidden.length > 0 && oddity.here('hiddenName') ? hidden : visible;
  }

  /** `CustomerWhere` */
  where(type: GraphQLInputObjectType, deep = surface): ValueNode {
    const { random, oddity } = this.#writing;
    if (oddity.here('unknownName', 0.2)) return objectNode([[unknownName, objectNode([])]]);
    const members = this.members(type.name);
    const plain = members.filter((name) => !combining.includes(name));
    const matched = oddity.wants('openEscape') ? plain.filter((name) => takesPattern(type, name)) : [];
    const names = matched.length > 0 ? matched : plain.length > 0 && random.chance(0.7) ? plain : members;
    const fields = new Map<string, ValueNode>();
    const count = random.integer(1, 2);
    for (let i = 0; i < count && this.#terms > 0; i += 1) {
      const name = random.pick(names);
      const field = type.getFields()[name];
      if (field === undefined || fields.has(name)) continue;
      const value = this.#condition(field.type, name, type.name.replace(/Where$/, ''), deep);
      if (value !== null) fields.set(name, value);
    }
    return objectNode([...fields]);
  }

  #condition(type: GraphQLInputType, name: string, typeName: string, deep: Depth): ValueNode | null {
    const { random, oddity } = this.#writing;
    const named = getNamedType(type);
    if (oddity.here('wrongType', 0.15)) return wrongLiteral(random);
    if (!isInputObjectType(named)) return null;
    if (combining.includes(name)) {
      if (deep.combined >= combinedMost) return null;
      const inner = () => this.where(named, combine(deep));
      if (name === 'not') return inner();
      return listNode(random.chance(0.5) ? [inner()] : [inner(), inner()]);
    }
    const { some } = named.getFields();
    if (some === undefined && !named.name.endsWith('Where'))
      return this.#comparison(named, `${typeName}.${name}`);
    if (deep.relations >= relationsMost) return null;
    if (some === undefined) return this.where(named, relate(deep));
    const where = getNamedType(some.type);
    const which = random.pick(['some', 'every', 'none']);
    return isInputObjectType(where) ? objectNode([[which, this.where(where, relate(deep))]]) : null;
  }

  #comparison(filter: GraphQLInputObjectType, coordinate: string): ValueNode {
    const { random, oddity } = this.#writing;
    const all = Object.keys(filter.getFields());
    const patterns = oddity.wants('openEscape') ? all.filter(isPattern) : [];
    const names = patterns.length > 0 ? patterns : all;
    const chosen = new Set([random.pick(names), ...(random.chance(0.2) ? [random.pick(names)] : [])]);
    return objectNode([...chosen].map((name) => [name, this.#operand(filter, name, coordinate)]));
  }

  #operand(filter: GraphQLInputObjectType, name: string, coordinate: string): ValueNode {
    const { random, oddity, comparands } = this.#writing;
    this.#terms -= 1;
    const type = filter.getFields()[name]?.type;
    const leaf = type === undefined ? undefined : getNamedType(type);
    if (isInputObjectType(leaf)) return jsonAtLiteral(coordinate, comparands, random);
    if (type === undefined || !isLeafType(leaf)) return objectNode([]);
    if (oddity.here('wrongType')) return wrongLiteral(random);
    const literal = () => this.leaf(leaf, coordinate);
    if (isListType(getNullableType(type))) {
      const count = name === 'between' ? 2 : random.integer(1, 3);
      return listNode(Array.from({ length: count }, literal));
    }
    const value = literal();
    if (value.kind !== Kind.STRING) return value;
    if (withParts.includes(name) && leaf.name === 'String' && random.chance(0.5))
      return textNode(likeAPattern(value.value, random));
    if (!isPattern(name)) return value;
    return textNode(
      oddity.here('openEscape', 0.9) ? openEscape(value.value, random) : likePattern(value.value, random),
    );
  }

  /** A literal of a leaf type; of an enum one that the caller sees, unless hidden ones are tried. */
  leaf(type: GraphQLLeafType, coordinate: string): ValueNode {
    const { random, comparands, oddity } = this.#writing;
    if (oddity.here('wrongType', 0.15)) return wrongLiteral(random);
    if (isEnumType(type)) return { kind: Kind.ENUM, value: random.pick(this.members(type.name)) };
    return leafLiteral(type, coordinate, comparands, random);
  }

  /** `CustomerOrderBy`: one field, perhaps of a record that a relation leads to. */
  order(type: GraphQLInputObjectType, deep = 0): ValueNode {
    const { random, oddity } = this.#writing;
    if (oddity.here('unknownName', 0.2))
      return objectNode([[unknownName, { kind: Kind.ENUM, value: 'ASC' }]]);
    const names = this.members(type.name).filter(
      (name) => deep < 2 || !isInputObjectType(type.getFields()[name]?.type),
    );
    const [first] = names;
    if (first === undefined) return objectNode([]);
    const name = random.pick(names);
    const field = type.getFields()[name]?.type;
    const inner = field === undefined ? undefined : getNamedType(field);
    if (isInputObjectType(inner)) return objectNode([[name, this.order(inner, deep + 1)]]);
    if (oddity.here('wrongType')) return objectNode([[name, wrongLiteral(random)]]);
    return objectNode([[name, { kind: Kind.ENUM, value: random.pick(['ASC', 'DESC']) }]]);
  }
}
