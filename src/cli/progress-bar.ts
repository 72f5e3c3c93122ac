import { progressLine } from './output.js';

const cells = 30;

/** How far something has come, of what is known beforehand: a bar on a terminal, else a line now and then. */
export interface ProgressBar {
  show(done: number): void;
  end(): void;
}

/** Lines of a log are no nearer to one another, but for the last, and where there is something to tell no further. */
const lineMs = { nearest: 2000, furthest: 10_000 };
/** What has only begun tells little of how long it will take. */
const toldFromShare = 0.02;

function inWords(seconds: number): string {
  return seconds < 90 ? `${Math.ceil(seconds)} s` : `${Math.ceil(seconds / 60)} min`;
}

/**
 * @param what is counted, in the plural: `rows`
 * @param most milliseconds that it takes at most, however much is left then
 */
export function progressBar(total: number, what: string, most = Infinity): ProgressBar {
  const began = Date.now();
  // Rows that are added meanwhile come on top.
  const share = (done: number) => (total === 0 ? 1 : Math.min(1, done / total));
  const left = (done: number): string => {
    const [come, elapsed] = [share(done), Date.now() - began];
    if (come < toldFromShare || come >= 1) return '';
    const milliseconds = Math.min(elapsed / come - elapsed, most - elapsed);
    return `, about ${inWords(Math.max(0, milliseconds) / 1000)} left`;
  };
  const words = (done: number) =>
    `${done.toLocaleString('en')} of ${total.toLocaleString('en')} ${what}${left(done)}`;
  if (process.stderr.isTTY) {
    const line = progressLine();
    return {
      show: (done) => {
        const full = Math.floor(share(done) * cells);
        line.show(`[${'#'.repeat(full)}${'-'.repeat(cells - full)}] ${words(done)}`);
      },
      end: () => line.done(),
    };
  }
  let [tenths, written] = [0, began];
  return {
    show: (done) => {
      const [reached, now] = [Math.floor(share(done) * 10), Date.now()];
      const isDue = reached > tenths ? now - written >= lineMs.nearest : now - written >= lineMs.furthest;
      if (!isDue && !(reached === 10 && tenths < 10)) return;
      [tenths, written] = [reached, now];
      process.stderr.write(`${words(done)}\n`);
    },
    end: () => undefined,
  };
}
