import { createHash } from 'node:crypto';

/** RFC 6962, 2.1: leaves and nodes are hashed under different prefixes, so that neither can be passed off as the other. */
const leafPrefix = Buffer.from([0]);
const nodePrefix = Buffer.from([1]);

/** Bytes of every hash here. */
export const HASH_BYTES = 32;

/** SHA-256(0x00 ‖ entry): an entry's leaf hash. */
export function leafHash(entry: Uint8Array): Buffer {
  return createHash('sha256').update(leafPrefix).update(entry).digest();
}

/** SHA-256(0x01 ‖ left ‖ right). */
export function nodeHash(left: Uint8Array, right: Uint8Array): Buffer {
  return createHash('sha256').update(nodePrefix).update(left).update(right).digest();
}

/** The level above: a node without a sibling rises as it is, so that the left subtree is always a full one. */
function levelAbove(level: readonly Buffer[]): Buffer[] {
  const above: Buffer[] = [];
  for (let i = 0; i < level.length; i += 2) {
    const [left, right] = [level[i], level[i + 1]];
    if (left !== undefined) above.push(right === undefined ? left : nodeHash(left, right));
  }
  return above;
}

/** The tree over one batch's leaf hashes: its root, and the path that proves each leaf. */
export interface MerkleTree {
  readonly root: Buffer;
  /** Siblings from the leaf upwards; RFC 9162, 2.1.3.1. */
  readonly path: (index: number) => Buffer[];
}

/** Builds the tree over at least one leaf: there is no batch of nothing. */
export function merkleTree(leaves: readonly Buffer[]): MerkleTree {
  const levels: (readonly Buffer[])[] = [leaves];
  let top = leaves;
  while (top.length > 1) {
    top = levelAbove(top);
    levels.push(top);
  }
  const [root] = top;
  if (root === undefined) throw new Error('a tree needs a leaf');
  return {
    root,
    path: (index) =>
      levels.flatMap((level, height) => {
        const sibling = level[(index >> height) ^ 1];
        return sibling === undefined ? [] : [sibling];
      }),
  };
}

export interface Inclusion {
  readonly index: number;
  readonly size: number;
  readonly leaf: Uint8Array;
  readonly path: readonly Uint8Array[];
  readonly root: Uint8Array;
}

/** Whether the path leads from the leaf to the root of a tree of that size; RFC 9162, 2.1.3.2. */
export function provesInclusion({ index, size, leaf, path, root }: Inclusion): boolean {
  if (!Number.isSafeInteger(index) || !Number.isSafeInteger(size) || index < 0 || index >= size) return false;
  if (leaf.length !== HASH_BYTES || root.length !== HASH_BYTES) return false;
  let position = BigInt(index);
  let last = BigInt(size) - 1n;
  let hash: Uint8Array = leaf;
  for (const sibling of path) {
    if (last === 0n || sibling.length !== HASH_BYTES) return false;
    if ((position & 1n) === 1n || position === last) {
      hash = nodeHash(sibling, hash);
      while ((position & 1n) === 0n && position !== 0n) {
        position >>= 1n;
        last >>= 1n;
      }
    } else hash = nodeHash(hash, sibling);
    position >>= 1n;
    last >>= 1n;
  }
  return last === 0n && Buffer.compare(hash, root) === 0;
}
