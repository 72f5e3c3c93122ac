import { readdirSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { enrolmentPublicKey, loadOrCreateLedgerKeys, verifyDatabase } from '../../src/ledger/index.js';
const control = { host: '/tmp/ledger-dev', port: 5499, user: 'postgres', database: 'bench' };
const folder = readdirSync(tmpdir())
  .filter((n) => n.startsWith('cordon-ledger-'))
  .map((n) => join(tmpdir(), n))
  .sort((a, b) => statSync(b).mtimeMs - statSync(a).mtimeMs)[0]!;
const keys = loadOrCreateLedgerKeys(join(folder, 'k'));
const t = Date.now();
const v = await verifyDatabase(control, {
  enrolment: enrolmentPublicKey(keys),
  wrapping: keys.wrapping,
  folders: [join(folder, 's')],
});
console.log(v, Math.round((v.entries / (Date.now() - t)) * 1000), 'entries/s');
