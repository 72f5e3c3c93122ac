/** Time is given, never taken: tests move it, and pure stages have none. */
export interface Clock {
  /** Milliseconds since 1970, UTC. */
  now(): number;
  /** Nanoseconds from an arbitrary start; never goes back. */
  monotonic(): bigint;
}

export const systemClock: Clock = { now: () => Date.now(), monotonic: () => process.hrtime.bigint() };
