import type { ServerResponse } from 'node:http';
import { monitorEventLoopDelay } from 'node:perf_hooks';

export interface LoadLimits {
  /** Requests at once. */
  readonly inFlight: number;
  /** Bytes of answers that their clients have not taken. */
  readonly unsentBytes: number;
  /** Milliseconds that the event loop may run late, on average of the last half second, while there is something to do. */
  readonly loopDelayMs: number;
}

const sampleMs = 500;
/** Finer would cost more and say no more. */
const resolutionMs = 20;
/**
 * The part of all places that must be taken before running late counts. Where fewer are, it is something else that keeps
 * the process from running, and refusing the few would not help it.
 */
const busyPart = 1 / 50;

/** How much the gateway has to do. Where it is more than it can, the door says so before any work, and not the memory. */
export class Load {
  readonly #limits: LoadLimits;
  readonly #delay = monitorEventLoopDelay({ resolution: resolutionMs });
  readonly #sampling: NodeJS.Timeout;
  #lateMs = 0;
  #running = 0;
  #unsent = 0;

  constructor(limits: LoadLimits) {
    this.#limits = limits;
    this.#delay.enable();
    this.#sampling = setInterval(() => {
      this.#lateMs = this.#delay.count === 0 ? 0 : this.#delay.mean / 1e6 - resolutionMs;
      this.#delay.reset();
    }, sampleMs).unref();
  }

  get over(): boolean {
    const { inFlight, unsentBytes, loopDelayMs } = this.#limits;
    const late = this.#lateMs > loopDelayMs && this.#running >= inFlight * busyPart;
    return late || this.#running >= inFlight || this.#unsent >= unsentBytes;
  }

  /** Counts a request until its response is over. */
  begin(response: ServerResponse): void {
    this.#running += 1;
    response.on('close', () => (this.#running -= 1));
  }

  /** Counts an answer until its client has taken it. */
  send(response: ServerResponse, bytes: number): void {
    this.#unsent += bytes;
    response.on('close', () => (this.#unsent -= bytes));
  }

  close(): void {
    clearInterval(this.#sampling);
    this.#delay.disable();
  }
}
