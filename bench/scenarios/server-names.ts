/** Those that Cordon is compared with. */
export const peerNames = ['limit', 'handbuilt', 'mercurius', 'postgraphile'] as const;
export type PeerName = (typeof peerNames)[number];

/** Cordon: on the data that the peers have, on ten times as much, and with a ledger that holds much already. */
export const gatewayNames = ['cordon', 'cordonOnMore', 'cordonOnLedger'] as const;
export type GatewayName = (typeof gatewayNames)[number];

/** Every server that can be measured; each is a process of its own. */
export type ServerName = PeerName | GatewayName;

/** Whether a server is Cordon, and so has a ledger to be counted. */
export const isGateway = (name: ServerName): name is GatewayName =>
  gatewayNames.some((each) => each === name);
