import type { Beginning, Pace } from '../../src/cli/workers.js';
import { Workers } from '../../src/cli/workers.js';
import { eventually, recordingLog, type LogLine } from '../ledger/fixture.js';
import { compiled } from '../support/compiled.js';

/** What becomes of workers that die again and again, with processes that do nothing else. */

const program = compiled('test/cli/fixtures/short-lived-worker.ts');
const pace: Pace = { firstMs: 10, mostMs: 35, steadyMs: 60_000, deaths: 4 };

function beginning(schemaFolder: string): Beginning {
  return { workers: 2, config: { schemaFolder } as Beginning['config'] };
}

const deathsIn = (lines: readonly LogLine[]) =>
  lines.filter(({ message }) => message === 'a worker died').map(({ fields }) => fields);

test('workers that die at once are tried ever more slowly, and then it is all over', async () => {
  const lines: LogLine[] = [];
  const workers = await Workers.start({
    program,
    beginning: beginning('dies'),
    log: recordingLog(lines),
    pace,
  });
  await expect(workers.failure).rejects.toThrow(
    /^Worker [12] has died \d+ times in a row, and none serves; the log says what of\.$/,
  );
  await workers.stop();
  const ofFirst = deathsIn(lines).filter((fields) => (fields as { worker: number }).worker === 1);
  expect(ofFirst.slice(0, 3)).toEqual([
    { worker: 1, code: 7, signal: null, deaths: 1, againInMs: 10 },
    { worker: 1, code: 7, signal: null, deaths: 2, againInMs: 20 },
    { worker: 1, code: 7, signal: null, deaths: 3, againInMs: 35 },
  ]);
});

test('while one serves, one that dies again and again is tried for ever', async () => {
  const lines: LogLine[] = [];
  const workers = await Workers.start({
    program,
    beginning: beginning('first-stays'),
    log: recordingLog(lines),
    pace,
  });
  let failed = false;
  workers.failure.catch(() => (failed = true));
  await eventually(() => deathsIn(lines).length > pace.deaths + 2);
  await workers.stop();
  expect(failed).toBe(false);
  expect(new Set(deathsIn(lines).map((fields) => (fields as { worker: number }).worker))).toEqual(
    new Set([2]),
  );
  // Told to stop, they are not replaced.
  const died = deathsIn(lines).length;
  await new Promise((resolve) => setTimeout(resolve, 2 * pace.mostMs));
  expect(deathsIn(lines)).toHaveLength(died);
});

test('one that does not come to serve ends the start', async () => {
  const lines: LogLine[] = [];
  const started = Workers.start({
    program,
    beginning: beginning('never-serves'),
    log: recordingLog(lines),
    pace,
  });
  await expect(started).rejects.toThrow('Worker 1 has not started; it has said why.');
  expect(lines).toEqual([]);
});
