// `npm run bench:growth`: what a request costs as one thing grows and all else stays: rows, pages, depth, roles, tokens, views, types.
import { writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { packageFolder } from '../src/base/index.js';
import { growthChart, growthTable } from './report/growth.js';
import { measurementOf } from './report/json.js';
import { versions } from './report/versions.js';
import { quiet } from './rig/quiet-log.js';
import { measureGrowth } from './rig/growth.js';
import { startParts } from './rig/parts-rig.js';
import { say } from './rig/say.js';
import { curvesTo, extents, rowsEach } from './scenarios/curves.js';

const usage = `npm run bench:growth -- [options]
  --only NAMES    of ${curvesTo(extents.full)
    .map(({ name }) => name)
    .join(', ')} (all)
  --rounds N      rounds (3)
  --seconds N     of each size in one round (2)
  --json FILE     writes the results
  --svg FILE      draws them
  --folder FOLDER where the database is kept (.cordon/bench-parts)
  --smoke         the small sizes alone: does it all work?`;

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      only: { type: 'string' },
      rounds: { type: 'string', default: '3' },
      seconds: { type: 'string', default: '2' },
      json: { type: 'string' },
      svg: { type: 'string' },
      folder: { type: 'string', default: '.cordon/bench-parts' },
      smoke: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) {
    process.stdout.write(`${usage}\n`);
    return;
  }
  const names = values.only?.split(',');
  const extent = extents[values.smoke ? 'smoke' : 'full'];
  const curves = curvesTo(extent).filter(({ name }) => names?.includes(name) ?? true);
  const types = Math.max(...curves.flatMap(({ points }) => points.map(({ gateway }) => gateway.types)));
  say(`making ${types} tables`);
  const size = { types, rowsEach, tableSizes: extent.tableSizes };
  const rig = await startParts(resolve(packageFolder('.'), values.folder), size, quiet);
  try {
    const seconds = Number(values.seconds);
    const measured = await measureGrowth(rig, curves, {
      rounds: Number(values.rounds),
      seconds,
      warmUpSeconds: seconds / 2,
    });
    say(`the ledgers hold an entry for each of ${await rig.settle()} requests`);
    process.stdout.write(`\n${growthTable(measured)}\n`);
    const document = { ...(await measurementOf(await versions(rig.version))), curves: measured };
    if (values.json !== undefined) await writeFile(values.json, `${JSON.stringify(document, null, 2)}\n`);
    if (values.svg !== undefined) await writeFile(values.svg, growthChart(measured));
  } finally {
    await rig.stop();
  }
}

await main();
