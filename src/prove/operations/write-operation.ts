import {
  getNamedType,
  GraphQLObjectType,
  isInputObjectType,
  isLeafType,
  isListType,
  isNonNullType,
  isObjectType,
  Kind,
  getNullableType,
  type ArgumentNode,
  type DocumentNode,
  type FieldNode,
  type GraphQLArgument,
  type GraphQLField,
  type SelectionNode,
} from 'graphql';
import { argumentNode, fieldNode, intNode, listNode, nameNode, queryOf, variableNode } from './nodes.js';
import { InputWriter, type Writing } from './write-inputs.js';
import { wrongLiteral } from './leaf-value.js';

type Field = GraphQLField<unknown, unknown>;

/** Fields of an operation, and how deep objects lie in it. */
const fieldsMost = 24;
const deepest = 9;

/** Names of the variables by which a page is moved: its document must stay as it is, or its cursors are of another. */
export const pageVariables = { first: 'first', after: 'after', last: 'last', before: 'before' } as const;

/** Writes the plain form of an operation: fields and arguments, without variables, aliases, fragments or directives. */
export class OperationWriter {
  readonly #writing: Writing;
  readonly #inputs: InputWriter;
  #fields = fieldsMost;
  #paged = false;
  #aliases = 0;

  constructor(writing: Writing) {
    this.#writing = writing;
    this.#inputs = new InputWriter(writing);
  }

  /** Whether its page is moved by variables. */
  get paged(): boolean {
    return this.#paged;
  }

