import { audit } from './audit.js';
import { cross } from './cross.js';
import { deny } from './deny.js';
import { flat } from './flat.js';
import { growth } from './growth.js';
import { list } from './list.js';
import { one } from './one.js';
import { views } from './views.js';

export type { Lane, Scenario } from './scenario.js';
export { isGateway, peerNames, type GatewayName, type PeerName, type ServerName } from './server-names.js';

export { audit, deny, growth, list, one, views };
export const scenarios = [list, flat, one, cross, deny, views, growth, audit] as const;
