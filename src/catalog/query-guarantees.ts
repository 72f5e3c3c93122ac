import { parseNodeTree, type TreeNode, type TreeValue } from './node-tree.js';
import { asList, entryKinds, entryOf, isNode, nodeOf, numberOf, targets, Untold } from './query-tree.js';
import { storedColumns } from './stored-columns.js';

/** What holds of every row of a relation, or of a query: its columns by their numbers. */
export interface Guarantees {
  /** Columns that are never null. */
  readonly notNull: ReadonlySet<number>;
  /** Columns whose values, where none of them is null, no two rows share. */
  readonly keys: readonly (readonly number[])[];
  /** That of them which is the primary key of the table behind. */
  readonly primaryKey: readonly number[] | null;
  /** Columns whose values are stored as they are: reading one computes nothing. */
  readonly stored: ReadonlySet<number>;
}

export const noGuarantees: Guarantees = {
  notNull: new Set(),
  keys: [],
  primaryKey: null,
  stored: new Set(),
};

/**
 * What a view's parsed query proves of the rows that it gives. A key of one of its tables tells them apart where each row of
 * that table comes out once at most: where the query only filters, and joins nothing but tables of which a key is equal to
 * columns that are fixed by then. Whatever is not understood proves nothing.
 * @param relation what holds of a relation that the query reads, by PostgreSQL's number of it
 */
export function queryGuarantees(query: string, relation: (number: number) => Guarantees): Guarantees {
  try {
    const [first] = asList(parseNodeTree(query));
    return guaranteesOf(nodeOf(first ?? null), relation);
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof Untold) return noGuarantees;
    throw error;
  }
}

/** Clauses that make other rows of rows, or of which it is not told here what they do. */
const clauses = [
  ...(['setOperations', 'groupClause', 'groupingSets', 'havingQual', 'distinctClause'] as const),
  ...(['limitOffset', 'limitCount', 'rowMarks', 'cteList'] as const),
];
const features = ['hasAggs', 'hasTargetSRFs', 'hasDistinctOn', 'hasModifyingCTE'] as const;
const selectCommand = '1';

function guaranteesOf(query: TreeNode, relation: (number: number) => Guarantees): Guarantees {
  const { fields } = query;
  const isPlain =
    fields.get('commandType') === selectCommand &&
    clauses.every((name) => fields.get(name) === null) &&
    features.every((name) => fields.get(name) === 'false');
  const stored = storedColumns(query, relation);
  const from = isPlain ? readFrom(query, relation) : null;
  return from === null ? { ...noGuarantees, stored } : { ...passedOn(query, from), stored };
}

/** Null for what is not understood. */
function readFrom(query: TreeNode, relation: (number: number) => Guarantees): From | null {
  try {
    return new From(query, relation);
  } catch (error) {
    if (error instanceof Untold) return null;
    throw error;
  }
}

function passedOn(query: TreeNode, from: From): Omit<Guarantees, 'stored'> {
  const given = targets(query).map((target) => ({
    number: numberOf(target, 'resno'),
    from: from.stored(target.fields.get('expr') ?? null),
  }));
  const where = (test: (place: Place) => boolean): ReadonlySet<number> =>
    new Set(given.filter((each) => each.from !== null && test(each.from)).map(({ number }) => number));
  /** The columns that give out a key of one of the tables; null where one of them is left out. */
  const passed = (item: Item, key: readonly number[]): readonly number[] | null => {
    const numbers = key.map((column) =>
      given.find((each) => each.from?.item === item && each.from.column === column),
    );
    const found = numbers.filter((each) => each !== undefined);
    return found.length === numbers.length ? found.map(({ number }) => number) : null;
  };
  const tables = from.deciding();
  const keys = tables.flatMap((item) => item.guarantees.keys.flatMap((key) => [passed(item, key) ?? []]));
  const primary = tables.flatMap((item) => {
    const { primaryKey } = item.guarantees;
    return primaryKey === null ? [] : [passed(item, primaryKey)];
  });
  return {
    notNull: where(({ item, column }) => !item.nullable && item.guarantees.notNull.has(column)),
    keys: keys.filter((key) => key.length > 0),
    primaryKey: primary.find((key) => key !== null) ?? null,
  };
}

