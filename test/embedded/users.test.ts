import { execFileSync } from 'node:child_process';
import { rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import pg from 'pg';
import { testFolder } from '../support/test-folders.js';
import { started, startOwner, type Owner } from './owner.js';

/** An ordinary user, not the one that root's PostgreSQL runs as, who can read these sources; root can start processes as them. */
function ordinaryUser(): { uid: number; gid: number } | undefined {
  if (process.getuid?.() !== 0) return undefined;
  const [uid, gid] = ['-u', '-g'].map((option) =>
    Number(execFileSync('id', [option, 'daemon'], { encoding: 'utf8' })),
  );
  const user = { uid: uid!, gid: gid! };
  try {
    execFileSync(process.execPath, ['-e', `require('fs').readFileSync(${JSON.stringify(__filename)})`], {
      ...user,
      cwd: '/',
    });
    return user;
  } catch {
    console.warn('skipped: an ordinary user cannot read this folder');
    return undefined;
  }
}

const user = ordinaryUser();

(user ? describe : describe.skip)('an ordinary user', () => {
  let folder: string;
  let owner: Owner | undefined;

  async function own(as?: { uid: number; gid: number }): Promise<Owner> {
    owner = await startOwner(folder, as);
    return owner;
  }

  beforeEach(() => {
    folder = testFolder('user');
  });

  afterEach(async () => {
    if (owner?.child.exitCode === null) await owner.end();
    await rm(folder, { recursive: true, force: true });
  });

  it('runs PostgreSQL as themselves, and not even root comes in', async () => {
    const { processId, url } = started(await own(user));
    for (const path of [`/proc/${processId}`, folder, join(folder, 'data'), join(folder, 'pg_hba.conf')])
      expect((await stat(path)).uid).toBe(user!.uid);
    const root = new pg.Client(url);
    await expect(root.connect()).rejects.toMatchObject({ code: '28000' });
    await root.end();
  });

  it('and root can start on the same data in turn', async () => {
    started(await own(user));
    await owner!.end();
    const { processId } = started(await own());
    expect((await stat(`/proc/${processId}`)).uid).toBe(user!.uid);
    await owner!.kill();
    started(await own(user));
  });

  it('is told in one sentence when the folder is of another user', async () => {
    started(await own());
    await owner!.end();
    const { report } = await own(user);
    expect(report).toEqual({
      failed: {
        inUse: false,
        message: `EmbeddedError: ${folder} cannot be made, or belongs to another user (EACCES); name another folder for the embedded PostgreSQL.`,
      },
    });
  });
});
