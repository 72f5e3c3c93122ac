import type { ContenderName } from '../rig/contenders.js';
import { ratios, type Results } from './results.js';
import { median } from './statistics.js';

interface Target {
  readonly workload: string;
  readonly peer: ContenderName;
  /** Requests of Cordon for each of the peer's, at least. */
  readonly atLeast: number;
  /** `final`: what the design aims at. `floor`: what must hold by now. */
  readonly stage: 'final' | 'floor';
}

const target = (workload: string, peer: ContenderName, atLeast: number, stage: Target['stage']): Target => ({
  workload,
  peer,
  atLeast,
  stage,
});

const targets: readonly Target[] = [
  target('list', 'limit', 0.8, 'final'),
  target('flat', 'limit', 0.7, 'final'),
  target('one', 'limit', 0.55, 'final'),
  target('list', 'handbuilt', 10, 'final'),
  target('flat', 'handbuilt', 6, 'final'),
  target('one', 'handbuilt', 2.5, 'final'),
  target('list', 'limit', 0.6, 'floor'),
  target('list', 'handbuilt', 6, 'floor'),
];

/** A target held against a run. */
export interface Held extends Target {
  readonly name: string;
  /** The median of the rounds' ratios. */
  readonly value: number;
  readonly met: boolean;
}

/** The targets of the workloads that were run. */
export function holdTargets(results: Results): readonly Held[] {
  return targets.flatMap((each) => {
    const workload = results.get(each.workload);
    if (workload === undefined) return [];
    const value = median(ratios(workload, each.peer));
    const name = `${each.workload}: ${each.peer === 'limit' ? 'of' : 'over'} ${each.peer}, ${each.stage}`;
    return [{ ...each, name, value, met: value >= each.atLeast }];
  });
}
