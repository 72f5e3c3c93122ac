import { subkey, systemClock, type Clock, type Log } from '../../base/index.js';
import type { Config, Secrets } from '../../config.js';
import { loadOrCreateLedgerKeys } from '../../ledger/index.js';
import { startGateway, type RunningGateway } from '../../main.js';
import { CapturedLog } from './captured-log.js';

/** What a gateway of a run is started with: nothing that could not be sent to another thread. */
export interface GatewayOrder {
  readonly config: Config;
  /** Its keys follow from the seed, but for the ledger's, which are in the folder. */
  readonly seed: string;
  readonly folder: string;
}

export interface HostedGateway {
  readonly address: string;
  /** What it has logged, lines since they were last taken. */
  readonly log: { take(): Promise<readonly string[]> };
  close(): Promise<void>;
}

/** Where the gateways of a run are. */
export interface GatewayHost {
  /** @param place what shares a thread has the same; of no account where there is but one */
  start(place: string, order: GatewayOrder): Promise<HostedGateway>;
  close(): Promise<void>;
}

/** Keys that follow from the seed, so that a run that is repeated has the same cursors and pseudonyms. */
export function twinSecrets(seed: string, folder: string, encryptionKeys: readonly string[]): Secrets {
  const root = subkey(Buffer.alloc(32), 'prove', seed);
  return {
    ledger: loadOrCreateLedgerKeys(`${folder}/keys`),
    answers: { mask: subkey(root, 'mask'), cursor: subkey(root, 'cursor'), version: 'prove' },
    columns: new Map(
      encryptionKeys.map((name) => [name, { current: subkey(root, 'column', name), old: [] }]),
    ),
  };
}

/**
 * A thread may be held up for longer than facts are believed: a condition that is unmet for that would look like a finding.
 * Waiting times are therefore stretched; the time of day is not.
 */
const stretch = 30n;
const patientClock: Clock = {
  now: () => systemClock.now(),
  monotonic: () => systemClock.monotonic() / stretch,
};

/** Starts a gateway here. */
export function startOrdered({ config, seed, folder }: GatewayOrder, log: Log): Promise<RunningGateway> {
  return startGateway(config, twinSecrets(seed, folder, config.encryptionKeys), log, patientClock);
}

/** All gateways in this thread: what tests of a run on sources that are not compiled use. */
export const here: GatewayHost = {
  start: async (_place, order) => {
    const log = new CapturedLog();
    const gateway = await startOrdered(order, log);
    return {
      address: gateway.address,
      log: { take: () => Promise.resolve(log.take()) },
      close: () => gateway.close(),
    };
  },
  close: () => Promise.resolve(),
};
