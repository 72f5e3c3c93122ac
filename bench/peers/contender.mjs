/** How a peer is started and ends: told its databases, it listens on loopback and says where. */

/** What the benchmark gives every peer: `{ reader, desk, audit, poolSize, jwksUri, issuer, audience }`. */
export const settings = JSON.parse(process.argv[2]);

/**
 * Tells the benchmark that the peer answers at this port, and ends with the benchmark.
 * @param more what it must know besides to ask
 */
export function answering(port, more = {}) {
  process.on('disconnect', () => process.exit());
  process.send({ kind: 'answering', port, ...more });
}