  /** @param paging whether one of its pages is moved by variables, where there is one */
  write(paging: boolean): DocumentNode {
    const { random, names } = this.#writing;
    const query = names.schemas.full.getQueryType();
    if (query == null) return queryOf([fieldNode('__typename')]);
    const count = random.chance(0.75) ? 1 : 2;
    const roots = Array.from({ length: count }, () => this.#root(query, paging));
    return queryOf(this.#distinct(roots));
  }

  #root(query: GraphQLObjectType, paging: boolean): FieldNode {
    const { random, oddity } = this.#writing;
    if (oddity.here('unknownName', 0.15)) return fieldNode('noSuchRecords', [fieldNode('__typename')]);
    const all = this.#inputs.members(query.name);
    // Most of what can go wrong goes wrong in lists.
    const lists = all.filter((name) => this.#isPaged(query.getFields()[name]));
    const name = lists.length > 0 && random.chance(0.85) ? random.pick(lists) : random.pick(all);
    return this.#field(query, name, 0, paging) ?? fieldNode('__typename');
  }

  #isPaged(field: Field | undefined): boolean {
    return field?.args.some(({ name }) => name === 'first') === true;
  }

  #field(
    parent: GraphQLObjectType,
    name: string,
    deep: number,
    paging = false,
    keys: ReadonlySet<string> | null = null,
  ): FieldNode | null {
    const field = parent.getFields()[name];
    if (field === undefined) return null;
    this.#fields -= 1;
    const args = this.#arguments(field, deep, paging);
    const type = getNamedType(field.type);
    if (!isObjectType(type)) return fieldNode(name, [], args);
    if (deep >= deepest) return null;
    const by = keys ?? groupedBy(args);
    return fieldNode(name, this.#selections(type, deep + 1, paging && this.#paged, by), args);
  }

  #selections(
    type: GraphQLObjectType,
    deep: number,
    moved: boolean,
    keys: ReadonlySet<string> | null,
  ): SelectionNode[] {
    const { random, oddity } = this.#writing;
    if (oddity.here('unknownName', 0.1)) return [fieldNode('noSuchName')];
    const offered = this.#inputs
      .members(type.name)
      .filter((name) => keys === null || !type.name.endsWith('Keys') || keys.has(plain(name)));
    const chosen = new Set<string>(moved ? this.#pageOf(type) : []);
    const count = random.integer(1, this.#fields > 0 ? 4 : 1);
    for (let i = 0; i < count && offered.length > 0; i += 1) chosen.add(this.#choose(type, offered, deep));
    const made = [...chosen].flatMap((name) => this.#field(type, name, deep, false, keys) ?? []);
    // The same again with other arguments, under a name of its own.
    if (random.chance(0.05) && made[0]?.arguments?.length) {
      const again = this.#field(type, made[0].name.value, deep);
      if (again !== null) made.push(again);
    }
    if (made.length === 0 || random.chance(0.08)) made.push(fieldNode('__typename'));
    return this.#distinct(made);
  }

  /** What a moved page is followed by. */
  #pageOf(type: GraphQLObjectType): string[] {
    const { random } = this.#writing;
    return ['pageInfo', 'edges'].filter((name) => name in type.getFields() && random.chance(0.7));
  }

  /** Records rather than counts, and few objects once the operation is long. */
  #choose(type: GraphQLObjectType, offered: readonly string[], deep: number): string {
    const { random } = this.#writing;
    const records = offered.filter((name) => name === 'nodes' || name === 'edges');
    if (records.length > 0 && random.chance(0.55)) return random.pick(records);
    const name = random.pick(offered);
    const field = type.getFields()[name];
    const isObject = field !== undefined && isObjectType(getNamedType(field.type));
    const leaves = offered.filter((each) => isLeafType(namedTypeOf(type, each)));
    return isObject && leaves.length > 0 && (this.#fields <= 0 || deep > 4) ? random.pick(leaves) : name;
  }

  #arguments(field: Field, deep: number, paging: boolean): ArgumentNode[] {
    const { random, oddity } = this.#writing;
    const page = this.#isPaged(field) ? this.#page(field, deep, paging) : [];
    const others = field.args
      .filter(({ name }) => !(name in pageVariables) || !this.#isPaged(field))
      .flatMap((argument) => {
        if (!isNonNullType(argument.type) && !random.chance(this.#chanceOf(argument.name))) return [];
        if (oddity.here('wrongType', 0.15)) return [argumentNode(argument.name, wrongLiteral(random))];
        return [this.#argument(field, argument)];
      });
    const unknown = oddity.here('unknownName', 0.1) ? [argumentNode('noSuchArgument', intNode(1))] : [];
    return [...others, ...page, ...unknown];
  }

  #chanceOf(argument: string): number {
    if (argument !== 'where') return 0.4;
    return this.#writing.oddity.wants('openEscape') ? 1 : 0.6;
  }

  #argument(field: Field, argument: GraphQLArgument): ArgumentNode {
    const { random } = this.#writing;
    const type = getNamedType(argument.type);
    const many = isListType(getNullableType(argument.type));
    const target = getNamedType(field.type).name;
    const one = () => {
      if (!isInputObjectType(type)) return this.#inputs.leaf(type, `${target}.${argument.name}`);
      return type.name.endsWith('OrderBy') ? this.#inputs.order(type) : this.#inputs.where(type);
    };
    if (!many) return argumentNode(argument.name, one());
    const values = Array.from({ length: random.chance(0.7) ? 1 : 2 }, one);
    // A field stands once in a grouping.
    const distinct = values.filter(
      (value, i) =>
        value.kind !== Kind.ENUM ||
        values.findIndex((each) => 'value' in each && each.value === value.value) === i,
    );
    return argumentNode(argument.name, listNode(distinct));
  }

  /** The size of the page, smaller the deeper; and cursors, where the page is to be moved. */
  #page(field: Field, deep: number, paging: boolean): ArgumentNode[] {
    const { random, oddity } = this.#writing;
    const takes = (name: string) => field.args.some((argument) => argument.name === name);
    if (oddity.here('wrongPage', 0.6))
      return random.pick([
        [argumentNode('first', intNode(-1))],
        [argumentNode('first', intNode(100_000))],
        [argumentNode('first', intNode(2)), argumentNode('last', intNode(2))],
        [argumentNode('first', intNode('99999999999'))],
      ]);
    if (oddity.here('wrongCursor', 0.6) && takes('after'))
      return [argumentNode(random.pick(['after', 'before']), { kind: Kind.STRING, value: 'AAAA' })];
    if (paging && !this.#paged && takes('after')) {
      this.#paged = true;
      return Object.entries(pageVariables).map(([name, variable]) =>
        argumentNode(name, variableNode(variable)),
      );
    }
    const size = intNode(random.chance(0.05) ? 0 : random.integer(1, deep === 0 ? 20 : 5));
    if (takes('last') && random.chance(0.2)) return [argumentNode('last', size)];
    return deep > 0 || random.chance(0.5) ? [argumentNode('first', size)] : [];
  }

  /** Gives fields of one name and other arguments names of their own. */
  #distinct(fields: readonly FieldNode[]): FieldNode[] {
    const seen = new Set<string>();
    return fields.map((field) => {
      if (!seen.has(field.name.value)) {
        seen.add(field.name.value);
        return field;
      }
      this.#aliases += 1;
      return { ...field, alias: nameNode(`again${this.#aliases}`) };
    });
  }
}

const namedTypeOf = (type: GraphQLObjectType, name: string) => {
  const field = type.getFields()[name];
  return field === undefined ? undefined : getNamedType(field.type);
};

/** `ACCOUNT_ID` and `accountId` are one name. */
const plain = (name: string): string => name.replaceAll('_', '').toLowerCase();

/** The fields that a grouping is by: no others may be asked for. */
function groupedBy(args: readonly ArgumentNode[]): ReadonlySet<string> | null {
  const by = args.find(({ name }) => name.value === 'by')?.value;
  if (by?.kind !== Kind.LIST) return null;
  return new Set(by.values.flatMap((value) => (value.kind === Kind.ENUM ? [plain(value.value)] : [])));
}
