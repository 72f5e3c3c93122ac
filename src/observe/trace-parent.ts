import type { SpanContext } from '@opentelemetry/api';
import { BlockList, isIPv6 } from 'node:net';

/** Addresses and networks as a list that can be asked. */
export function addressList(written: readonly string[]): BlockList {
  const list = new BlockList();
  for (const each of written) {
    const [address = '', bits] = each.split('/');
    const family = isIPv6(address) ? 'ipv6' : 'ipv4';
    if (bits === undefined) list.addAddress(address, family);
    else list.addSubnet(address, Number(bits), family);
  }
  return list;
}

/** Whether it is who spoke to us that is in the list, and not who they say they speak for. */
export function isListed(list: BlockList, address: string | undefined): boolean {
  if (address === undefined) return false;
  const v4 = address.replace(/^::ffff:(?=\d+\.)/, '');
  return list.check(v4, isIPv6(v4) ? 'ipv6' : 'ipv4');
}

const form = /^00-(?!0{32})([0-9a-f]{32})-(?!0{16})([0-9a-f]{16})-([0-9a-f]{2})$/;

/**
 * The trace that a request says it is part of (W3C Trace Context, version 00), or null. Nothing else of it is taken: what
 * `tracestate` and `baggage` hold is text of somebody else's.
 */
export function readTraceParent(header: string | readonly string[] | undefined): SpanContext | null {
  const match = typeof header === 'string' ? form.exec(header) : null;
  if (match === null) return null;
  const [, traceId = '', spanId = '', flags = ''] = match;
  return { traceId, spanId, traceFlags: Number.parseInt(flags, 16) & 1, isRemote: true };
}
