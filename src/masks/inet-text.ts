/** An address with the length of its prefix, as `inet` and `cidr` hold it. */
export interface Network {
  /** Bits of an address: IPv4 or IPv6. */
  readonly family: 32 | 128;
  readonly address: bigint;
  readonly length: number;
}

const GROUPS = 8;

function fromParts(parts: readonly number[], bits: number): bigint {
  return parts.reduce((address, part) => (address << BigInt(bits)) | BigInt(part), 0n);
}

function toParts(address: bigint, bits: number, count: number): number[] {
  return Array.from({ length: count }, (_, i) =>
    Number((address >> BigInt(bits * (count - 1 - i))) & ((1n << BigInt(bits)) - 1n)),
  );
}

/** The groups of half an IPv6 address; an IPv4 address at its end is two. */
function groupsOf(text: string): number[] {
  return text
    .split(':')
    .filter((group) => group !== '')
    .flatMap((group) =>
      group.includes('.') ? toParts(fromParts(group.split('.').map(Number), 8), 16, 2) : parseInt(group, 16),
    );
}

/** Reads PostgreSQL's text form. */
export function parseNetwork(text: string): Network {
  const [address = '', length] = text.split('/');
  if (!address.includes(':'))
    return {
      family: 32,
      address: fromParts(address.split('.').map(Number), 8),
      length: Number(length ?? 32),
    };
  const [head = [], tail = []] = address.split('::').map(groupsOf);
  const zeros = Array.from({ length: GROUPS - head.length - tail.length }, () => 0);
  return { family: 128, address: fromParts([...head, ...zeros, ...tail], 16), length: Number(length ?? 128) };
}

/** The longest run of at least two zero groups, the first of equals; empty where there is none. */
function longestZeros(groups: readonly number[]): { readonly start: number; readonly length: number } {
  let best = { start: 0, length: 1 };
  for (let start = 0; start < GROUPS; start++) {
    const end = groups.findIndex((group, i) => i >= start && group !== 0);
    const length = (end === -1 ? GROUPS : end) - start;
    if (length > best.length) best = { start, length };
  }
  return best.length > 1 ? best : { start: 0, length: 0 };
}

/** IPv6 with a run of zeros as `::`. An IPv4 address at the end has its own form, which no masked address has. */
function ipv6Text(address: bigint): string {
  const groups = toParts(address, 16, GROUPS);
  const { start, length } = longestZeros(groups);
  const written = groups.map((group) => group.toString(16));
  if (length === 0) return written.join(':');
  return `${written.slice(0, start).join(':')}::${written.slice(start + length).join(':')}`;
}

/** Writes PostgreSQL's text form of a network of at most 64 bits of prefix; `cidr` always has the length. */
export function formatNetwork({ family, address, length }: Network, asCidr: boolean): string {
  const text = family === 32 ? toParts(address, 8, 4).join('.') : ipv6Text(address);
  return length === family && !asCidr ? text : `${text}/${length}`;
}
