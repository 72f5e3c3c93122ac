import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { connect, createServer, type AddressInfo, type Server } from 'node:net';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { chooseRunner } from '../../src/embedded/runner.js';
import type { SocketConnection } from '../../src/embedded/index.js';
import { testFolder } from './test-folders.js';

const program = process.env.CORDON_PGBOUNCER ?? 'pgbouncer';

/** The PgBouncer that is installed here, `[1, 24]`; null where none is. */
export const pgbouncerVersion = ((): readonly [number, number] | null => {
  try {
    const said = execFileSync(program, ['--version'], { encoding: 'utf8' });
    const [, major, minor] = /PgBouncer (\d+)\.(\d+)/.exec(said) ?? [];
    return major === undefined ? null : [Number(major), Number(minor)];
  } catch {
    return null;
  }
})();

export interface PgBouncer {
  connection(database: string, user: string): SocketConnection;
  /** What it has said. */
  log(): string;
  stop(): Promise<void>;
}

async function listen(server: Server): Promise<number> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}

/** A port that was free a moment ago. */
async function freePort(): Promise<number> {
  const server = createServer();
  const port = await listen(server);
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/**
 * Starts PgBouncer before a cluster of the tests. It refuses to run as root, and the cluster lets in whoever the tests run
 * as: so it reaches the cluster through this process.
 * @param settings of `[pgbouncer]`
 */
export async function startPgBouncer(
  { host, port }: SocketConnection,
  users: readonly string[],
  settings: Readonly<Record<string, string>>,
): Promise<PgBouncer> {
  const relay = createServer((socket) => {
    const database = connect(`${host}/.s.PGSQL.${port}`);
    for (const each of [socket, database])
      each.on('error', () => undefined).on('close', () => [socket, database].forEach((end) => end.destroy()));
    socket.pipe(database).pipe(socket);
  });
  const relayPort = await listen(relay);
  const ownPort = await freePort();
  const folder = testFolder('pgbouncer');
  mkdirSync(folder, { mode: 0o755 });
  writeFileSync(join(folder, 'users.txt'), users.map((user) => `"${user}" ""\n`).join(''));
  const all = {
    listen_addr: '127.0.0.1',
    listen_port: String(ownPort),
    unix_socket_dir: '',
    auth_type: 'trust',
    auth_file: join(folder, 'users.txt'),
    ...settings,
  };
  const lines = Object.entries(all).map(([name, value]) => `${name} = ${value}`);
  const file = join(folder, 'pgbouncer.ini');
  const text = ['[databases]', `* = host=127.0.0.1 port=${relayPort}`, '[pgbouncer]', ...lines, ''];
  writeFileSync(file, text.join('\n'));
  const { identity } = await chooseRunner(folder);
  const child = spawn(program, [file], { cwd: '/', stdio: ['ignore', 'pipe', 'pipe'], ...identity });
  const exited = once(child, 'exit');
  let said = '';
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk: Buffer) => (said += chunk.toString()));
  while (!said.includes('process up')) {
    if (child.exitCode !== null) throw new Error(`PgBouncer did not start: ${said}`);
    await wait(10);
  }
  return {
    connection: (database, user) => ({ host: '127.0.0.1', port: ownPort, user, database }),
    log: () => said,
    stop: async () => {
      child.kill('SIGQUIT');
      await exited;
      relay.close();
      rmSync(folder, { recursive: true });
    },
  };
}
