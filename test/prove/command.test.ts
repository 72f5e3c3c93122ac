import { randomBytes } from 'node:crypto';
import { mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { run, start, type Finished } from '../cli/command.js';
import { shopConfig, shopFolder } from '../cli/review-deployment.js';
import { testFolder } from '../support/test-folders.js';

/** Pairs for each role; a longer run is a matter of the environment: CORDON_PROVE_CASES=10000. */
const cases = Number(process.env['CORDON_PROVE_CASES'] ?? 300);
const roles = ['account_manager', 'support', 'analyst', 'partner'];

interface Report {
  readonly ok: boolean;
  readonly seed: string;
  readonly pairs: Record<string, number>;
  readonly features: Record<string, number>;
  readonly violations: readonly unknown[];
  readonly inconclusive: number;
  readonly columns: { readonly hidden: number; readonly judged: number };
  readonly invalid: readonly string[];
  readonly seesAll: readonly string[];
}

describe('cordon prove', () => {
  let folder: string;

  beforeAll(async () => {
    folder = testFolder('prove');
    await mkdir(folder, { recursive: true });
  });

  const prove = (...args: readonly string[]): Promise<Finished> =>
    run(['prove', ...args], { cwd: folder, env: { LOG: 'silent' } });

  it('finds nothing in the demo, whoever asks', async () => {
    const { code, stdout, stderr } = await prove('--seed', 'demo', '--cases', String(cases), '--json');
    const report = JSON.parse(stdout) as Report;
    expect(report).toMatchObject({ ok: true, seed: 'demo', violations: [], invalid: [] });
    // For that purpose they see everything but tax numbers, and ciphertexts are one to everybody.
    for (const name of report.seesAll) expect(name).toMatch(/^account_manager.* for renewal$/);
    expect(code).toBe(0);
    for (const role of roles) expect(report.pairs[role]).toBeGreaterThan(cases * 0.95);
    expect(Object.keys(report.pairs).length).toBeGreaterThan(roles.length);
    // What is said in answers needs most of them to be answers.
    const all = Object.values(report.pairs).reduce((sum, count) => sum + count, 0);
    expect(report.features['answeredWithData']).toBeGreaterThan(all * 0.6);
    expect(report.features['answeredWithRows']).toBeGreaterThan(all * 0.4);
    const untried = Object.entries(report.features).filter(([, count]) => count < 5);
    expect(untried).toEqual([]);
    expect(report.columns.judged).toBeGreaterThan(50);
    expect(stderr).toContain('pairs');
  }, 600_000);

  it('says in words what it has tried, and of what too little', async () => {
    const { code, stdout } = await prove('--demo', '--role', 'partner', '--cases', '6', '--seed', 'words');
    expect(code).toBe(0);
    expect(stdout).toMatch(/^role +pairs\npartner +6$/m);
    expect(stdout).toMatch(/^Warning: too seldom to say anything of it: .*groupBy \(\d\)/m);
    expect(stdout).toMatch(/^Statements were held to \d+ of \d+ hidden columns/m);
    expect(stdout).toMatch(/^0 violations in 6 pairs of answers, in \d+ s\. Seed: words\.$/m);
  }, 120_000);

  it("reads the catalogues of a deployment's own databases, and nothing else", async () => {
    const shop = await shopFolder();
    // Everybody may read catalogues; this role may do nothing else.
    const onlooker = `onlooker_${randomBytes(4).toString('hex')}`;
    const [database] = shop.databases.values();
    await database!.query(`create role ${onlooker} login`);
    try {
      const written = shopConfig(shop.databases).replaceAll(
        /(?<=postgres:\/\/)\w+(?=@localhost:5432)/g,
        onlooker,
      );
      expect(written).toContain(onlooker);
      await shop.write('cordon.yaml', written);
      await expect(
        database!
          .query(`set role ${onlooker}; select from customer`)
          .finally(() => database!.query('reset role')),
      ).rejects.toThrow('permission denied');
      const { code, stdout, stderr } = await shop.cordon(
        ...['prove', '--json', '--cases', '24', '--seed', 'shop', '--role', 'browser', '--role', 'support'],
      );
      expect(stderr).not.toContain('permission');
      const report = JSON.parse(stdout) as Report;
      expect(report).toMatchObject({
        ok: true,
        violations: [],
        invalid: [],
        pairs: { browser: 24, support: 24 },
      });
      expect(code).toBe(0);
    } finally {
      await database!.query(`drop role ${onlooker}`);
      await shop.dispose();
    }
  }, 120_000);

  it('refuses a role that there is not before it starts anything', async () => {
    // Where nothing can be started.
    const env = { LOG: 'silent', TMPDIR: join(folder, 'nowhere') };
    const asked = (role: string) => run(['prove', '--demo', '--role', role], { cwd: folder, env });
    expect((await asked('parter')).stderr).toContain('Did you mean "partner"?');
    expect((await asked('partner')).stderr).toContain('ENOENT');
  });

  it.each([
    ['SIGINT', 130, 'run-'],
    ['SIGTERM', 143, 'postgres'],
  ] as const)(
    'leaves nothing behind at %s',
    async (signal, expected, begun) => {
      const temporary = testFolder('stopped');
      await mkdir(temporary);
      const args = ['prove', '--demo', '--cases', '100000'];
      const command = start(args, { cwd: folder, env: { LOG: 'silent', TMPDIR: temporary } });
      const within = async () => {
        const names = await readdir(temporary, { recursive: true });
        return names.some((name) => name.split('/').at(-1)?.startsWith(begun));
      };
      // Some temporary folders are gone again while they are read.
      while (!(await within().catch(() => false))) await wait(20);
      const { code, stderr } = await command.kill(signal);
      expect({ code, stderr }).toEqual({ code: expected, stderr: '' });
      expect(await readdir(temporary)).toEqual([]);
    },
    120_000,
  );

  it.each([
    [['--role', 'parter'], 1, 'The policy has no role "parter". Did you mean "partner"?'],
    [['--cases', '0'], 2, 'Write a whole number of 1 or more.'],
    [['--minutes', 'x'], 2, 'Write a number of minutes: 5.'],
    [['--demo', '--config', 'cordon.yaml'], 1, 'Give --config or --demo, one of the two.'],
    [['--config', 'nowhere.yaml'], 1, 'The configuration cannot be read'],
  ] as const)(
    'refuses %j',
    async (args, expected, message) => {
      const { code, stdout, stderr } = await prove(...args);
      expect({ code, stdout }).toEqual({ code: expected, stdout: '' });
      expect(stderr).toContain(message);
    },
    60_000,
  );
});
