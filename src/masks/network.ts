import { integer, sql } from '../base/index.js';
import { formatNetwork, parseNetwork } from './inet-text.js';
import { asType, outsideFamily } from './kinds.js';
import type { Mask, MaskSpec } from './mask.js';

/**
 * The network of an address: so many bits of its prefix, or fewer where what is stored is a wider network. IPv4 and
 * IPv6 alike: 24 bits are a small IPv4 network and a very large IPv6 one. Null stays null.
 */
export const network: Mask<Extract<MaskSpec, { readonly name: 'network' }>> = {
  name: 'network',
  unfit: (_spec, { type }) => outsideFamily('network', 'network', type),
  nullable: (_spec, target) => target.nullable,
  toSql: ({ bits }, { type }, { value }) => {
    const address = sql`(${value})::pg_catalog.inet`;
    // More bits than an address of its family has would raise; no address has more than its own.
    const kept = sql`LEAST(pg_catalog.masklen(${address}), ${integer(bits)})`;
    return asType(sql`pg_catalog.network(pg_catalog.set_masklen(${address}, ${kept}))`, type);
  },
  reference: ({ bits }, { type }, { value }) => {
    if (value === null) return null;
    const { family, address, length } = parseNetwork(value);
    const kept = Math.min(length, bits);
    const hidden = BigInt(family - kept);
    return formatNetwork(
      { family, address: (address >> hidden) << hidden, length: kept },
      type.kind === 'cidr',
    );
  },
};
