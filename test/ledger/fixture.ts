import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock, type Log } from '../../src/base/index.js';
import {
  enrolmentPublicKey,
  loadOrCreateLedgerKeys,
  migrate,
  openLedger,
  verifyDatabase,
  type Ledger,
  type LedgerKeys,
  type LedgerOptions,
  type Verification,
} from '../../src/ledger/index.js';
import { clusterConnection, freshDatabase, templateDatabase, type TestDatabase } from '../support/cluster.js';

export const migrations = join(__dirname, '../../migrations');

/** One line of a log, for tests that are about what an operator is told. */
export interface LogLine {
  readonly level: 'debug' | 'info' | 'warn' | 'error';
  readonly fields: object;
  readonly message: string;
}

export function recordingLog(lines: LogLine[]): Log {
  const at = (level: LogLine['level']) => (fields: object, message: string) => {
    lines.push({ level, fields, message });
  };
  const log: Log = {
    debug: at('debug'),
    info: at('info'),
    warn: at('warn'),
    error: at('error'),
    child: () => log,
  };
  return log;
}

/** A migrated control database with keys and a folder, and the ledgers that a test opens on it. */
export interface LedgerFixture {
  readonly database: TestDatabase;
  readonly keys: LedgerKeys;
  readonly keyFolder: string;
  /** Of last seals. */
  readonly folder: string;
  readonly log: LogLine[];
  open(options?: Partial<LedgerOptions>): Promise<Ledger>;
  verify(options?: { folders?: readonly string[] }): Promise<Verification>;
  /** Closes what was opened and removes everything. */
  dispose(): Promise<void>;
}

let template: Promise<string> | undefined;

/** A template of this test file's own, migrated once. */
async function migratedTemplate(): Promise<string> {
  const name = await templateDatabase('ledger', 'SELECT 1');
  await migrate(clusterConnection(name), migrations);
  return name;
}

export async function ledgerFixture(): Promise<LedgerFixture> {
  template ??= migratedTemplate();
  const database = await freshDatabase('ledger', { template: await template });
  const root = mkdtempSync(join(tmpdir(), 'cordon-test-ledger-'));
  const folder = join(root, 'seals');
  const keyFolder = join(root, 'keys');
  const keys = loadOrCreateLedgerKeys(keyFolder);
  const log: LogLine[] = [];
  const opened: Ledger[] = [];
  return {
    database,
    keys,
    keyFolder,
    folder,
    log,
    open: async (options = {}) => {
      const ledger = await openLedger({
        control: database.config,
        keys,
        folder,
        clock: systemClock,
        log: recordingLog(log),
        ...options,
      });
      opened.push(ledger);
      return ledger;
    },
    verify: ({ folders = [folder] } = {}) =>
      verifyDatabase(database.config, {
        enrolment: enrolmentPublicKey(keys),
        wrapping: keys.wrapping,
        folders,
      }),
    dispose: async () => {
      await Promise.all(opened.map((ledger) => ledger.close()));
      await database.drop();
      rmSync(root, { recursive: true });
    },
  };
}

/** Waits until it holds. What never comes ends the wait as an error, or the run would hang behind a failed test. */
export async function eventually(holds: () => boolean | Promise<boolean>): Promise<void> {
  const patience = AbortSignal.timeout(25_000);
  while (!(await holds())) {
    patience.throwIfAborted();
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}
