import { setTimeout as wait } from 'node:timers/promises';
import type { Caller } from '../deployment/callers.js';
import type { Lane } from '../scenarios/index.js';
import { Connection } from './connection.js';
import type { Contender } from './contenders.js';

/** What a contender did that it must not; its speed then means nothing. */
export class WrongAnswer extends Error {}

export interface Answer {
  readonly data: unknown;
  /** Coordinates, where the contender says. */
  readonly masked: readonly string[];
}

interface Body {
  readonly data?: Readonly<Record<string, unknown>>;
  readonly extensions?: { readonly cordon?: { readonly masked?: readonly string[] } };
}

/** One question, asked apart from any load. @throws WrongAnswer where it is refused or fails */
export async function ask(contender: Contender, lane: Lane, key: number, as?: Caller): Promise<Answer> {
  const connection = await Connection.open(contender.port);
  contender.asked += 1;
  const { status, body } = await connection.ask(Buffer.from(contender.request(lane, key, as), 'latin1'));
  connection.close();
  const text = body.toString();
  const parsed = JSON.parse(text) as Body;
  if (status !== 200 || 'errors' in parsed)
    throw new WrongAnswer(
      `${contender.name} answers ${lane.name} with status ${status}: ${text.slice(0, 300)}`,
    );
  // GraphQL wraps the answer in `data` and the field's name.
  const data = lane.server === 'limit' ? parsed : Object.values(parsed.data ?? {})[0];
  return { data: alike(data), masked: parsed.extensions?.cordon?.masked ?? [] };
}

/**
 * One question of a caller who is cleared. Cordon believes facts for a second; on a machine that is so busy that they are older,
 * it gives masks until they are read again, and is asked again.
 */
export async function askCleared(contender: Contender, lane: Lane, key: number): Promise<Answer> {
  let answer = await ask(contender, lane, key);
  for (let again = 0; again < 20 && answer.masked.length > 0; again += 1) {
    await wait(250);
    answer = await ask(contender, lane, key);
  }
  return answer;
}

/** An answer as all would write it: connections as the lists in them, keys as text, which are numbers to some. */
function alike(value: unknown): unknown {
  if (Array.isArray(value)) return value.map((each: unknown) => alike(each));
  if (typeof value !== 'object' || value === null) return value;
  if ('nodes' in value) return alike(value.nodes);
  return Object.fromEntries(
    Object.entries(value).map(([name, each]) => [name, isKey(name, each) ? String(each) : alike(each)]),
  );
}

const isKey = (name: string, value: unknown): value is number =>
  name.endsWith('Id') && typeof value === 'number';
