// `npm run bench:soak`: a gateway at full load for as long as is said, and what becomes of its memory and of those who wait.
import { writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { packageFolder } from '../src/base/index.js';
import { measurementOf } from './report/json.js';
import { soakChart, soakTable } from './report/soak.js';
import { versions } from './report/versions.js';
import { startParts } from './rig/parts-rig.js';
import { quiet } from './rig/quiet-log.js';
import { say } from './rig/say.js';
import { measureSoak } from './rig/soak.js';
import { soaked } from './scenarios/soak.js';

const usage = `npm run bench:soak -- [options]
  --minutes N     how long (10)
  --every N       seconds of one sample (10)
  --json FILE     writes the samples
  --svg FILE      draws them
  --folder FOLDER where the database is kept (.cordon/bench-parts)`;

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      minutes: { type: 'string', default: '10' },
      every: { type: 'string', default: '10' },
      json: { type: 'string' },
      svg: { type: 'string' },
      folder: { type: 'string', default: '.cordon/bench-parts' },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) {
    process.stdout.write(`${usage}\n`);
    return;
  }
  const { types, rowsEach } = soaked;
  const rig = await startParts(
    resolve(packageFolder('.'), values.folder),
    { types, rowsEach, tableSizes: [] },
    quiet,
  );
  try {
    const size = { seconds: Number(values.minutes) * 60, every: Number(values.every) };
    const samples = await measureSoak(rig, soaked, size);
    say(`the ledger holds an entry for each of ${await rig.settle()} requests`);
    process.stdout.write(`\n${soakTable(samples)}\n`);
    const document = { ...(await measurementOf(await versions(rig.version))), samples };
    if (values.json !== undefined) await writeFile(values.json, `${JSON.stringify(document, null, 2)}\n`);
    if (values.svg !== undefined) await writeFile(values.svg, soakChart(samples));
  } finally {
    await rig.stop();
  }
}

await main();
