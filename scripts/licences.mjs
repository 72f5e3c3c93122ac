// Holds every package that is installed with Cordon, or with the benchmark's peers, to licences that let it be used and passed on, and asks the registry for
// known vulnerabilities where it can be reached. `npm run licences` runs it, and with it `npm run check`.
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const allowed = new Set([
  'MIT',
  'Apache-2.0',
  'BSD-2-Clause',
  'BSD-3-Clause',
  'ISC',
  'MPL-2.0',
  '0BSD',
  'Unlicense',
  'BlueOak-1.0.0',
  'CC0-1.0',
  'Python-2.0',
  'PSF-2.0',
  'PostgreSQL',
]);

/** An SPDX expression of OR and AND, without nesting; none of these packages has more. */
const isAllowed = (expression) =>
  expression
    .replace(/^\(|\)$/g, '')
    .split(' OR ')
    .some((choice) => choice.split(' AND ').every((licence) => allowed.has(licence)));

const refused = [];

/** Looks at whatever a folder's lock file names and is installed there. @returns how many packages that is */
function checkLicences(folder) {
  const lock = JSON.parse(readFileSync(join(folder, 'package-lock.json'), 'utf8'));
  let count = 0;
  for (const [place, { dev, link }] of Object.entries(lock.packages)) {
    const file = join(folder, place, 'package.json');
    // An optional package for another machine is in the lock file and not here.
    if (place === '' || dev === true || link === true || !existsSync(file)) continue;
    count += 1;
    const { name, version, license, licenses } = JSON.parse(readFileSync(file, 'utf8'));
    const written = typeof license === 'string' ? license : (license?.type ?? licenses?.[0]?.type ?? 'none');
    if (!isAllowed(written)) refused.push(`${name}@${version}: ${written}`);
  }
  return count;
}

if (checkLicences('.') === 0) refused.push('nothing is installed: run npm ci');
// The benchmark's peers come with nobody's installation; who has installed them is told of theirs too.
checkLicences('bench/peers');
if (refused.length > 0) {
  console.error(
    `Licences that are not allowed (scripts/licences.mjs says which are):\n${refused.join('\n')}`,
  );
  process.exitCode = 1;
}

const { stdout } = spawnSync(
  'npm',
  ['audit', '--omit=dev', '--json', '--fetch-timeout=10000', '--fetch-retries=0'],
  {
    encoding: 'utf8',
    timeout: 30_000,
  },
);
/** What npm prints where it had no answer is JSON too, of another form. */
const report = (() => {
  try {
    return JSON.parse(stdout).metadata?.vulnerabilities ?? null;
  } catch {
    return null;
  }
})();
if (report === null) console.log('Dependencies were not audited: no registry answers.');
else if (report.high + report.critical > 0) {
  console.error(`npm audit knows of vulnerabilities: ${report.critical} critical, ${report.high} high.`);
  process.exitCode = 1;
}
