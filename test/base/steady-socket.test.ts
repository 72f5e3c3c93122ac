import { once } from 'node:events';
import { mkdir } from 'node:fs/promises';
import { createServer, type Server, type Socket } from 'node:net';
import { join } from 'node:path';
import { steadySocket, streamOfClient } from '../../src/base/index.js';
import { testFolder } from '../support/test-folders.js';

describe('a socket that reads into one buffer', () => {
  let server: Server;
  let path: string;
  let peer: Promise<Socket>;

  beforeEach(async () => {
    const folder = testFolder('socket');
    await mkdir(folder, { recursive: true });
    path = join(folder, 'socket');
    server = createServer().listen(path);
    peer = once(server, 'connection').then(([socket]) => socket as Socket);
    await once(server, 'listening');
  });
  afterEach(async () => {
    // Whatever a test that fails has left open would keep the process.
    (await peer).destroy();
    server.close();
  });

  it('gives everything that arrives, in its order, however long', async () => {
    const sent = Buffer.from(Array.from({ length: 300_000 }, (_, i) => i % 251));
    const parts: Buffer[] = [];
    const socket = steadySocket((arrived) => parts.push(Buffer.from(arrived))).connect(path);
    (await peer).end(sent);
    await once(socket, 'end');
    expect(Buffer.concat(parts).equals(sent)).toBe(true);
    expect(parts.length).toBeGreaterThan(1);
  });

  it('gives `pg` bytes that stay as they are', async () => {
    const kept: Buffer[] = [];
    const socket = streamOfClient().connect(path);
    socket.on('data', (bytes: Buffer) => kept.push(bytes));
    const other = await peer;
    for (const text of ['first', 'other']) {
      other.write(text);
      await once(socket, 'data');
    }
    expect(kept.map(String)).toEqual(['first', 'other']);
    socket.destroy();
  });

  it('reads nothing while it is paused', async () => {
    let arrived = 0;
    const socket = streamOfClient().connect(path);
    socket.on('data', (bytes: Buffer) => (arrived += bytes.length));
    await once(socket, 'connect');
    socket.pause();
    const other = await peer;
    other.write(Buffer.alloc(50_000));
    const first = arrived;
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(arrived).toBe(first);
    socket.resume();
    while (arrived < 50_000) await once(socket, 'data');
    socket.destroy();
  });

  it('leaves a connection that is to be encrypted to TLS', async () => {
    const socket = streamOfClient({ ssl: true }).connect(path);
    (await peer).write('S');
    const [answer] = (await once(socket, 'data')) as [Buffer];
    expect(String(answer)).toBe('S');
    socket.destroy();
  });
});
