import type { TreeNode, TreeValue } from './node-tree.js';

/** Kinds of range table entries, as `RTEKind` numbers them. */
export const entryKinds = {
  relation: '0',
  subquery: '1',
  join: '2',
  function: '3',
  tableFunction: '4',
  values: '5',
  commonTable: '6',
  result: '8',
  group: '9',
} as const;

/** A form that this reader does not know. */
export class Untold extends Error {}

/** What a parsed query gives out, in the order of its columns. */
export function targets(query: TreeNode): readonly TreeNode[] {
  return asList(query.fields.get('targetList') ?? null)
    .map(nodeOf)
    .filter(({ fields }) => fields.get('resjunk') === 'false');
}

/** What stands in a query's FROM under a number. */
export function entryOf(query: TreeNode, number: number): TreeNode {
  return nodeOf(asList(query.fields.get('rtable') ?? null)[number - 1] ?? null);
}

export function numberOf({ fields }: TreeNode, name: string): number {
  const value = fields.get(name);
  if (typeof value !== 'string' || !/^-?\d+$/.test(value)) throw new Untold();
  return Number(value);
}

export function nodeOf(value: TreeValue): TreeNode {
  if (!isNode(value)) throw new Untold();
  return value;
}

export function isNode(value: TreeValue | undefined, tag?: string): value is TreeNode {
  if (value === null || value === undefined || typeof value === 'string' || !('tag' in value)) return false;
  return tag === undefined || value.tag === tag;
}

export function asList(value: TreeValue): readonly TreeValue[] {
  return Array.isArray(value) ? (value as readonly TreeValue[]) : [];
}

/** The entries that a UNION, INTERSECT or EXCEPT puts together. */
export function branches(operations: TreeValue): readonly number[] {
  if (operations === null || typeof operations === 'string') return [];
  if (!isNode(operations)) return operations.flatMap(branches);
  if (operations.tag === 'RANGETBLREF') return [numberOf(operations, 'rtindex')];
  return [
    ...branches(operations.fields.get('larg') ?? null),
    ...branches(operations.fields.get('rarg') ?? null),
  ];
}
