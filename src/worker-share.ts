import type { Config } from './config.js';
import { defaultMaxWaiting } from './sources/index.js';

const part = (whole: number, workers: number): number => Math.max(1, Math.floor(whole / workers));

/** Which worker it is, from 1, and of how many. */
export interface WorkerPlace {
  readonly number: number;
  readonly workers: number;
}

/**
 * What one of several workers keeps to, so that all together keep to what the configuration says of the gateway: each has
 * its part of the places, of the connections to every source and of the bytes that wait for clients. Nothing is less than
 * one, and the bytes are never less than one answer. What the configuration allows each person is divided at the door,
 * where roles may have it otherwise (http/admission.ts). Caches are each worker's own and stay whole. Metrics are each
 * worker's own as well, at ports that follow one another: at a shared one each scrape would meet some worker.
 */
export function shareOf(config: Config, { number, workers }: WorkerPlace): Config {
  const { limits, sources, metrics } = config;
  return {
    ...config,
    sharedBy: workers,
    ...(metrics !== undefined && {
      metrics: { ...metrics, port: metrics.port === 0 ? 0 : metrics.port + number - 1 },
    }),
    limits: {
      ...limits,
      inFlight: part(limits.inFlight, workers),
      unsentBytes: Math.max(limits.responseBytes, part(limits.unsentBytes, workers)),
    },
    sources: new Map(
      [...sources].map(([name, source]) => [
        name,
        {
          ...source,
          poolSize: part(source.poolSize, workers),
          maxWaiting: part(source.maxWaiting ?? defaultMaxWaiting, workers),
        },
      ]),
    ),
  };
}
