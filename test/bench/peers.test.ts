import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { repository } from '../support/compiled.js';

interface Manifest {
  readonly dependencies: Readonly<Record<string, string>>;
  readonly optionalDependencies: Readonly<Record<string, string>>;
}

const read = (file: string) => JSON.parse(readFileSync(join(repository, file), 'utf8')) as unknown;
const own = read('package.json') as Manifest;
const peers = read('bench/peers/package.json') as Manifest;

describe('the packages of the benchmark’s peers', () => {
  it('are pinned, and no other than Cordon’s where both have them', () => {
    const all = { ...peers.dependencies, ...peers.optionalDependencies };
    for (const version of Object.values(all)) expect(version).toMatch(/^\d+\.\d+\.\d+$/);
    for (const [name, version] of Object.entries(peers.dependencies))
      expect({ name, version: own.dependencies[name] ?? version }).toEqual({ name, version });
  });

  it('come with no installation of Cordon', () => {
    expect(Object.keys(own.dependencies)).not.toEqual(expect.arrayContaining(['mercurius']));
    expect(Object.keys(own.dependencies)).not.toEqual(expect.arrayContaining(['postgraphile']));
  });

  it.each(['package-lock.json', 'bench/peers/package-lock.json'])(
    '%s names no registry: whoever installs has their own',
    (file) => {
      const { packages } = read(file) as {
        packages: Record<string, { resolved?: string; integrity?: string }>;
      };
      const resolved = Object.entries(packages).filter(([, { resolved: url }]) => url?.startsWith('http'));
      expect(resolved.map(([place]) => place)).toEqual([]);
      expect(
        Object.values(packages).filter(({ integrity }) => integrity !== undefined).length,
      ).toBeGreaterThan(50);
    },
  );
});
