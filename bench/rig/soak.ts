import type { Soaked } from '../scenarios/soak.js';
import type { PartsRig } from './parts-rig.js';
import { postOf } from './post.js';
import { say } from './say.js';

/** Some seconds of a soak. */
export interface Sample {
  /** Seconds since the first request. */
  readonly at: number;
  readonly rps: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  /** Of the gateway's process, at the sample's end. */
  readonly residentBytes: number;
  readonly heapBytes: number;
}

const connections = 16;
const requestsDrawn = 4000;

/** Keeps a gateway under full load. @param size seconds in all, and of each sample */
export async function measureSoak(
  rig: PartsRig,
  { types, roles, rowsEach, callers, questions }: Soaked,
  { seconds, every }: { readonly seconds: number; readonly every: number },
): Promise<readonly Sample[]> {
  const server = await rig.gateway({ types, roles });
  const tokens = await Promise.all(callers.map((caller) => rig.token(caller)));
  const requests = Array.from({ length: requestsDrawn }, (_, i) => {
    const key = String(1 + Math.floor((Math.random() * rowsEach) / 2));
    const query = questions[i % questions.length] ?? '';
    return postOf(
      '/graphql',
      { query, variables: { key } },
      tokens[Math.floor(i / questions.length) % tokens.length] ?? '',
    );
  });
  for (const request of requests.slice(0, questions.length * tokens.length)) await server.ask(request);
  const samples: Sample[] = [];
  const began = performance.now();
  for (let at = 0; at < seconds; at = (performance.now() - began) / 1000) {
    const { rps, p50Ms, p99Ms } = await server.load({ requests, connections, milliseconds: every * 1000 });
    const { residentBytes, heapBytes } = await server.usage();
    samples.push({ at: (performance.now() - began) / 1000, rps, p50Ms, p99Ms, residentBytes, heapBytes });
    const left = Math.max(0, seconds - (performance.now() - began) / 1000);
    say(`${rps.toFixed(0)} requests/s, ${(residentBytes / 1e6).toFixed(0)} MB; ${left.toFixed(0)} s left`);
  }
  return samples;
}
