export type { CacheTallies, CacheTally } from './cache-tally.js';
export { serveMetrics, type MetricsListen } from './metrics-server.js';
export { Observer } from './observer.js';
export { registerReadings, type PoolReading } from './readings.js';
export { registeredTracer } from './traces.js';
export { unwatched, type Answered, type ClassResult, type StatementWatch, type Watch } from './watch.js';
