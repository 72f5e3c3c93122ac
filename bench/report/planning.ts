import type { Planning, PlanTimes } from '../rig/planning.js';
import { median } from './statistics.js';

/** A figure of planning held against what the design aims at. */
export interface HeldFigure {
  readonly name: string;
  /** Median of the rounds, by processor time: one thread does it all, and other work on the machine changes that little. */
  readonly value: number;
  /** At most this. */
  readonly target: number;
  readonly met: boolean;
}

const targets = [
  { kind: 'fromNothing', name: 'plan of list from nothing, µs processor time', target: 2000 },
  { kind: 'fromCache', name: 'plan of list from the cache, µs processor time', target: 30 },
] as const satisfies readonly { kind: keyof Planning; name: string; target: number }[];

export function holdPlanning(planning: Planning): readonly HeldFigure[] {
  return targets.map(({ kind, name, target }) => {
    const value = median(planning[kind].map(({ cpuMicros }) => cpuMicros));
    return { name, value, target, met: value <= target };
  });
}

/** The figures for people: medians and spreads of the rounds, by processor time and by the clock. */
export function planningTable(planning: Planning): string {
  const held = holdPlanning(planning);
  const lines = targets.map(({ kind, name, target }, i) => {
    const of = (read: (times: PlanTimes) => number) => {
      const all = planning[kind].map(read);
      return `${median(all).toFixed(1)} (${Math.min(...all).toFixed(1)}–${Math.max(...all).toFixed(1)})`;
    };
    const verdict = `≤ ${target}: ${held[i]?.met === true ? 'met' : 'NOT MET'}`;
    return `  ${name}: ${of((times) => times.cpuMicros)}, by the clock ${of((times) => times.wallMicros)}   ${verdict}`;
  });
  return ['plan', ...lines].join('\n');
}

/** For the results file. */
export function planningFigures(planning: Planning): Readonly<Record<string, number>> {
  const figure = (kind: keyof Planning, read: (times: PlanTimes) => number) =>
    Number(median(planning[kind].map(read)).toFixed(1));
  return {
    plan_us: figure('fromNothing', ({ wallMicros }) => wallMicros),
    plan_cpu_us: figure('fromNothing', ({ cpuMicros }) => cpuMicros),
    plan_cached_us: figure('fromCache', ({ wallMicros }) => wallMicros),
    plan_cached_cpu_us: figure('fromCache', ({ cpuMicros }) => cpuMicros),
  };
}