/** A table, view or subselect that a query reads. */
interface Item {
  readonly number: number;
  readonly guarantees: Guarantees;
  /** Whether an outer join may put nulls in the place of its rows. */
  readonly nullable: boolean;
  /** What stands on the other side of the outer joins that do: which of its rows there are, they decide too. */
  readonly after: ReadonlySet<number>;
}

interface Place {
  readonly item: Item;
  readonly column: number;
}

/** A condition that two columns are equal, or (null) that one is equal to a constant, and the items that it holds for. */
interface Equality {
  readonly sides: readonly [Place | null, Place | null];
  readonly holdsFor: ReadonlySet<number>;
}

const joins = { inner: '0', left: '1', right: '3' } as const;

/** What a query reads, and how it is joined. */
class From {
  readonly #query: TreeNode;
  readonly #relation: (number: number) => Guarantees;
  readonly #items = new Map<number, Item>();
  readonly #equalities: Equality[] = [];

  constructor(query: TreeNode, relation: (number: number) => Guarantees) {
    this.#query = query;
    this.#relation = relation;
    this.#visit(nodeOf(query.fields.get('jointree') ?? null), new Set(), false);
  }

  /** The items each of whose rows comes out once at most. */
  deciding(): readonly Item[] {
    return [...this.#items.values()].filter((item) => !item.nullable && this.#decides(item));
  }

  #decides(first: Item): boolean {
    const fixed = new Set([first.number]);
    for (;;) {
      const next = [...this.#items.values()].find(
        (item) => !fixed.has(item.number) && this.#isFixed(item, fixed),
      );
      if (next === undefined) return fixed.size === this.#items.size;
      fixed.add(next.number);
    }
  }

