import { ratios, type Results } from './results.js';
import { median } from './statistics.js';

interface Target {
  readonly workload: string;
  /** What Cordon is held against. */
  readonly lane: string;
  /** Requests of Cordon for each of the other's, at least. */
  readonly atLeast: number;
}

const against = (workload: string, atLeast: Readonly<Record<string, number>>): readonly Target[] =>
  Object.entries(atLeast).map(([lane, each]) => ({ workload, lane, atLeast: each }));

const targets: readonly Target[] = [
  ...against('list', { limit: 0.8, handbuilt: 10, mercurius: 2, postgraphile: 2.5 }),
  ...against('flat', { limit: 0.7, handbuilt: 6, mercurius: 1, postgraphile: 2.2 }),
  ...against('one', { limit: 0.55, handbuilt: 2.5, mercurius: 1, postgraphile: 2 }),
  ...against('cross', { limit: 0.6 }),
  ...against('deny', { cleared: 0.9 }),
  ...against('views', { 'one view': 0.9 }),
];

/** A target held against a run. */
export interface Held extends Target {
  readonly name: string;
  /** The median of the rounds' ratios. */
  readonly value: number;
  readonly met: boolean;
}

/** The targets of what was run. */
export function holdTargets(results: Results): readonly Held[] {
  return targets.flatMap((each) => {
    const workload = results.get(each.workload);
    if (workload?.has(each.lane) !== true) return [];
    const value = median(ratios(workload, each.lane));
    const word = each.atLeast < 1 ? 'of' : 'over';
    return [{ ...each, name: `${each.workload}: ${word} ${each.lane}`, value, met: value >= each.atLeast }];
  });
}
