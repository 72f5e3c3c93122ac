import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import {
  groupNodes,
  leafHash,
  merkleTree,
  nodeHash,
  provesInclusion,
  provesInGroup,
  type GroupInclusion,
} from '../../src/ledger/merkle.js';

const leavesOf = (count: number) =>
  Array.from({ length: count }, (_, i) => leafHash(Buffer.from([i, i >> 8])));

/** RFC 6962, 2.1, word by word: the left subtree holds the largest power of two below the count. */
function recursiveRoot(leaves: readonly Buffer[]): Buffer {
  if (leaves.length === 1) return leaves[0]!;
  let half = 1;
  while (half * 2 < leaves.length) half *= 2;
  return nodeHash(recursiveRoot(leaves.slice(0, half)), recursiveRoot(leaves.slice(half)));
}

describe('the Merkle tree of a batch', () => {
  it('has the shape of RFC 6962 for every size', () => {
    for (let size = 1; size <= 130; size++) {
      const leaves = leavesOf(size);
      expect(merkleTree(leaves).root).toEqual(recursiveRoot(leaves));
    }
  });

  it('proves each of its leaves, at its own place and in its own size only', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 80 }), fc.nat(), fc.nat(), fc.nat(), (size, a, b, c) => {
        const leaves = leavesOf(size);
        const { root, path } = merkleTree(leaves);
        const [index, otherIndex, otherSize] = [a % size, b % size, 1 + (c % 90)];
        const proof = { index, size, leaf: leaves[index]!, path: path(index), root };
        expect(provesInclusion(proof)).toBe(true);
        expect(provesInclusion({ ...proof, index: otherIndex })).toBe(otherIndex === index);
        expect(provesInclusion({ ...proof, leaf: leaves[otherIndex]! })).toBe(otherIndex === index);
        if (path(index).length > 0)
          expect(provesInclusion({ ...proof, path: path(index).slice(1) })).toBe(false);
        // Some sizes have the same path for a place; a longer or shorter tree never has.
        if (otherIndex >= otherSize)
          expect(provesInclusion({ ...proof, index: otherIndex, size: otherSize })).toBe(false);
      }),
    );
  });

  it('does not take an inner node for a leaf', () => {
    const leaves = leavesOf(4);
    const { root, path } = merkleTree(leaves);
    const leaf = nodeHash(leaves[0]!, leaves[1]!);
    expect(provesInclusion({ index: 0, size: 4, leaf, path: path(0).slice(1), root })).toBe(false);
    expect(leafHash(Buffer.concat([leaves[0]!, leaves[1]!]))).not.toEqual(leaf);
  });
});

/** What shows each leaf of a tree by its group, taken from the slices of the leaves and not from what is tested. */
function groupProofs(size: number): GroupInclusion[] {
  const leaves = leavesOf(size);
  const starts = leaves.flatMap((_, i) => (i % 16 === 0 ? [i] : []));
  const groups = starts.map((start) => leaves.slice(start, start + 16));
  const nodes = Buffer.concat(groups.map(recursiveRoot));
  const root = recursiveRoot(leaves);
  return leaves.map((leaf, index) => {
    const group = Buffer.concat(groups[index >> 4]!);
    return { index, size, leaf, group, nodes, root };
  });
}

/** The bytes with one of them altered. */
function flipped(bytes: Uint8Array, at: number): Buffer {
  const copy = Buffer.from(bytes);
  copy[at]! ^= 1;
  return copy;
}

/** A byte of each of the hashes altered in turn. */
const eachAltered = (hashes: Uint8Array): Buffer[] =>
  Array.from({ length: hashes.length / 32 }, (_, i) => flipped(hashes, i * 32 + (i % 32)));

const smallTrees = Array.from({ length: 70 }, (_, i) => groupProofs(i + 1));
const greatTrees = [255, 256, 257, 271, 272, 273, 1023, 1024, 1025].map(groupProofs);
const trees = [...smallTrees, ...greatTrees];

