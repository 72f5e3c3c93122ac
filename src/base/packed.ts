/**
 * Packed tuples: how record keys, join keys and cursor tuples leave PostgreSQL beside the JSON. One binary string
 * holds any number of tuples, each column in PostgreSQL's own wire form, so nothing is ever joined with a separator
 * that a value could contain, and concatenation across nested levels is one `string_agg`.
 *
 * | kind   | bytes |
 * |--------|-------|
 * | `i2`   | 2, big endian, signed (never null) |
 * | `i4`   | 4, big endian, signed (never null) |
 * | `i8`   | 8, big endian, signed (never null) |
 * | `uuid` | 16 (never null) |
 * | `text` | 4 (byte length, −1 for null), then the value's text form in UTF-8 |
 */
export type PackedKind = 'i2' | 'i4' | 'i8' | 'uuid' | 'text';
export type PackedLayout = readonly PackedKind[];
/** Values in PostgreSQL's text form. */
export type Tuple = readonly (string | null)[];

const fixedWidth: Readonly<Record<Exclude<PackedKind, 'text'>, number>> = { i2: 2, i4: 4, i8: 8, uuid: 16 };

/** Where each tuple ends, and the next begins; throws when the bytes do not fit the layout. */
function tupleEnds(bytes: Buffer, layout: PackedLayout): number[] {
  // Bytes of columns whose width is fixed, up to the first text and behind each; with no text, those of a whole tuple.
  const widths = [0];
  for (const kind of layout) {
    if (kind === 'text') widths.push(0);
    else widths[widths.length - 1] = (widths.at(-1) ?? 0) + fixedWidth[kind];
  }
  const [first = 0, ...behindTexts] = widths;
  const ends: number[] = [];
  for (let at = 0; at < bytes.length;) {
    const start = at;
    at += first;
    for (const width of behindTexts) at += 4 + Math.max(bytes.readInt32BE(at), 0) + width;
    if (at > bytes.length || at === start) throw new Error('packed tuples are cut short');
    ends.push(at);
  }
  return ends;
}

function readValue(
  bytes: Buffer,
  at: number,
  kind: PackedKind,
): readonly [value: string | null, next: number] {
  switch (kind) {
    case 'i2':
      return [String(bytes.readInt16BE(at)), at + 2];
    case 'i4':
      return [String(bytes.readInt32BE(at)), at + 4];
    case 'i8':
      return [String(bytes.readBigInt64BE(at)), at + 8];
    case 'uuid': {
      const hex = bytes.toString('hex', at, at + 16);
      return [
        `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`,
        at + 16,
      ];
    }
    case 'text': {
      const length = bytes.readInt32BE(at);
      return length < 0 ? [null, at + 4] : [bytes.toString('utf8', at + 4, at + 4 + length), at + 4 + length];
    }
  }
}

/** The tuples of a packed string, in order. */
export function unpack(bytes: Buffer, layout: PackedLayout): Tuple[] {
  let at = 0;
  return tupleEnds(bytes, layout).map(() =>
    layout.map((kind) => {
      const [value, next] = readValue(bytes, at, kind);
      at = next;
      return value;
    }),
  );
}

/** The distinct tuples, first appearances in order, still packed, and how many there are. */
export function distinctPacked(
  bytes: Buffer,
  layout: PackedLayout,
): { readonly bytes: Buffer; readonly count: number } {
  // A character for each byte: cutting tuples out of one text costs a tenth of cutting buffers, and this is done for
  // every record that leaves.
  const text = bytes.toString('latin1');
  const seen = new Set<string>();
  let start = 0;
  const ends = tupleEnds(bytes, layout);
  for (const end of ends) {
    seen.add(text.slice(start, end));
    start = end;
  }
  return {
    bytes: seen.size === ends.length ? bytes : Buffer.from([...seen].join(''), 'latin1'),
    count: seen.size,
  };
}

/** How many tuples there are; throws when the bytes do not fit the layout. */
export function countPacked(bytes: Buffer, layout: PackedLayout): number {
  return tupleEnds(bytes, layout).length;
}

/** Each tuple of a packed string, still packed. */
export function splitPacked(bytes: Buffer, layout: PackedLayout): Buffer[] {
  let start = 0;
  return tupleEnds(bytes, layout).map((end) => {
    const tuple = bytes.subarray(start, end);
    start = end;
    return tuple;
  });
}

const integerBytes = { i2: 2, i4: 4, i8: 8 } as const;

/** A value of any column, packed; null where it is none of that kind. */
function packValue(value: string | null, kind: PackedKind): Buffer | null {
  if (kind === 'text') {
    const text = value === null ? null : Buffer.from(value);
    const length = Buffer.alloc(4);
    length.writeInt32BE(text?.length ?? -1);
    return text === null ? length : Buffer.concat([length, text]);
  }
  if (value === null) return null;
  if (kind === 'uuid') {
    const hex = value.replaceAll('-', '');
    return /^[\da-f]{32}$/i.test(hex) ? Buffer.from(hex, 'hex') : null;
  }
  if (!/^-?\d{1,19}$/.test(value)) return null;
  const width = integerBytes[kind];
  const integer = BigInt(value);
  if (BigInt.asIntN(width * 8, integer) !== integer) return null;
  const bytes = Buffer.alloc(8);
  bytes.writeBigInt64BE(integer);
  return bytes.subarray(8 - width);
}

/** A tuple, packed; null where it is not one of the layout. The reverse of `unpack`. */
export function pack(tuple: Tuple, layout: PackedLayout): Buffer | null {
  if (tuple.length !== layout.length) return null;
  const values = layout.map((kind, i) => packValue(tuple[i] ?? null, kind));
  const packed = values.filter((value) => value !== null);
  return packed.length === values.length ? Buffer.concat(packed) : null;
}
