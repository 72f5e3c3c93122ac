import { join } from 'node:path';
import { proveOnce } from './prove-child.js';

/** Quick: that the prover is not blind. What it sees of every defect is for `npm run defects -- --prover`. */
const repository = join(__dirname, '../..');
const asked = {
  deployment: 'workshop',
  seed: 'defects',
  cases: 90,
  roles: ['support'],
  minutes: null,
} as const;

test('the prover sees a protection that is taken out within some pairs, and nothing where none is', async () => {
  const [seen, none] = await Promise.all(
    ['unknown-condition-clears', null].map((defect) => proveOnce(repository, defect, asked)),
  );
  expect(seen!.found).toMatchObject({
    caller: expect.stringMatching(/^support/) as string,
    channel: 'body: data',
    detail: expect.stringContaining('email') as string,
  });
  expect(none).toMatchObject({ found: null });
  expect(none!.pairs).toBeGreaterThan(20);
}, 120_000);
