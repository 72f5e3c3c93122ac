import type { ErrorCode } from '../base/index.js';
import type { Ending, Endpoint, Metrics } from './metrics.js';
import type { RequestTrace } from './traces.js';
import type { Answered, ClassResult, Stage, StatementWatch, Watch } from './watch.js';

/** The watch of one request, for as long as it has not ended. */
export class RequestWatch implements Watch {
  readonly #endpoint: Endpoint;
  readonly #metrics: Metrics | null;
  readonly #trace: RequestTrace | null;
  readonly #began = performance.now();
  #stage: Stage | null = null;
  #since = this.#began;
  #outcome: Ending = 'NONE';
  #code: string | null = null;

  constructor(endpoint: Endpoint, metrics: Metrics | null, trace: RequestTrace | null) {
    this.#endpoint = endpoint;
    this.#metrics = metrics;
    this.#trace = trace;
    if (metrics !== null) metrics.running += 1;
  }

  enter(stage: Stage): void {
    this.#leave(performance.now());
    this.#stage = stage;
    this.#trace?.enter(stage);
  }

  statement(source: string): StatementWatch {
    const spans = this.#trace?.statement(source);
    const metrics = this.#metrics;
    const asked = performance.now();
    let sent: number | null = null;
    return {
      connected: () => {
        sent = performance.now();
        metrics?.waited(source, sent - asked);
        spans?.connected();
      },
      ended: (code) => {
        if (code !== null) metrics?.failure(source, code);
        if (sent !== null) metrics?.statement(source, performance.now() - sent);
        spans?.ended(code);
      },
    };
  }

  cleared(results: ReadonlyMap<string, ClassResult>): void {
    this.#metrics?.cleared(results);
  }

  answered(answer: Answered): void {
    this.#outcome = answer.outcome;
    this.#code = answer.code;
    this.#metrics?.answer(answer);
    this.#trace?.answered(answer);
  }

  refused(code: ErrorCode, status: number): void {
    this.#outcome = status >= 500 ? 'FAILED' : 'REFUSED';
    this.#code = code;
    this.#trace?.refused(code);
  }

  /** @param status of HTTP, or null where the client did not wait for it */
  end(status: number | null): void {
    const now = performance.now();
    this.#leave(now);
    this.#trace?.end(status);
    if (this.#metrics === null) return;
    this.#metrics.running -= 1;
    this.#metrics.request(this.#endpoint, this.#outcome, this.#code, now - this.#began);
  }

  #leave(now: number): void {
    if (this.#stage !== null) this.#metrics?.stage(this.#endpoint, this.#stage, now - this.#since);
    this.#since = now;
  }
}
