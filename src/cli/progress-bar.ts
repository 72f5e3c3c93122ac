import { progressLine } from './output.js';

const cells = 30;

/** How far something has come, of what is known beforehand: a bar on a terminal, else a line for every tenth. */
export interface ProgressBar {
  show(done: number): void;
  end(): void;
}

/** @param what is counted, in the plural: `rows` */
export function progressBar(total: number, what: string): ProgressBar {
  const words = (done: number) => `${done.toLocaleString('en')} of ${total.toLocaleString('en')} ${what}`;
  // Rows that are added meanwhile come on top.
  const share = (done: number) => (total === 0 ? 1 : Math.min(1, done / total));
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
  let tenths = 0;
  return {
    show: (done) => {
      const reached = Math.floor(share(done) * 10);
      if (reached <= tenths) return;
      tenths = reached;
      process.stderr.write(`${words(done)}\n`);
    },
    end: () => undefined,
  };
}
