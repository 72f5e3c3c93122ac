import type { Measurement } from '../rig/measure.js';

/** Every lane of one workload, its measurements in the rounds' order. */
export type Workload = ReadonlyMap<string, readonly Measurement[]>;

/** Every measurement of a run. */
export type Results = ReadonlyMap<string, Workload>;

/** The lane that the others of its workload are held against. */
const own = 'cordon';

/** Round by round; a round in which one of them answered nothing in time says nothing. */
function pairs(
  workload: Workload,
  lane: string,
  compare: (cordon: Measurement, other: Measurement) => number,
): readonly number[] {
  const others = workload.get(lane) ?? [];
  return (workload.get(own) ?? [])
    .flatMap((each, round) => {
      const other = others[round];
      return other === undefined ? [] : [compare(each, other)];
    })
    .filter(Number.isFinite);
}

/**
 * What Cordon does with the processor time that another and PostgreSQL take for one request, round by round. Other work
 * on the machine slows contenders down unlike, by how many processes they are; their processor time it changes little.
 */
export function ratiosOfProcessorTime(workload: Workload, lane: string): readonly number[] {
  const total = ({ cpuMicros, databaseMicros }: Measurement) => cpuMicros + databaseMicros;
  return pairs(workload, lane, (cordon, other) => total(other) / total(cordon));
}

/** What Cordon does for each request of another, round by round: both of a pair met the same machine. */
export function ratios(workload: Workload, lane: string): readonly number[] {
  return pairs(workload, lane, (cordon, other) => cordon.rps / other.rps);
}

/** The same for how long the slowest hundredth waits at least. */
export function ratiosOfP99(workload: Workload, lane: string): readonly number[] {
  return pairs(workload, lane, (cordon, other) => cordon.p99Ms / other.p99Ms);
}
