import { peerNames, type PeerName, type ServerName } from '../scenarios/index.js';
import type { Flags } from './flags.js';
import { installPeers, whyNot } from './peers.js';
import { say } from './say.js';

/**
 * The servers that a run needs. Peers that are missing are installed; a smoke run, which must not wait for a registry,
 * goes without them and says so.
 */
export async function chooseServers({
  scenarios,
  parts,
  peers,
  smoke,
}: Flags): Promise<readonly ServerName[]> {
  const asked = new Set(scenarios.flatMap(({ lanes }) => lanes.map(({ server }) => server)));
  const wanted = peerNames.filter((name) => asked.has(name) && peers.includes(name));
  if (!smoke) await installPeers(wanted);
  const able: PeerName[] = [];
  for (const peer of wanted) {
    const reason = whyNot(peer);
    if (reason === null) able.push(peer);
    else say(`without ${peer}: ${reason}`);
  }
  const gateways = (['cordon', 'cordonOnMore', 'cordonOnLedger'] as const).filter(
    (name) => asked.has(name) || (name === 'cordon' && parts.has('timing')),
  );
  return [...able, ...gateways];
}
