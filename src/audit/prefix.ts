/** The first 64 bits of a hash or of an id that is one: enough to find it by, and half of what a whole one would take. */
export function prefix64(hash: Uint8Array): bigint {
  return Buffer.from(hash.buffer, hash.byteOffset, 8).readBigInt64BE();
}
