// How long answers take that must not tell two things apart: one connection, one request at a time, the two by turns.
import { masked } from '../deployment/callers.js';
import type { Lane } from '../scenarios/index.js';
import { Connection } from './connection.js';
import type { Contender } from './contenders.js';
import { WrongAnswer } from './ask.js';

/** Microseconds of every answer of two kinds, in the order they were asked. */
export interface Timing {
  readonly name: string;
  readonly first: readonly number[];
  readonly second: readonly number[];
}

interface Pair {
  readonly name: string;
  readonly first: Asked;
  readonly second: Asked;
  /** Of both. */
  readonly status: number;
}

/** A document about a key. */
interface Asked {
  readonly document: string;
  readonly key: number;
}

const one = 'query ($key: ID!) { customer(customerId: $key) { customerId name } }';
const list =
  'query ($key: ID!) { customers(where: { customerId: { eq: $key } }) { nodes { customerId name } } }';
const naming = (field: string) => `query ($key: ID!) { customer(customerId: $key) { customerId ${field} } }`;

/** @param hiddenKey of a record that the masked caller does not see; @param absentKey of none, of as many digits */
const pairs = (hiddenKey: number, absentKey: number): readonly Pair[] => [
  {
    name: 'a hidden name, and one that does not exist',
    first: { document: naming('enrolled'), key: hiddenKey },
    second: { document: naming('enrolted'), key: hiddenKey },
    status: 400,
  },
  {
    name: 'a key out of scope, and one of no record',
    first: { document: one, key: hiddenKey },
    second: { document: one, key: absentKey },
    status: 200,
  },
  {
    name: 'a list of rows out of scope, and one of none',
    first: { document: list, key: hiddenKey },
    second: { document: list, key: absentKey },
    status: 200,
  },
];

function requestOf(cordon: Contender, { document, key }: Asked): Buffer {
  const lane: Lane = { name: 'timing', server: 'cordon', document, callers: [masked] };
  return Buffer.from(cordon.request(lane, key), 'latin1');
}

/** Asks each pair by turns, which of the two is first changing too, so that no drift of the machine falls on one alone. */
export async function measureTiming(
  cordon: Contender,
  keys: { readonly hidden: number; readonly absent: number },
  count: number,
): Promise<readonly Timing[]> {
  const connection = await Connection.open(cordon.port);
  const timings: Timing[] = [];
  const ask = async (request: Buffer, status: number): Promise<number> => {
    cordon.asked += 1;
    const begin = performance.now();
    const answer = await connection.ask(request);
    const micros = (performance.now() - begin) * 1000;
    if (answer.status !== status)
      throw new WrongAnswer(`cordon answers a timed request with ${answer.status}`);
    return micros;
  };
  for (const { name, first, second, status } of pairs(keys.hidden, keys.absent)) {
    const requests = [requestOf(cordon, first), requestOf(cordon, second)] as const;
    const times: readonly [number[], number[]] = [[], []];
    for (let i = -Math.ceil(count / 10); i < count; i += 1)
      for (const which of i % 2 === 0 ? ([0, 1] as const) : ([1, 0] as const)) {
        const micros = await ask(requests[which], status);
        if (i >= 0) times[which].push(micros);
      }
    timings.push({ name, first: times[0], second: times[1] });
  }
  connection.close();
  return timings;
}
