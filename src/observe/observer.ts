import type { Tracer } from '@opentelemetry/api';
import type { BlockList } from 'node:net';
import { cacheTallies, type CacheTallies } from './cache-tally.js';
import { Metrics, type Endpoint } from './metrics.js';
import { RequestWatch } from './request-watch.js';
import { addressList, isListed, readTraceParent } from './trace-parent.js';
import { RequestTrace } from './traces.js';

/** A request as it begins: nothing of it is kept but the id, which is ours. */
export interface Begun {
  readonly endpoint: Endpoint;
  readonly requestId: string;
  /** The header as it came. */
  readonly traceParent: string | readonly string[] | undefined;
  /** Who is at the other end of the connection. */
  readonly peer: string | undefined;
}

const names: Readonly<Record<Endpoint, string>> = {
  data: 'POST /graphql',
  control: 'POST /control',
  other: 'other',
};

export interface ObserverOptions {
  readonly metrics: boolean;
  readonly tracer: Tracer | null;
  /** Who may say which trace a request is part of; nobody unless given. */
  readonly parents?: readonly string[];
}

/** Watches requests, where somebody wants metrics or traces of them; else there is none. */
export class Observer {
  readonly metrics: Metrics | null;
  readonly caches: CacheTallies | undefined;
  readonly #tracer: Tracer | null;
  readonly #parents: BlockList;

  constructor({ metrics, tracer, parents = [] }: ObserverOptions) {
    this.metrics = metrics ? new Metrics() : null;
    this.caches = metrics ? cacheTallies() : undefined;
    this.#tracer = tracer;
    this.#parents = addressList(parents);
  }

  /** For the ledger; undefined where nobody wants metrics. */
  get onBatch(): ((entries: number, nanoseconds: bigint) => void) | undefined {
    const { metrics } = this;
    return metrics === null ? undefined : (entries, nanoseconds) => metrics.batch(entries, nanoseconds);
  }

  begin({ endpoint, requestId, traceParent, peer }: Begun): RequestWatch {
    if (this.#tracer === null) return new RequestWatch(endpoint, this.metrics, null);
    const parent = isListed(this.#parents, peer) ? readTraceParent(traceParent) : null;
    const trace = new RequestTrace(this.#tracer, names[endpoint], requestId, parent);
    return new RequestWatch(endpoint, this.metrics, trace);
  }
}
