// How fast the ledger is: what one process appends, and what `cordon ledger verify` checks.
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Log } from '../../src/base/index.js';
import { threadsByDefault } from '../../src/cli/options.js';
import { enrolmentPublicKey, loadOrCreateLedgerKeys, verifyDatabase } from '../../src/ledger/index.js';
import { WrongAnswer } from './ask.js';
import type { Databases } from './databases.js';
import { fillLedger, type FilledLedger } from './filled-ledger.js';

export interface LedgerRates {
  /** Entries a second, round by round. */
  readonly appended: readonly number[];
  readonly verified: readonly number[];
  /** Entries that a round of each was about. */
  readonly appendedEntries: number;
  readonly verifiedEntries: number;
}

interface Parts {
  readonly databases: Databases;
  readonly folder: string;
  readonly keysFolder: string;
  readonly log: Log;
}

/** Each round into a database of its own: the first entry of a day is no slower than the last. */
async function append({ databases, folder, keysFolder, log }: Parts, entries: number): Promise<number> {
  const control = await databases.makeAnew('appended');
  const seals = join(folder, 'appended');
  await rm(seals, { recursive: true, force: true });
  const { customers } = databases.data;
  return fillLedger({ control, keysFolder, folder: seals, entries, customers, log });
}

async function verify(
  { keysFolder }: Parts,
  { control, folder }: FilledLedger,
): Promise<{ rate: number; entries: number }> {
  const keys = loadOrCreateLedgerKeys(keysFolder);
  const began = performance.now();
  const { ok, entries, faults } = await verifyDatabase(control, {
    enrolment: enrolmentPublicKey(keys),
    wrapping: keys.wrapping,
    folders: [folder],
    // As `cordon ledger verify` does.
    threads: threadsByDefault,
  });
  if (!ok) throw new WrongAnswer(`the filled ledger has faults: ${faults.map(({ kind }) => kind).join()}`);
  return { rate: (entries * 1000) / (performance.now() - began), entries };
}

/** @param appendedEntries for each round; the filled ledger is verified whole */
export async function measureLedger(
  parts: Parts,
  filled: FilledLedger,
  { rounds, appendedEntries }: { readonly rounds: number; readonly appendedEntries: number },
): Promise<LedgerRates> {
  const appended: number[] = [];
  const verified: number[] = [];
  let verifiedEntries = 0;
  for (let round = 0; round < rounds; round += 1) {
    appended.push(await append(parts, appendedEntries));
    const { rate, entries } = await verify(parts, filled);
    verified.push(rate);
    verifiedEntries = entries;
  }
  return { appended, verified, appendedEntries, verifiedEntries };
}
