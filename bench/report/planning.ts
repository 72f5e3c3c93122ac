import type { Planning } from '../rig/planning.js';
import type { Figure } from './figures.js';

/**
 * Held by processor time: one thread does it all, and other work on the machine changes that little. By the clock it is
 * told of besides.
 */
export function figuresOfPlanning({ fromNothing, fromCache }: Planning): readonly Figure[] {
  const figure = (key: string, name: string, values: readonly number[], atMost: number | null): Figure => ({
    key,
    name: `plan of list ${name}`,
    values,
    bound: atMost === null ? null : { atMost },
  });
  const cpu = (all: Planning['fromCache']) => all.map(({ cpuMicros }) => cpuMicros);
  const wall = (all: Planning['fromCache']) => all.map(({ wallMicros }) => wallMicros);
  return [
    figure('plan_cpu_us', 'from nothing, µs processor time', cpu(fromNothing), 2000),
    figure('plan_us', 'from nothing, µs by the clock', wall(fromNothing), null),
    figure('plan_cached_cpu_us', 'from the cache, µs processor time', cpu(fromCache), 30),
    figure('plan_cached_us', 'from the cache, µs by the clock', wall(fromCache), null),
  ];
}
