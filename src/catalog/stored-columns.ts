import type { TreeNode, TreeValue } from './node-tree.js';
import { asList, branches, entryKinds, entryOf, isNode, nodeOf, numberOf, targets } from './query-tree.js';

/** What is known of a relation that a query reads, by PostgreSQL's number of it. */
type Relation = (number: number) => { readonly stored: ReadonlySet<number> };

/**
 * The columns of a parsed query whose values are stored as they are, or constants. All others are made by some expression, which may fail
 * for a row; the order in which PostgreSQL looks at expressions and at whose rows are whose is its own.
 */
export function storedColumns(query: TreeNode, relation: Relation): ReadonlySet<number> {
  const setOperations = query.fields.get('setOperations') ?? null;
  const numbers = targets(query).map((target) => numberOf(target, 'resno'));
  // The targets of a UNION name its first branch only.
  if (setOperations !== null) {
    const parts = branches(setOperations).map((index) => storedOf(entryOf(query, index), relation));
    return new Set(numbers.filter((number) => parts.every((part) => part.has(number))));
  }
  const stored = targets(query).filter((target) =>
    isStored(target.fields.get('expr') ?? null, query, relation),
  );
  return new Set(stored.map((target) => numberOf(target, 'resno')));
}

function storedOf(entry: TreeNode, relation: Relation): ReadonlySet<number> {
  const kind = entry.fields.get('rtekind');
  if (kind === entryKinds.relation) return relation(numberOf(entry, 'relid')).stored;
  if (kind !== entryKinds.subquery) return new Set();
  return storedColumns(nodeOf(entry.fields.get('subquery') ?? null), relation);
}

function isStored(expression: TreeValue, query: TreeNode, relation: Relation): boolean {
  if (isNode(expression, 'CONST')) return true;
  if (!isNode(expression, 'VAR') || expression.fields.get('varlevelsup') !== '0') return false;
  const column = numberOf(expression, 'varattno');
  const entry = entryOf(query, numberOf(expression, 'varno'));
  const listed = (name: string): boolean =>
    isStored(asList(entry.fields.get(name) ?? null)[column - 1] ?? null, query, relation);
  const kind = entry.fields.get('rtekind');
  if (kind === entryKinds.join) return listed('joinaliasvars');
  return kind === entryKinds.group ? listed('groupexprs') : storedOf(entry, relation).has(column);
}
