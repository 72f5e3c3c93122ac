import type { TreeNode, TreeValue } from './node-tree.js';
import {
  asList,
  branches,
  entryKinds,
  entryOf,
  isNode,
  nodeOf,
  numberOf,
  targets,
  Untold,
} from './query-tree.js';

/** A column by the numbers that PostgreSQL gives relations and columns. */
export interface NumberedColumn {
  readonly relation: number;
  /** 0 for the whole row. */
  readonly column: number;
}

/** `count(*)` and `count("any")`: how many there are tells no value. */
const counts: ReadonlySet<TreeValue> = new Set(['2803', '2147']);
const existsSublink = '0';

/**
 * Of each output column of a parsed query, by its number: the stored columns that its value is copied or computed from.
 * What only decides which rows there are (joins, conditions, groups, order) is not among them.
 * @returns null for a column of which that cannot be told
 */
export function queryColumns(tree: TreeValue): ReadonlyMap<number, readonly NumberedColumn[] | null> {
  const [query] = asList(tree);
  const columns = new Map<number, readonly NumberedColumn[] | null>();
  if (!isNode(query, 'QUERY')) return columns;
  for (const target of targets(query)) columns.set(numberOf(target, 'resno'), trace(query, target));
  return columns;
}

function trace(query: TreeNode, target: TreeNode): readonly NumberedColumn[] | null {
  const walk = new Walk();
  try {
    walk.output(query, numberOf(target, 'resno'), []);
    return [...walk.found.values()];
  } catch (error) {
    if (error instanceof Untold) return null;
    throw error;
  }
}

/** Queries around an expression, the innermost last: `varlevelsup` counts back from there. */
type Around = readonly TreeNode[];

/** The search for the stored columns behind one output column. */
class Walk {
  readonly found = new Map<string, NumberedColumn>();
  /** Outputs that were gone through, so that a recursive query ends. */
  readonly #seen = new Map<TreeNode, Set<number>>();

  /** What is behind output column `number` of a query that stands within `around`. */
  output(query: TreeNode, number: number, around: Around): void {
    const seen = this.#seen.get(query) ?? new Set();
    this.#seen.set(query, seen);
    if (seen.has(number)) return;
    seen.add(number);
    const within = [...around, query];
    const setOperations = query.fields.get('setOperations') ?? null;
    // The targets of a UNION name its first branch only.
    if (setOperations !== null) {
      for (const index of branches(setOperations)) this.#entry(entryOf(query, index), number, within);
      return;
    }
    const all = targets(query);
    const wanted = number === 0 ? all : all.filter((target) => numberOf(target, 'resno') === number);
    if (wanted.length === 0) throw new Untold();
    for (const target of wanted) this.#expression(target.fields.get('expr') ?? null, within);
  }

  #expression(value: TreeValue, around: Around): void {
    if (value === null || typeof value === 'string') return;
    if (!isNode(value)) {
      for (const each of value) this.#expression(each, around);
      return;
    }
    switch (value.tag) {
      case 'VAR':
        this.#variable(value, around);
        return;
      case 'AGGREF':
        if (counts.has(value.fields.get('aggfnoid') ?? null)) return;
        break;
      case 'SUBLINK':
        if (value.fields.get('subLinkType') === existsSublink) return;
        break;
      case 'WINDOWFUNC':
        // A rank gives away the order of what it ranks by.
        for (const target of ranked(value, around.at(-1))) this.#expression(target, around);
        break;
      case 'QUERY':
        this.output(value, 0, around);
        return;
    }
    for (const each of value.fields.values()) this.#expression(each, around);
  }

  #variable(variable: TreeNode, around: Around): void {
    const level = around.length - numberOf(variable, 'varlevelsup');
    const query = around[level - 1];
    if (query === undefined) throw new Untold();
    const entry = entryOf(query, numberOf(variable, 'varno'));
    this.#entry(entry, numberOf(variable, 'varattno'), around.slice(0, level));
  }

  /** Column `number` of a range table entry of the last query around. */
  #entry(entry: TreeNode, number: number, around: Around): void {
    const field = (name: string): TreeValue => entry.fields.get(name) ?? null;
    // System columns, such as ctid.
    if (number < 0) return;
    const kind = field('rtekind');
    switch (typeof kind === 'string' ? kind : '') {
      case entryKinds.relation: {
        const relation = numberOf(entry, 'relid');
        this.found.set(`${relation}.${number}`, { relation, column: number });
        return;
      }
      case entryKinds.subquery:
        this.output(nodeOf(field('subquery')), number, around);
        return;
      case entryKinds.join:
        this.#listed(field('joinaliasvars'), number, around);
        return;
      case entryKinds.group:
        this.#listed(field('groupexprs'), number, around);
        return;
      case entryKinds.function:
        this.#expression(field('functions'), around);
        return;
      case entryKinds.tableFunction:
        this.#expression(field('tablefunc'), around);
        return;
      case entryKinds.values:
        this.#expression(field('values_lists'), around);
        return;
      case entryKinds.commonTable:
        this.#commonTable(entry, number, around);
        return;
      case entryKinds.result:
        return;
      default:
        throw new Untold();
    }
  }

  #listed(list: TreeValue, number: number, around: Around): void {
    const items = asList(list);
    const item = number === 0 ? items : items[number - 1];
    if (item === undefined) throw new Untold();
    this.#expression(item, around);
  }

  #commonTable(entry: TreeNode, number: number, around: Around): void {
    const level = around.length - numberOf(entry, 'ctelevelsup');
    const name = entry.fields.get('ctename');
    const found = asList(around[level - 1]?.fields.get('cteList') ?? null)
      .map(nodeOf)
      .find(({ fields }) => fields.get('ctename') === name);
    if (found === undefined) throw new Untold();
    this.output(nodeOf(found.fields.get('ctequery') ?? null), number, around.slice(0, level));
  }
}

/** The expressions that a window function's rows are ordered by. */
function ranked(windowed: TreeNode, query: TreeNode | undefined): readonly TreeValue[] {
  const field = (name: string) => asList(query?.fields.get(name) ?? null).map(nodeOf);
  const clause = field('windowClause').find(
    ({ fields }) => fields.get('winref') === windowed.fields.get('winref'),
  );
  const orders = asList(clause?.fields.get('orderClause') ?? null).map(nodeOf);
  const references = new Set(orders.map(({ fields }) => fields.get('tleSortGroupRef')));
  return field('targetList')
    .filter(({ fields }) => references.has(fields.get('ressortgroupref')))
    .map(({ fields }) => fields.get('expr') ?? null);
}