describe('the groups of a batch', () => {
  it('have the nodes over the trees of their own leaves, at every size', () => {
    for (const [first] of trees)
      expect(groupNodes(Buffer.concat(leavesOf(first!.size)))).toEqual(first!.nodes);
    expect(() => groupNodes(Buffer.alloc(0))).toThrow('leaves');
    expect(() => groupNodes(Buffer.alloc(33))).toThrow('leaves');
  });

  it('prove each leaf in its place', () => {
    expect(trees.flat().filter((proof) => !provesInGroup(proof))).toEqual([]);
  });

  /** What proves something of each leaf although it must not; of great trees a few are tried. */
  function wronglyProven(alter: (proof: GroupInclusion) => readonly Partial<GroupInclusion>[]) {
    const tried = [
      ...smallTrees.flat(),
      ...greatTrees.flatMap((tree) => tree.filter((_, i) => i % 101 === 0)),
    ].flatMap((proof) => alter(proof).map((altered) => ({ ...proof, ...altered })));
    expect(tried.length).toBeGreaterThan(trees.length);
    return tried.filter(provesInGroup).map(({ index, size }) => ({ index, size }));
  }

  const zero = Buffer.alloc(32);
  it.each<[string, (proof: GroupInclusion) => readonly Partial<GroupInclusion>[]]>([
    ['another leaf', ({ leaf }) => [{ leaf: flipped(leaf, 5) }, { leaf: leaf.subarray(1) }]],
    ['another root', ({ root }) => [{ root: flipped(root, 5) }, { root: root.subarray(1) }]],
    [
      'a group with one leaf altered',
      ({ group }) => eachAltered(group).map((altered) => ({ group: altered })),
    ],
    [
      'itself put into its group',
      ({ index, group }) => {
        const [altered, at] = [flipped(group, (index % 16) * 32), (index % 16) * 32];
        return [{ group: altered, leaf: altered.subarray(at, at + 32) }];
      },
    ],
    [
      'itself put into its group, whose node is made to fit',
      ({ index, group, nodes }) => {
        const [altered, at] = [flipped(group, (index % 16) * 32), (index % 16) * 32];
        const fitting = Buffer.from(nodes);
        groupNodes(altered).copy(fitting, (index >> 4) * 32);
        return [{ group: altered, leaf: altered.subarray(at, at + 32), nodes: fitting }];
      },
    ],
    ['nodes with one altered', ({ nodes }) => eachAltered(nodes).map((altered) => ({ nodes: altered }))],
    [
      'a group of another size',
      ({ group }) => [
        { group: group.subarray(32) },
        { group: group.subarray(0, -32) },
        { group: group.subarray(0, -1) },
        { group: Buffer.concat([group, group.subarray(0, 32)]) },
        { group: Buffer.concat([group, zero]) },
      ],
    ],
    [
      'nodes too few or too many',
      ({ nodes }) => [
        { nodes: nodes.subarray(32) },
        { nodes: nodes.subarray(0, -32) },
        { nodes: nodes.subarray(0, -1) },
        { nodes: Buffer.concat([nodes, nodes.subarray(-32)]) },
        { nodes: Buffer.concat([nodes, zero]) },
      ],
    ],
    // The one node of a tree of one group is its root.
    ['the root in place of the nodes', ({ root, size }) => (size > 16 ? [{ nodes: Buffer.from(root) }] : [])],
    [
      'nothing behind the last',
      ({ size }) => [{ index: size, leaf: zero.subarray(32), group: zero.subarray(32) }],
    ],
    [
      'the nodes as a group',
      ({ nodes, size }) => (size > 1 ? [{ group: nodes, leaf: nodes.subarray(0, 32), index: 0 }] : []),
    ],
  ])('prove nothing with %s', (_, alter) => {
    expect(wronglyProven(alter)).toEqual([]);
  });

  it('prove a leaf in no other place', () => {
    const places = [...Array.from({ length: 90 }, (_, i) => i - 5), 0.5, NaN, Infinity, -Infinity, 2 ** 53];
    const others = ({ index }: GroupInclusion) => places.filter((each) => each !== index);
    expect(wronglyProven((proof) => others(proof).map((index) => ({ index })))).toEqual([]);
  });

  it('prove a leaf in no tree of another shape', () => {
    const shape = (index: number, size: number) =>
      [Math.ceil(size / 16), Math.min(size - (index & ~15), 16)].join();
    // As with paths, trees of some sizes have the same nodes for a leaf; the seal names the size beside the root.
    const others = ({ index, size }: GroupInclusion) =>
      Array.from({ length: 90 }, (_, i) => i - 5).filter((each) => shape(index, each) !== shape(index, size));
    expect(wronglyProven((proof) => others(proof).map((size) => ({ size })))).toEqual([]);
    expect(wronglyProven(() => [{ size: NaN }, { size: Infinity }, { size: 20.5 }])).toEqual([]);
  });
});

interface Vector {
  readonly leafIdx: number;
  readonly treeSize: number;
  readonly root: string;
  readonly leafHash: string;
  readonly proof: readonly string[] | null;
  readonly desc: string;
  readonly wantErr: boolean;
}

const folder = join(__dirname, '../../../shared/data/merkle-vectors/inclusion');
const present = existsSync(folder);
if (!present) console.warn(`skipped: no test vectors of transparency-dev/merkle at ${folder}`);

(present ? describe : describe.skip)('the inclusion vectors of transparency-dev/merkle', () => {
  const files = present
    ? readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.json'))
    : [];

  it.each(files.length === 0 ? ['none'] : files)('%s', (name) => {
    const vector = JSON.parse(readFileSync(join(folder, name), 'utf8')) as Vector;
    const bytes = (text: string) => Buffer.from(text, 'base64');
    const proof = {
      index: vector.leafIdx,
      size: vector.treeSize,
      leaf: bytes(vector.leafHash),
      path: (vector.proof ?? []).map(bytes),
      root: bytes(vector.root),
    };
    expect(provesInclusion(proof)).toBe(!vector.wantErr);
  });
});
