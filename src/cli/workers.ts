import cluster, { type Worker } from 'node:cluster';
import type { Log } from '../base/index.js';
import { CommandError } from './failure.js';
import type { Order, Report } from './worker-messages.js';

/** What begins a worker, less what is each one's own. */
export type Beginning = Omit<Extract<Order, { order: 'begin' }>, 'order' | 'number'>;

/** How a worker that dies is replaced. */
export interface Pace {
  /** Milliseconds before it is tried again; twice as long after each death that follows soon. */
  readonly firstMs: number;
  readonly mostMs: number;
  /** One that has served for so long had nothing wrong with it: its death is the first. */
  readonly steadyMs: number;
  /** After so many deaths of one in a row, and none that serves, it is all over. */
  readonly deaths: number;
}

const usualPace: Pace = { firstMs: 250, mostMs: 30_000, steadyMs: 60_000, deaths: 6 };

export interface WorkersOptions {
  /** The program of a worker. */
  readonly program: string;
  readonly beginning: Beginning;
  readonly log: Log;
  readonly pace?: Pace;
}

/** A worker's place, which others take after it. */
interface Place {
  readonly number: number;
  worker: Worker | null;
  /** When it began to serve, by the monotonic clock; null while it does not. */
  servesSince: number | null;
  /** Since the beginning. Before that, its end is the end of the start. */
  hasServed: boolean;
  version: string;
  deaths: number;
  retry?: NodeJS.Timeout;
  /** What waits for its next report, or its end. */
  waiting: (() => void)[];
}

/**
 * Several processes that answer on one port. This process holds the port and hands connections out in turn; it answers
 * none, and sees nothing of what is asked. A worker that dies is replaced.
 */
export class Workers {
  readonly #options: WorkersOptions;
  readonly #pace: Pace;
  readonly #places: readonly Place[];
  #address = '';
  #started = false;
  #stopping = false;
  #fail: (error: Error) => void = () => undefined;
  /** Rejects when there is no more use in going on; never resolves. */
  readonly failure = new Promise<never>((_resolve, reject) => (this.#fail = reject));

  /**
   * Starts the first, and when it serves the others: what is wrong with the files is said once.
   * @throws CommandError when one of them does not come to serve
   */
  static async start(options: WorkersOptions): Promise<Workers> {
    const workers = new Workers(options);
    try {
      await workers.#startAll();
    } catch (error) {
      await workers.stop();
      throw error;
    }
    return workers;
  }

  private constructor(options: WorkersOptions) {
    this.#options = options;
    this.#pace = options.pace ?? usualPace;
    this.#places = Array.from({ length: options.beginning.workers }, (_, i) => ({
      number: i + 1,
      worker: null,
      servesSince: null,
      hasServed: false,
      version: '',
      deaths: 0,
      waiting: [],
    }));
    // Whoever waits for it comes to it later than it may happen.
    this.failure.catch(() => undefined);
    // In turn, and accepted here: where the kernel chooses, few connections that stay long fall on few of the workers.
    cluster.schedulingPolicy = cluster.SCHED_RR;
    // Structures, since a configuration has maps.
    cluster.setupPrimary({
      exec: options.program,
      args: [],
      serialization: 'advanced',
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    });
  }

  /** `http://127.0.0.1:4000` */
  get address(): string {
    return this.#address;
  }

  /** Has all of them read their files anew. Resolves when each has, or has died over it; never rejects. */
  async reload(): Promise<void> {
    const running = this.#places.filter(({ worker }) => worker !== null);
    await Promise.all(
      running.map((place) => {
        this.#send(place, { order: 'reload' });
        return this.#next(place);
      }),
    );
    this.#compareVersions();
  }

  /** Has each answer what it has begun and record it, and end; resolves when all have. */
  async stop(): Promise<void> {
    this.#stopping = true;
    for (const place of this.#places) {
      clearTimeout(place.retry);
      this.#send(place, { order: 'stop' });
    }
    for (const place of this.#places) while (place.worker !== null) await this.#next(place);
  }

  async #startAll(): Promise<void> {
    const [first, ...others] = this.#places;
    for (const together of [[first], others])
      await Promise.all(
        together.map(async (place) => {
          if (place === undefined) return;
          this.#launch(place);
          await this.#next(place);
          if (!place.hasServed)
            throw new CommandError(`Worker ${place.number} has not started; it has said why.`);
        }),
      );
    this.#started = true;
    this.#options.log.info({ workers: this.#places.length }, 'all workers serve');
    this.#compareVersions();
  }

  #launch(place: Place): void {
    const worker = cluster.fork();
    place.worker = worker;
    worker.on('message', (report: Report) => this.#heard(place, report));
    worker.on('exit', (code, signal) => this.#ended(place, code, signal));
    // What could not be started at all; its exit is told as well.
    worker.on('error', ({ message }) =>
      this.#options.log.warn({ worker: place.number, message }, 'a worker'),
    );
  }

  #heard(place: Place, report: Report): void {
    const { number } = place;
    if (report.report === 'waiting') {
      this.#send(place, { order: 'begin', number, ...this.#options.beginning });
      if (this.#stopping) this.#send(place, { order: 'stop' });
      return;
    }
    place.version = report.version;
    if (report.report === 'ready') {
      this.#address = report.address;
      place.servesSince = performance.now();
      if (place.hasServed) this.#options.log.info({ worker: number }, 'a worker serves again');
      if (this.#started) this.#compareVersions();
      place.hasServed = true;
    }
    this.#told(place);
  }

  #ended(place: Place, code: number | null, signal: string | null): void {
    const { log } = this.#options;
    const { number, servesSince } = place;
    place.worker = null;
    place.servesSince = null;
    this.#told(place);
    if (this.#stopping || !place.hasServed) return;
    const wasSteady = servesSince !== null && performance.now() - servesSince >= this.#pace.steadyMs;
    place.deaths = wasSteady ? 1 : place.deaths + 1;
    if (place.deaths >= this.#pace.deaths && this.#places.every((each) => each.servesSince === null)) {
      const times = `${place.deaths} times in a row`;
      const message = `Worker ${number} has died ${times}, and none serves; the log says what of.`;
      this.#fail(new CommandError(message));
      return;
    }
    const againInMs = Math.min(this.#pace.mostMs, this.#pace.firstMs * 2 ** (place.deaths - 1));
    log.error({ worker: number, code, signal, deaths: place.deaths, againInMs }, 'a worker died');
    place.retry = setTimeout(() => this.#launch(place), againInMs);
  }

  /** A worker that began after the files were changed, and before the others were told to read them, is ahead of them. */
  #compareVersions(): void {
    const serving = this.#places.filter(({ servesSince }) => servesSince !== null);
    if (new Set(serving.map(({ version }) => version)).size < 2) return;
    const versions = Object.fromEntries(serving.map(({ number, version }) => [number, version]));
    this.#options.log.warn({ versions }, 'workers serve different versions of the files; SIGHUP reloads all');
  }

  #send({ worker }: Place, order: Order): void {
    if (worker?.isConnected() === true) worker.send(order);
  }

  /** The place's next report, or its end. */
  #next(place: Place): Promise<void> {
    return new Promise((resolve) => place.waiting.push(resolve));
  }

  #told(place: Place): void {
    for (const resolve of place.waiting.splice(0)) resolve();
  }
}
