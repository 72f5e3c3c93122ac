import type { Clock } from '../../../src/base/index.js';

/** Time that passes only when the test says so. */
export interface MovingClock extends Clock {
  advance(seconds: number): void;
}

export function movingClock(start = Date.now()): MovingClock {
  let elapsed = 0;
  return {
    now: () => start + elapsed,
    monotonic: () => BigInt(Math.round(elapsed * 1e6)),
    advance: (seconds) => void (elapsed += seconds * 1000),
  };
}
