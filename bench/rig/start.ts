// How long it takes until a gateway answers: the built program, as it is started by those who run it.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { stringify } from 'yaml';
import { demoAudience, demoIssuer } from '../../src/demo/index.js';
import { desk } from '../deployment/desk.js';
import { reader, shop } from '../deployment/tables.js';
import { deploymentFolder } from './bench-config.js';
import type { Databases } from './databases.js';

/** Seconds, round by round. */
export interface Starts {
  /** Against a database that runs. */
  readonly running: readonly number[];
  /** The demo: an empty folder, a PostgreSQL of its own, its data, the gateway. */
  readonly fromNothing: readonly number[];
}

/** The command, compiled together with the benchmark. */
const cordon = join(fileURLToPath(import.meta.url), '../../../src/cli/cordon.js');

/** Starts the command, waits for its `ready`, and stops it. @returns seconds */
async function secondsToReady(words: readonly string[]): Promise<number> {
  const began = performance.now();
  const child = spawn(process.execPath, words, {
    env: { ...process.env, PORT: '0', NODE_ENV: 'production' },
    // What it warns of, the gateways under load have said.
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const exit = once(child, 'exit');
  let seconds: number | null = null;
  for await (const line of createInterface(child.stdout)) {
    if (!line.startsWith('ready ')) continue;
    seconds = (performance.now() - began) / 1000;
    break;
  }
  child.kill('SIGTERM');
  await exit;
  if (seconds === null) throw new Error('the gateway ended before it was ready');
  return seconds;
}

/** The benchmark's deployment as a file, for a gateway that is started as any other is. */
async function writeConfig(databases: Databases, folder: string): Promise<string> {
  const { postgres } = databases;
  await databases.makeAnew('started');
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  const file = join(folder, 'cordon.yaml');
  const written = {
    schema: join(deploymentFolder, 'schema'),
    policy: join(deploymentFolder, 'policy.yaml'),
    sources: { [shop]: { url: postgres.url(shop, reader) }, [desk]: { url: postgres.url(desk, reader) } },
    control: { url: postgres.url('started') },
    keys: { folder: join(folder, 'keys') },
    ledger: { folder: join(folder, 'ledger') },
    issuers: [
      {
        issuer: demoIssuer,
        audience: demoAudience,
        jwksUri: 'http://127.0.0.1:9/jwks',
        algorithms: ['EdDSA'],
        claims: { organisation: 'organisation', rows: { accounts: 'accounts' } },
        scopes: { claim: 'scopes' },
      },
    ],
  };
  await writeFile(file, stringify(written));
  return file;
}

/**
 * The first start makes the control database's tables, and is no start against a database that runs: it is counted only
 * where one round is asked for.
 */
export async function measureStarts(
  databases: Databases,
  folder: string,
  rounds: { readonly running: number; readonly fromNothing: number },
): Promise<Starts> {
  const config = await writeConfig(databases, join(folder, 'started'));
  const start = () => secondsToReady([cordon, 'start', '--config', config]);
  if (rounds.running > 1) await start();
  const running: number[] = [];
  for (let i = 0; i < rounds.running; i += 1) running.push(await start());
  const fromNothing: number[] = [];
  const demo = join(folder, 'demo');
  for (let i = 0; i < rounds.fromNothing; i += 1) {
    await rm(demo, { recursive: true, force: true });
    fromNothing.push(await secondsToReady([cordon, 'demo', '--folder', demo]));
  }
  await rm(demo, { recursive: true, force: true });
  return { running, fromNothing };
}
