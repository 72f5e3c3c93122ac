import type { ContenderName } from '../rig/contenders.js';
import type { Measurement } from '../rig/measure.js';

/** Every measurement of a run: workload → contender → one a round, in the rounds' order. */
export type Results = ReadonlyMap<string, Readonly<Record<ContenderName, readonly Measurement[]>>>;

/**
 * What Cordon does with the processor time that a peer and PostgreSQL take for one request, round by round. Other work
 * on the machine slows contenders down unlike, by how many processes they are; their processor time it changes little.
 */
export function ratiosOfProcessorTime(
  workload: Readonly<Record<ContenderName, readonly Measurement[]>>,
  peer: ContenderName,
): readonly number[] {
  const total = (each: Measurement | undefined) =>
    (each?.cpuMicros ?? Number.NaN) + (each?.databaseMicros ?? Number.NaN);
  return workload.cordon.map((each, round) => total(workload[peer][round]) / total(each));
}

/** What Cordon does for each request of a peer, round by round: both of a pair met the same machine. */
export function ratios(
  workload: Readonly<Record<ContenderName, readonly Measurement[]>>,
  peer: ContenderName,
): readonly number[] {
  return workload.cordon.map(({ rps }, round) => rps / (workload[peer][round]?.rps ?? Number.NaN));
}
