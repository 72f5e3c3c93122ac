/** What is encoded canonically: no maps, no floats, no undefined; positions carry the meaning. */
export type Canonical = null | boolean | number | bigint | string | Uint8Array | readonly Canonical[];

/** CBOR's major types, in the upper three bits of an item's first byte. */
const major = { natural: 0x00, negative: 0x20, bytes: 0x40, text: 0x60, array: 0x80 } as const;
const simple = { no: 0xf4, yes: 0xf5, null: 0xf6 } as const;

/** Bytes of an item's head: its type, and a number in the fewest bytes that hold it. */
function headLength(value: number | bigint): number {
  if (value < 24) return 1;
  if (value < 0x100) return 2;
  if (value < 0x10000) return 3;
  return value < 0x100000000 ? 5 : 9;
}

function writeHead(into: Buffer, at: number, type: number, value: number | bigint): number {
  const length = headLength(value);
  if (length === 1) {
    into[at] = type | Number(value);
    return at + 1;
  }
  if (length === 9) {
    into[at] = type | 27;
    return into.writeBigUInt64BE(BigInt(value), at + 1);
  }
  const width = length - 1;
  into[at] = type | (width === 1 ? 24 : width === 2 ? 25 : 26);
  return into.writeUIntBE(Number(value), at + 1, width);
}

/** CBOR counts negative integers from −1 upwards. */
const fromMinusOne = (value: number | bigint) => (typeof value === 'bigint' ? -1n - value : -1 - value);

function encodedLength(value: Canonical): number {
  if (value === null || typeof value === 'boolean') return 1;
  if (typeof value === 'number' && !Number.isSafeInteger(value))
    throw new Error('only whole numbers are encoded');
  if (typeof value === 'number' || typeof value === 'bigint')
    return headLength(value < 0 ? fromMinusOne(value) : value);
  const length = typeof value === 'string' ? Buffer.byteLength(value) : value.length;
  if (typeof value === 'string' || value instanceof Uint8Array) return headLength(length) + length;
  let sum = headLength(length);
  for (const item of value) sum += encodedLength(item);
  return sum;
}

/** @returns where the next item goes */
function write(into: Buffer, at: number, value: Canonical): number {
  if (value === null || typeof value === 'boolean') {
    into[at] = value === null ? simple.null : value ? simple.yes : simple.no;
    return at + 1;
  }
  if (typeof value === 'number' || typeof value === 'bigint')
    return value < 0
      ? writeHead(into, at, major.negative, fromMinusOne(value))
      : writeHead(into, at, major.natural, value);
  if (typeof value === 'string') {
    const start = writeHead(into, at, major.text, Buffer.byteLength(value));
    return start + into.write(value, start);
  }
  if (value instanceof Uint8Array) {
    const start = writeHead(into, at, major.bytes, value.length);
    into.set(value, start);
    return start + value.length;
  }
  let end = writeHead(into, at, major.array, value.length);
  for (const item of value) end = write(into, end, item);
  return end;
}

/**
 * Deterministic CBOR (RFC 8949, 4.2): one encoding per value. Numbers must be safe integers. Written here because every
 * request is encoded several times for its entry, and a general encoder takes ten times as long (decision 008).
 * @throws for a number that is no safe integer, and for an integer of more than 64 bits
 */
export function encodeCanonical(value: Canonical): Buffer {
  const bytes = Buffer.allocUnsafe(encodedLength(value));
  write(bytes, 0, value);
  return bytes;
}
