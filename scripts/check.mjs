// Everything that is checked without running it, in two lanes: the linter takes as long as all others together.
import { spawn } from 'node:child_process';

const lanes = [['lint'], ['types', 'formatting', 'layers', 'dead', 'licences']];

const run = (script) =>
  new Promise((resolve) => {
    const child = spawn('npm', ['run', '--silent', script], { stdio: 'inherit' });
    child.on('error', () => resolve(false));
    child.on('close', (code) => resolve(code === 0));
  });

async function inTurn(scripts) {
  const failed = [];
  for (const script of scripts) if (!(await run(script))) failed.push(script);
  return failed;
}

const failed = (await Promise.all(lanes.map(inTurn))).flat();
if (failed.length > 0) {
  console.error(`Failed: ${failed.join(', ')}.`);
  process.exitCode = 1;
}
