import { encodeCanonical, sha256, type PackedKind } from '../base/index.js';
import type { Cells, Descriptor } from './draft.js';
import { choice, decode, fields, list, nullable, text } from './form.js';

/**
 * What entries refer to by hash: the texts of schema and policy, and the descriptors of disclosures. Each is a leaf of
 * its own, in the same chain and on the same day before its first use, so that nobody can redefine it later and every
 * day can be read by itself.
 */
export interface DictionaryText {
  readonly kind: DictionaryKind;
  /** SHA-256 of `body`. */
  readonly hash: Buffer;
  /** UTF-8 text, or a descriptor's canonical encoding. */
  readonly body: Buffer;
  /** Kind and hash in one string, for sets. */
  readonly name: string;
}

export const dictionaryKinds = ['descriptor', 'schema', 'policy'] as const;
export type DictionaryKind = (typeof dictionaryKinds)[number];

export function dictionaryName(kind: DictionaryKind, hash: Uint8Array): string {
  return `${kind}:${Buffer.from(hash).toString('hex')}`;
}

export function dictionaryText(kind: DictionaryKind, body: string | Uint8Array): DictionaryText {
  const stored = typeof body === 'string' ? Buffer.from(body) : Buffer.from(body);
  const hash = sha256(stored);
  return { kind, hash, body: stored, name: dictionaryName(kind, hash) };
}

const decisions: readonly Cells['decision'][] = ['CLEAR', 'MASKED', 'AGGREGATE', 'DENIED'];
const usages: readonly Cells['usage'][] = ['READ', 'FILTER', 'SORT', 'GROUP', 'AGGREGATE', 'RELATE'];
const packedKinds: readonly PackedKind[] = ['i2', 'i4', 'i8', 'uuid', 'text'];

/** Plans are cached and their descriptors with them, so most requests find the encoding made. */
const encoded = new WeakMap<Descriptor, DictionaryText>();

/** `[version, type, source, key layout, [[decision, usage, mask, class, coordinates], …]]` */
export function descriptorText(descriptor: Descriptor): DictionaryText {
  const known = encoded.get(descriptor);
  if (known !== undefined) return known;
  const made = dictionaryText(
    'descriptor',
    encodeCanonical([
      1,
      descriptor.type,
      descriptor.source,
      descriptor.keyLayout.map((kind) => packedKinds.indexOf(kind)),
      descriptor.cells.map((cells) => [
        decisions.indexOf(cells.decision),
        usages.indexOf(cells.usage),
        cells.mask,
        cells.secretClass,
        cells.coordinates,
      ]),
    ]),
  );
  encoded.set(descriptor, made);
  return made;
}

/** @throws MalformedError when the body is no descriptor of a known version */
export function readDescriptor(body: Uint8Array): Descriptor {
  const [version, type, source, layout, cells] = fields(decode(body), 5);
  choice(version, [undefined, 1]);
  return {
    type: text(type),
    source: text(source),
    keyLayout: list(layout, (kind) => choice(kind, packedKinds)),
    cells: list(cells, (item) => {
      const [decision, usage, mask, secretClass, coordinates] = fields(item, 5);
      return {
        decision: choice(decision, decisions),
        usage: choice(usage, usages),
        mask: nullable(mask, text),
        secretClass: nullable(secretClass, text),
        coordinates: list(coordinates, text),
      };
    }),
  };
}
