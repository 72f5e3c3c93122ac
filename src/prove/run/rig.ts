import { mkdtemp } from 'node:fs/promises';
import { join } from 'node:path';
import type { ProveCaller } from '../sight/caller.js';
import { Client } from '../gateways/client.js';
import { withControlRole } from '../gateways/control-role.js';
import { here, twinSecrets } from '../gateways/gateway-host.js';
import { Ledgers } from '../oracles/ledgers.js';
import { People, recordFacts } from '../gateways/people.js';
import type { ProveOptions } from './prove.js';
import { place, startTwin, twinNames, type Twin, type TwinName } from '../gateways/twin.js';

/** What everything is asked of. */
export interface Rig {
  readonly twins: Readonly<Record<TwinName, Twin>>;
  readonly people: People;
  readonly client: Client;
  readonly control: ProveCaller;
  readonly ledgers: Ledgers;
  close(): Promise<void>;
}

/** Somebody for whom everything is clear, whatever the policy's own roles are. */
const controlCaller = (role: string, purpose: string): ProveCaller => ({
  name: role,
  roles: [role],
  subject: role,
  organisation: role,
  claims: {},
  conditionsMet: true,
  purpose,
});

/** Starts the gateways, the issuer of their callers and what they keep. */
export async function startRig(options: ProveOptions): Promise<Rig> {
  const { cluster, config, model, callers, tables, seed, host = here, through } = options;
  const { text, names } = withControlRole(model.policy);
  const control = controlCaller(names.role, names.purpose);
  const folder = await mkdtemp(join(cluster.folder, 'run-'));
  const people = await People.start(folder, [...callers, control]);
  const policyFile = await place(folder, 'policy.yaml', text);
  // Made before the gateways look for them.
  const { ledger } = twinSecrets(seed, folder, config.encryptionKeys);
  const started = await Promise.allSettled(
    twinNames.map(async (name) => {
      const twin = await startTwin(name, {
        cluster,
        folder,
        config,
        policyFile,
        issuer: people.config,
        seed,
        host,
        tables,
        prepareControl: (database) =>
          recordFacts(database, config.migrationsFolder, model.policy, [...callers, control]),
      });
      return through === undefined ? twin : { ...twin, address: await through(twin.address, name) };
    }),
  );
  const twins = started.flatMap((each) => (each.status === 'fulfilled' ? [each.value] : []));
  const client = new Client();
  const close = async () => {
    client.close();
    for (const twin of twins) await twin.close();
    await host.close();
    await people.close();
  };
  const [a, b, shuffled] = twins;
  if (a === undefined || b === undefined || shuffled === undefined) {
    await close();
    throw started.find((each) => each.status === 'rejected')?.reason;
  }
  return {
    twins: { a, b, shuffled },
    people,
    client,
    control,
    ledgers: new Ledgers({ a, b, shuffled }, ledger),
    close,
  };
}
