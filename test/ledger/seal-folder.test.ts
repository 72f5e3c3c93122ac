import { mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openSealFolder, readLocalSeals } from '../../src/ledger/seal-folder.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'cordon-test-seals-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

test('a file that another process has forgotten since the folder was listed holds nothing', () => {
  const seals = openSealFolder(folder);
  seals.remember({ writerId: 'here', stored: Buffer.from('seal') });
  seals.close();
  // Listed, and not there to be read.
  symlinkSync(join(folder, 'nowhere'), join(folder, 'forgotten.seals'));
  expect(readLocalSeals(folder)).toEqual([{ writerId: 'here', stored: Buffer.from('seal') }]);
});
