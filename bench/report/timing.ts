import type { Timing } from '../rig/timing.js';

/** What two kinds of answers took, compared. */
export interface Comparison {
  /** Of the means, the first kind's less the second's, in microseconds; and half the width of its 95 % confidence interval. */
  readonly differenceMicros: number;
  readonly marginMicros: number;
  /** Welch's t. */
  readonly t: number;
}

/** Of each kind, the slowest are other work of the machine. */
const keptShare = 0.9;
/** Of the normal distribution, which Student's is by thousands of degrees of freedom. */
const z95 = 1.96;

function moments(all: readonly number[]): { mean: number; varianceOfMean: number } {
  const kept = [...all].sort((a, b) => a - b).slice(0, Math.max(2, Math.floor(all.length * keptShare)));
  const mean = kept.reduce((sum, each) => sum + each, 0) / kept.length;
  const squares = kept.reduce((sum, each) => sum + (each - mean) ** 2, 0);
  return { mean, varianceOfMean: squares / (kept.length - 1) / kept.length };
}

/** Compares the means of two samples of unequal variances (Welch, 1947), each without its slowest tenth. */
export function compareTimes(first: readonly number[], second: readonly number[]): Comparison {
  const [a, b] = [moments(first), moments(second)];
  const error = Math.sqrt(a.varianceOfMean + b.varianceOfMean);
  const differenceMicros = a.mean - b.mean;
  return { differenceMicros, marginMicros: z95 * error, t: error === 0 ? 0 : differenceMicros / error };
}

/** One line for each pair. A figure to look at: nothing is held to it. */
export function timingTable(timings: readonly Timing[]): string {
  const lines = timings.map(({ name, first, second }) => {
    const { differenceMicros, marginMicros, t } = compareTimes(first, second);
    return `  ${name}: ${differenceMicros.toFixed(1)} µs ± ${marginMicros.toFixed(1)} (95 %), t = ${t.toFixed(2)}, ${first.length} each`;
  });
  return ['timing: by how much the first takes longer', ...lines].join('\n');
}
