import type { ControlPlane } from '../control/index.js';
import type { TrustedDocuments } from '../documents/index.js';
import type { Gateway } from '../gateway/index.js';
import type { Authenticator } from '../identity/index.js';
import type { CallerLimits, LimitsByRole } from '../policy/index.js';
import type { ViewServers } from './view-servers.js';

/**
 * Everything that follows from one schema and policy, immutable and replaced as a whole. A request takes the one that is
 * current when it begins and asks for no other: who calls, what they see and what the entry cites are of one version.
 */
export interface Deployment {
  readonly authenticator: Authenticator;
  readonly views: ViewServers;
  readonly gateway: Gateway;
  readonly control: ControlPlane;
  readonly documents: TrustedDocuments;
  readonly limits: LimitsByRole<CallerLimits>;
}
