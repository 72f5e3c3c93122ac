import type { Config } from './config.js';
import { defaultMaxWaiting } from './sources/index.js';

const part = (whole: number, workers: number): number => Math.max(1, Math.floor(whole / workers));

/**
 * What one of several workers keeps to, so that all together keep to what the configuration says of the gateway: each has
 * its part of the places, of the connections to every source and of the bytes that wait for clients. Nothing is less than
 * one, and the bytes are never less than one answer. What the configuration allows each person is divided at the door,
 * where roles may have it otherwise (http/admission.ts). Caches are each worker's own and stay whole.
 */
export function shareOf(config: Config, workers: number): Config {
  const { limits, sources } = config;
  return {
    ...config,
    sharedBy: workers,
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
