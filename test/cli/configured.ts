import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { SocketConnection } from '../../src/embedded/index.js';
import { prepareGateway, type PreparedGateway, type TestDeployment } from '../support/gateway.js';

const urlOf = ({ host, port, user, database }: SocketConnection): string =>
  `postgres://${user}@localhost:${port}/${database}?host=${encodeURIComponent(host)}`;

/**
 * A deployment with a `cordon.yaml` in its folder, for commands that are run there.
 * @param lines further ones of the configuration
 */
export async function configuredGateway(
  deployment: TestDeployment,
  ...lines: readonly string[]
): Promise<PreparedGateway> {
  const prepared = await prepareGateway(deployment);
  const sources = [...prepared.sources].map(([name, { config }]) => `  ${name}: { url: "${urlOf(config)}" }`);
  const written = [
    'schema: schema',
    'policy: policy.yaml',
    'sources:',
    ...sources,
    `control: { url: "${urlOf(prepared.control)}" }`,
    'keys: { folder: keys }',
    'ledger: { folder: ledger }',
    `issuers: ${JSON.stringify(prepared.config.issuers)}`,
    ...lines,
    '',
  ];
  await writeFile(join(prepared.folder, 'cordon.yaml'), written.join('\n'));
  return prepared;
}
