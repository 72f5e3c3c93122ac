import { decode, encode } from 'cborg';

/** What is encoded canonically: no maps, no floats, no undefined; positions carry the meaning. */
export type Canonical = null | boolean | number | bigint | string | Uint8Array | readonly Canonical[];

/** Deterministic CBOR (RFC 8949, 4.2): one encoding per value. Numbers must be safe integers. */
export function encodeCanonical(value: Canonical): Uint8Array {
  return encode(value, { float64: true });
}

/** The value of a canonical encoding; any other encoding of it, trailing bytes, maps or floats throw. */
export function decodeCanonical(bytes: Uint8Array): Canonical {
  const value = decode(bytes, {
    strict: true,
    useMaps: true,
    allowIndefinite: false,
    allowUndefined: false,
    allowNaN: false,
    allowInfinity: false,
    rejectDuplicateMapKeys: true,
  }) as Canonical;
  if (Buffer.compare(encodeCanonical(value), bytes) !== 0) throw new Error('not a canonical encoding');
  return value;
}
