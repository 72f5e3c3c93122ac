import { Admission } from '../../src/http/admission.js';
import type { Principal } from '../../src/identity/index.js';
import { defaultLimits } from '../../src/limits.js';
import { shareOf } from '../../src/worker-share.js';
import type { Config } from '../../src/config.js';

/** What several processes on one port give a caller, none of them knowing of the others. */

const somebody = { personId: 'issuer#rita' } as Principal;

/** How many requests a door lets in that come at once and stay. */
function letIn(admission: Admission, limits: { atOnce: number; requestsPerSecond: number }, now = 0): number {
  for (let count = 0; ; count += 1)
    try {
      admission.enter(somebody, limits, now);
    } catch {
      return count;
    }
}

test.each([
  [1, 16, 16],
  [3, 16, 5],
  [8, 16, 2],
  [32, 16, 1],
])(
  'of %i processes that may have %i operations at once for a caller, each has %i',
  (processes, atOnce, each) => {
    expect(letIn(new Admission(processes), { atOnce, requestsPerSecond: 1000 })).toBe(each);
  },
);

test.each([
  [1, 2, 20],
  [4, 2, 5],
  [64, 2, 1],
])('of %i processes with %i requests a second, each lets %i come together', (processes, perSecond, each) => {
  const admission = new Admission(processes);
  expect(letIn(admission, { atOnce: 1000, requestsPerSecond: perSecond })).toBe(each);
  // All are let in again once their part of the ten seconds has gone by.
  expect(letIn(admission, { atOnce: 1000, requestsPerSecond: perSecond }, 9_999)).toBe(
    Math.floor((9.999 * perSecond) / processes),
  );
});

test('places, connections and unsent bytes are divided, and nothing comes to less than one', () => {
  const source = { name: 'crm', connection: {}, poolSize: 10, statementTimeoutMs: 1, connectTimeoutMs: 1 };
  const config = { sources: new Map([['crm', source]]), limits: defaultLimits } as unknown as Config;
  const of = (workers: number) => {
    const { limits, sources, sharedBy } = shareOf(config, { number: 1, workers });
    const { inFlight, unsentBytes, viewCacheBytes } = limits;
    const { poolSize, maxWaiting } = sources.get('crm')!;
    return [sharedBy, inFlight, unsentBytes, poolSize, maxWaiting, viewCacheBytes];
  };
  const MiB = 1024 * 1024;
  expect(of(1)).toEqual([1, 1000, 256 * MiB, 10, 500, 64 * MiB]);
  expect(of(4)).toEqual([4, 250, 64 * MiB, 2, 125, 64 * MiB]);
  // An answer of the greatest size still finds room.
  expect(of(32)).toEqual([32, 31, 16 * MiB, 1, 15, 64 * MiB]);
});

test('each worker has its metrics at a port of its own', () => {
  const config = { sources: new Map(), limits: defaultLimits, metrics: { host: '::1', port: 9464 } };
  const at = (number: number) => shareOf(config as unknown as Config, { number, workers: 3 }).metrics?.port;
  expect([1, 2, 3].map(at)).toEqual([9464, 9465, 9466]);
});