  /** Whether one row of the item at most goes with the rows of those that are fixed. */
  #isFixed({ number, guarantees, after }: Item, fixed: ReadonlySet<number>): boolean {
    if ([...after].some((each) => !fixed.has(each))) return false;
    const equal = new Set(
      this.#equalities
        .filter(({ holdsFor }) => holdsFor.has(number))
        .flatMap(({ sides: [a, b] }) => [
          ...(a?.item.number === number && (b === null || fixed.has(b.item.number)) ? [a.column] : []),
          ...(b?.item.number === number && (a === null || fixed.has(a.item.number)) ? [b.column] : []),
        ]),
    );
    return guarantees.keys.some((key) => key.every((column) => equal.has(column)));
  }

  /** Takes in what stands at a place of the FROM clause. @returns the numbers of its items */
  #visit(node: TreeNode, after: ReadonlySet<number>, nullable: boolean): ReadonlySet<number> {
    const field = (name: string) => node.fields.get(name) ?? null;
    switch (node.tag) {
      case 'RANGETBLREF':
        return this.#add(numberOf(node, 'rtindex'), after, nullable);
      case 'FROMEXPR': {
        const items = asList(field('fromlist')).map((each) => this.#visit(nodeOf(each), after, nullable));
        const all = union(...items);
        this.#equate(field('quals'), all);
        return all;
      }
      case 'JOINEXPR': {
        const [left, right] = [nodeOf(field('larg')), nodeOf(field('rarg'))];
        if (field('jointype') === joins.inner) {
          const all = union(this.#visit(left, after, nullable), this.#visit(right, after, nullable));
          this.#equate(field('quals'), all);
          return all;
        }
        if (field('jointype') !== joins.left && field('jointype') !== joins.right) throw new Untold();
        const [kept, other] = field('jointype') === joins.left ? [left, right] : [right, left];
        const whole = this.#visit(kept, after, nullable);
        const extended = this.#visit(other, union(after, whole), true);
        // Rows of the side that is kept come out whether it holds or not.
        this.#equate(field('quals'), extended);
        return union(whole, extended);
      }
      default:
        throw new Untold();
    }
  }

  #add(number: number, after: ReadonlySet<number>, nullable: boolean): ReadonlySet<number> {
    const entry = entryOf(this.#query, number);
    // A lateral subselect is another for each row, and a sample is another each time.
    if (entry.fields.get('lateral') !== 'false' || (entry.fields.get('tablesample') ?? null) !== null)
      throw new Untold();
    this.#items.set(number, { number, guarantees: this.#guaranteesOf(entry), nullable, after });
    return new Set([number]);
  }

  #guaranteesOf(entry: TreeNode): Guarantees {
    const kind = entry.fields.get('rtekind');
    if (kind === entryKinds.relation) return this.#relation(numberOf(entry, 'relid'));
    if (kind !== entryKinds.subquery) throw new Untold();
    return guaranteesOf(nodeOf(entry.fields.get('subquery') ?? null), this.#relation);
  }

  #equate(condition: TreeValue, holdsFor: ReadonlySet<number>): void {
    for (const each of conjuncts(condition)) {
      const sides = this.#sides(each);
      if (sides !== null) this.#equalities.push({ sides, holdsFor });
    }
  }

  #sides(condition: TreeNode): Equality['sides'] | null {
    const { fields } = condition;
    if (condition.tag !== 'OPEXPR' || !plainCollations.has(fields.get('inputcollid') ?? null)) return null;
    const operator = fields.get('opno') ?? null;
    const [a = null, b = null, ...others] = asList(fields.get('args') ?? null);
    if (!equalities.has(operator) || others.length > 0) return null;
    const strip = (side: TreeValue) => (operator === textEquality ? unrelabelled(side) : side);
    const side = (value: TreeValue): Place | null | undefined =>
      isNode(value, 'CONST') ? null : (this.stored(value) ?? undefined);
    const [left, right] = [side(strip(a)), side(strip(b))];
    return left === undefined || right === undefined ? null : [left, right];
  }

  /** The column that an expression is, of one of the items; null for any other expression. */
  stored(expression: TreeValue): Place | null {
    if (!isNode(expression, 'VAR') || expression.fields.get('varlevelsup') !== '0') return null;
    const [number, column] = [numberOf(expression, 'varno'), numberOf(expression, 'varattno')];
    const item = this.#items.get(number);
    if (item !== undefined) return column > 0 ? { item, column } : null;
    const entry = entryOf(this.#query, number);
    if (entry.fields.get('rtekind') !== entryKinds.join) return null;
    return this.stored(asList(entry.fields.get('joinaliasvars') ?? null)[column - 1] ?? null);
  }
}

/** Equality of what keys are made of, by PostgreSQL's fixed numbers: as fine as the unique indexes of these types. */
const textEquality = '98';
const equalities: ReadonlySet<TreeValue> = new Set([
  ...['91', '94', '96', '410', '15', '416', '532', '533', '1862', '1868', '1752', '607'],
  ...[textEquality, '1054', '93', '2972', '1093', '2060', '1320', '1108', '1550', '3516'],
]);

/** None, the database's own, C and POSIX: under another, texts that differ may be equal. */
const plainCollations: ReadonlySet<TreeValue> = new Set(['0', '100', '950', '951']);

/** A varchar that is compared as the text it is. */
function unrelabelled(value: TreeValue): TreeValue {
  return isNode(value, 'RELABELTYPE') ? (value.fields.get('arg') ?? null) : value;
}

function conjuncts(condition: TreeValue): readonly TreeNode[] {
  if (!isNode(condition)) return [];
  if (condition.tag !== 'BOOLEXPR') return [condition];
  if (condition.fields.get('boolop') !== 'and') return [];
  return asList(condition.fields.get('args') ?? null).flatMap(conjuncts);
}

const union = (...sets: readonly ReadonlySet<number>[]): ReadonlySet<number> =>
  new Set(sets.flatMap((set) => [...set]));
