import type { Canonical } from './canonical.js';

const malformed = (): Error => new Error('not a canonical encoding');

/** Texts up to this long are put together from their characters: asking Node for one takes as long as that. */
const shortText = 12;

/** Reads items one after another; each must be in the one form that `encodeCanonical` gives it. */
class Reader {
  readonly #bytes: Buffer;
  #at = 0;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  get isAtEnd(): boolean {
    return this.#at === this.#bytes.length;
  }

  item(): Canonical {
    const head = this.#byte();
    const small = head & 0x1f;
    switch (head >> 5) {
      case 0:
        return this.#number(small);
      case 1: {
        const number = this.#number(small);
        // The number below the safe ones is none of them.
        return typeof number === 'number' && number < Number.MAX_SAFE_INTEGER
          ? -1 - number
          : -1n - BigInt(number);
      }
      case 2: {
        const start = this.#skip(small);
        return this.#bytes.subarray(start, this.#at);
      }
      case 3:
        return this.#text(this.#skip(small), this.#at);
      case 4:
        return this.#array(this.#length(small));
      default:
        return simple(head);
    }
  }

  #byte(): number {
    const byte = this.#bytes[this.#at++];
    if (byte === undefined) throw malformed();
    return byte;
  }

  /** The number in an item's head, which must be in the fewest bytes that hold it. */
  #number(small: number): number | bigint {
    if (small < 24) return small;
    switch (small) {
      case 24:
        return atLeast(24, this.#byte());
      case 25:
        return atLeast(0x100, this.#bytes.readUInt16BE(this.#advance(2)));
      case 26:
        return atLeast(0x10000, this.#bytes.readUInt32BE(this.#advance(4)));
      case 27: {
        const start = this.#advance(8);
        const high = atLeast(1, this.#bytes.readUInt32BE(start));
        return high < 0x200000
          ? high * 0x100000000 + this.#bytes.readUInt32BE(start + 4)
          : this.#bytes.readBigUInt64BE(start);
      }
      default:
        throw malformed();
    }
  }

  /** How many bytes or items follow; what holds that many cannot have fewer bytes left. */
  #length(small: number): number {
    const length = this.#number(small);
    if (typeof length === 'bigint' || length > this.#bytes.length - this.#at) throw malformed();
    return length;
  }

  /** @returns where what is stepped over begins */
  #advance(length: number): number {
    const start = this.#at;
    this.#at += length;
    if (this.#at > this.#bytes.length) throw malformed();
    return start;
  }

  #skip(small: number): number {
    return this.#advance(this.#length(small));
  }

  #text(start: number, end: number): string {
    const bytes = this.#bytes;
    let isAscii = true;
    for (let at = start; at < end && isAscii; at += 1) isAscii = (bytes[at] ?? 0) < 0x80;
    if (!isAscii) {
      const text = bytes.toString('utf8', start, end);
      // What is no UTF-8 is read as another character, which is written as other bytes.
      if (!bytes.subarray(start, end).equals(Buffer.from(text))) throw malformed();
      return text;
    }
    if (end - start > shortText) return bytes.toString('latin1', start, end);
    let text = '';
    for (let at = start; at < end; at += 1) text += String.fromCharCode(bytes[at] ?? 0);
    return text;
  }

  #array(length: number): readonly Canonical[] {
    const items: Canonical[] = [];
    for (let i = 0; i < length; i += 1) items.push(this.item());
    return items;
  }
}

/** In fewer bytes it would have been less. */
function atLeast(least: number, number: number): number {
  if (number < least) throw malformed();
  return number;
}

function simple(head: number): null | boolean {
  switch (head) {
    case 0xf4:
      return false;
    case 0xf5:
      return true;
    case 0xf6:
      return null;
    default:
      throw malformed();
  }
}

/**
 * The value of a canonical encoding; any other encoding of it, trailing bytes, maps, tags or floats throw. Byte strings
 * are views of the bytes given. Written here because verification decodes every entry of a ledger: a general decoder,
 * whose result is encoded again to compare, takes eight times as long (decision 071).
 */
export function decodeCanonical(bytes: Uint8Array): Canonical {
  const reader = new Reader(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength));
  const value = reader.item();
  if (!reader.isAtEnd) throw malformed();
  return value;
}
