import { Connection } from './connection.js';

/** What a generator is to do: requests drawn from a list, over and over, on so many connections. */
export interface LoadJob {
  readonly port: number;
  /** Whole requests as latin1 text. */
  readonly requests: readonly string[];
  readonly connections: number;
  readonly milliseconds: number;
}

export interface LoadResult {
  /** Responses within the time, per second. */
  readonly rps: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  /** Every request that was sent; each was answered, the last ones after the time. */
  readonly sent: number;
  /** Answers that were not 200, or held errors. */
  readonly failed: number;
  /** Answers that name a field as masked. */
  readonly masked: number;
  readonly bytesPerResponse: number;
}

const errors = Buffer.from('{"errors"');
const masks = Buffer.from('"masked":["');
/** Where Cordon names them: in the last bytes of an answer. */
const tail = 1000;

function percentile(sorted: Float64Array, share: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}

/** Closed loop: each connection asks again as soon as it has its answer, until the time is over. */
export async function load({ port, requests, connections, milliseconds }: LoadJob): Promise<LoadResult> {
  const prepared = requests.map((text) => Buffer.from(text, 'latin1'));
  const open = await Promise.all(Array.from({ length: connections }, () => Connection.open(port)));
  const latencies: number[] = [];
  let sent = 0;
  let failed = 0;
  let masked = 0;
  let bytes = 0;
  const end = performance.now() + milliseconds;
  const run = async (connection: Connection) => {
    for (let began = performance.now(); began < end;) {
      const request = prepared[Math.floor(Math.random() * prepared.length)];
      if (request === undefined) throw new Error('nothing to ask');
      sent += 1;
      const { status, body } = await connection.ask(request);
      const now = performance.now();
      if (status !== 200 || body.subarray(0, errors.length).equals(errors)) failed += 1;
      if (body.includes(masks, Math.max(0, body.length - tail))) masked += 1;
      bytes += body.length;
      if (now <= end) latencies.push(now - began);
      began = now;
    }
    connection.close();
  };
  await Promise.all(open.map(run));
  const sorted = Float64Array.from(latencies).sort();
  return {
    rps: (latencies.length * 1000) / milliseconds,
    p50Ms: percentile(sorted, 0.5),
    p99Ms: percentile(sorted, 0.99),
    sent,
    failed,
    masked,
    bytesPerResponse: bytes / sent,
  };
}
