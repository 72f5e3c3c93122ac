// What metrics and spans cost: what a request tells a watch, by itself, over and over.
// `npm run bench:build && node dist/bench/observing.js`
import { unwatched, type Answered, type ClassResult, type Watch } from '../src/observe/index.js';
import { observerOf, type Observing } from '../src/observing.js';

const metrics = { host: '127.0.0.1', port: 0 };

const kinds: Readonly<Record<string, Observing>> = {
  off: {},
  metrics: { metrics },
  spans: { tracing: { parents: [] } },
  both: { metrics, tracing: { parents: [] } },
};

/** Often enough for the compiler to have settled. */
const watched = 200_000;

/** All that an answered request tells: nine stages, a statement, two classes, an answer. */
function tell(watch: Watch): void {
  watch.enter('identify');
  watch.enter('body');
  watch.enter('view');
  watch.enter('document');
  watch.enter('clearance');
  watch.cleared(results);
  watch.enter('plan');
  watch.enter('sources');
  const statement = watch.statement('shop');
  statement?.connected();
  statement?.ended(null);
  watch.enter('ledger');
  watch.answered(answer);
  watch.enter('send');
}

const results: ReadonlyMap<string, ClassResult> = new Map([
  ['pricing', { met: true }],
  ['contact', { met: false, code: 'PURPOSE_REQUIRED' }],
]);
const cells = ['CLEAR', 'MASKED'].map((decision) => ({ decision, secretClass: 'pricing' }));
const answer: Answered = {
  outcome: 'RELEASED',
  code: null,
  body: { length: 1000 },
  disclosures: [{ descriptor: { cells }, count: 6 }],
};

/** Processor µs that watching one request takes. */
function watchingAlone(observing: Observing): number {
  const observer = observerOf(observing);
  const once = () => {
    if (observer === undefined) {
      tell(unwatched);
      return;
    }
    const watch = observer.begin({
      endpoint: 'data',
      requestId: '1',
      traceParent: undefined,
      peer: undefined,
    });
    tell(watch);
    watch.end(200);
  };
  for (let i = 0; i < watched; i += 1) once();
  const before = process.cpuUsage();
  for (let i = 0; i < watched; i += 1) once();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / watched;
}

await import('./rig/span-taker.js');
for (const [kind, observing] of Object.entries(kinds))
  process.stdout.write(
    `${kind.padEnd(8)} ${watchingAlone(observing).toFixed(2).padStart(6)} µs of watching alone\n`,
  );
