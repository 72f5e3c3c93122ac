import { CordonError, ProblemsError, type Reporter } from './base/index.js';
import type { Closers } from './closers.js';
import type { WrittenConfig } from './config-form.js';
import {
  Observer,
  registeredTracer,
  registerReadings,
  serveMetrics,
  type MetricsListen,
} from './observe/index.js';
import type { Ledger } from './ledger/index.js';
import type { Source } from './sources/index.js';

/** What may be seen of a gateway at work; nothing unless it is asked for. */
export interface Observing {
  /** Where metrics are served. */
  readonly metrics?: MetricsListen;
  /** Whether spans are made, for the provider that was registered with @opentelemetry/api. */
  readonly tracing?: { readonly parents: readonly string[] };
}

/** Metrics and traces as written. */
export function readObserving(written: WrittenConfig, report: Reporter): Observing {
  const { metrics, tracing, listen } = written;
  if (metrics !== undefined && metrics.port !== 0 && metrics.port === listen.port) {
    const message =
      '"metrics.port" is the port of "listen"; metrics are never served where data is: choose another.';
    report.add(['metrics', 'port'], 'INVALID_VALUE', message);
  }
  if (tracing?.parents !== undefined && listen.trustedProxies === undefined) {
    const message =
      '"tracing.parents" trusts proxies that are not named: list them as "listen.trustedProxies".';
    report.add(['tracing', 'parents'], 'INVALID_VALUE', message);
  }
  const parents = tracing?.parents === undefined ? [] : (listen.trustedProxies ?? []);
  return {
    ...(metrics !== undefined && { metrics }),
    ...(tracing !== undefined && { tracing: { parents } }),
  };
}

/**
 * Who observes by this configuration; undefined where nobody is to, and then a request pays nothing for it.
 * @throws ProblemsError where spans are asked for and nobody would take them
 */
export function observerOf({ metrics, tracing }: Observing): Observer | undefined {
  if (metrics === undefined && tracing === undefined) return undefined;
  const tracer = tracing === undefined ? null : registeredTracer();
  if (tracing !== undefined && tracer === null) {
    const message =
      'Spans are asked for, and no provider takes them: register one before the gateway starts (NODE_OPTIONS="--import /path/to/tracing.mjs"; docs/observability.md), or leave "tracing" out.';
    throw new ProblemsError([{ file: 'cordon.yaml', line: 0, code: 'NO_TRACER', message }]);
  }
  return new Observer({ metrics: metrics !== undefined, tracer, parents: tracing?.parents ?? [] });
}

/**
 * Serves metrics, where they are asked for, until the closers run.
 * @returns the address
 * @throws CordonError with one sentence where the port is taken
 */
export async function serveObserved(
  observer: Observer | undefined,
  { ledger, sources }: { readonly ledger: Ledger; readonly sources: ReadonlyMap<string, Source> },
  listen: MetricsListen | undefined,
  closers: Closers,
): Promise<string | null> {
  const { metrics, caches } = observer ?? {};
  if (metrics == null || caches === undefined || listen === undefined) return null;
  metrics.expect(sources.keys());
  registerReadings(metrics.registry, {
    ledger,
    pools: sources,
    caches,
    running: () => metrics.running,
  });
  try {
    const server = await serveMetrics(metrics.registry, listen);
    closers.add(() => server.close());
    return server.address;
  } catch (cause) {
    if ((cause as { code?: string }).code !== 'EADDRINUSE') throw cause;
    throw new CordonError('INTERNAL_ERROR', {
      message: `Port ${listen.port} is taken: stop what listens there, or give "metrics" another port.`,
    });
  }
}
