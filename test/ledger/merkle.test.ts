import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { leafHash, merkleTree, nodeHash, provesInclusion } from '../../src/ledger/merkle.js';

const leavesOf = (count: number) => Array.from({ length: count }, (_, i) => leafHash(Buffer.from([i])));

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
