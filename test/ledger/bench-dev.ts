import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { systemClock } from '../../src/base/index.js';
import { loadOrCreateLedgerKeys, migrate, openLedger } from '../../src/ledger/index.js';
import { draft, texts } from './drafts.js';
const say = (f: object, m: string) => console.log(m, JSON.stringify(f));
const log = { debug: say, info: say, warn: say, error: say, child: () => log } as any;
const base = { host: '/tmp/ledger-dev', port: 5499, user: 'postgres' };
const admin = new pg.Client({ ...base, database: 'postgres' });
await admin.connect();
await admin.query('drop database if exists bench with (force)');
await admin.query('create database bench');
await admin.end();
const control = { ...base, database: 'bench' };
await migrate(control, '/work/main/migrations');
const folder = mkdtempSync(join(tmpdir(), 'cordon-ledger-'));
const ledger = await openLedger({
  control,
  keys: loadOrCreateLedgerKeys(join(folder, 'k')),
  folder: join(folder, 's'),
  clock: systemClock,
  log,
  texts,
});
for (const conc of [1, 16, 64, 256, 64, 256]) {
  const c0 = process.cpuUsage();
  const t = process.hrtime.bigint();
  const N = conc === 1 ? 500 : 20000;
  let sent = 0;
  await Promise.all(
    Array.from({ length: conc }, async () => {
      while (sent++ < N) await ledger.append(draft());
    }),
  );
  const s = Number(process.hrtime.bigint() - t) / 1e9;
  const c = process.cpuUsage(c0);
  console.log(conc, Math.round(N / s), 'entries/s', 'cpu us/entry', Math.round((c.user + c.system) / N));
}
await ledger.close();
