/** Network addresses as a caller writes them; undefined for what PostgreSQL would refuse. */

const octet = '(?:\\d|[1-9]\\d|1\\d\\d|2[0-4]\\d|25[0-5])';
const ipv4Pattern = new RegExp(`^${octet}(?:\\.${octet}){3}$`);
const groupPattern = /^[\da-f]{1,4}$/i;
const lengthPattern = /^(?:0|[1-9]\d{0,2})$/;

function ipv4Bytes(text: string): number[] | undefined {
  return ipv4Pattern.test(text) ? text.split('.').map(Number) : undefined;
}

/** The bytes of colon-separated groups, the last of which may be an IPv4 address. */
function groupBytes(text: string): number[] | undefined {
  if (text === '') return [];
  const groups = text.split(':');
  const bytes: number[] = [];
  for (const [i, group] of groups.entries()) {
    const last = i === groups.length - 1 ? ipv4Bytes(group) : undefined;
    if (last !== undefined) bytes.push(...last);
    else if (groupPattern.test(group)) bytes.push(parseInt(group, 16) >> 8, parseInt(group, 16) & 255);
    else return undefined;
  }
  return bytes;
}

function ipv6Bytes(text: string): number[] | undefined {
  const [before = '', after, more] = text.split('::');
  const head = groupBytes(before);
  if (head === undefined || more !== undefined) return undefined;
  if (after === undefined) return head.length === 16 ? head : undefined;
  // What stands before the gap has no dots.
  const tail = before.includes('.') ? undefined : groupBytes(after);
  if (tail === undefined || head.length + tail.length > 14) return undefined;
  return [...head, ...Array<number>(16 - head.length - tail.length).fill(0), ...tail];
}

interface Network {
  readonly bytes: readonly number[];
  /** Bits of the prefix. */
  readonly length: number;
}

function networkOf(text: string): Network | undefined {
  const [address = '', written, more] = text.split('/');
  const bytes = ipv4Bytes(address) ?? ipv6Bytes(address);
  if (bytes === undefined || more !== undefined) return undefined;
  const all = bytes.length * 8;
  if (written === undefined) return { bytes, length: all };
  return lengthPattern.test(written) && Number(written) <= all
    ? { bytes, length: Number(written) }
    : undefined;
}

/** A network has no bits behind its prefix. */
function isWhole({ bytes, length }: Network): boolean {
  return bytes.every((byte, i) => {
    const kept = Math.min(Math.max(length - i * 8, 0), 8);
    return (byte & (255 >> kept)) === 0;
  });
}

export function readInet(value: unknown): string | undefined {
  return typeof value === 'string' && networkOf(value) !== undefined ? value : undefined;
}

export function readCidr(value: unknown): string | undefined {
  const network = typeof value === 'string' ? networkOf(value) : undefined;
  return typeof value === 'string' && network !== undefined && isWhole(network) ? value : undefined;
}
