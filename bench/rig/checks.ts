import pg from 'pg';
import { isDeepStrictEqual } from 'node:util';
import { decodeBatch, decodeEntry, openLedgerReader } from '../../src/ledger/index.js';
import { masked, type Caller } from '../deployment/callers.js';
import { shop } from '../deployment/tables.js';
import type { Scenario } from '../scenarios/index.js';
import { Connection } from './connection.js';
import type { Contender, Contenders } from './contenders.js';
import type { Databases } from './databases.js';

/** What a contender did that it must not; its speed then means nothing. */
export class WrongAnswer extends Error {}

interface Answer {
  readonly data: unknown;
  /** Coordinates, where the contender says. */
  readonly masked: readonly string[];
}

interface Body {
  readonly data?: Readonly<Record<string, unknown>>;
  readonly extensions?: { readonly cordon?: { readonly masked?: readonly string[] } };
}

/** One question, asked apart from any load. */
async function ask(contender: Contender, scenario: Scenario, key: number, as?: Caller): Promise<Answer> {
  const connection = await Connection.open(contender.port);
  contender.asked += 1;
  const { status, body } = await connection.ask(Buffer.from(contender.request(scenario, key, as), 'latin1'));
  connection.close();
  const parsed = JSON.parse(body.toString()) as Body;
  if (status !== 200 || 'errors' in parsed)
    throw new WrongAnswer(
      `${contender.name} answers ${scenario.name} with status ${status}: ${body.toString().slice(0, 300)}`,
    );
  // GraphQL wraps the answer in `data` and the field's name.
  const data = contender.name === 'limit' ? parsed : Object.values(parsed.data ?? {})[0];
  return { data: flatten(data), masked: parsed.extensions?.cordon?.masked ?? [] };
}

/** Connections as the lists in them. */
function flatten(value: unknown): unknown {
  if (Array.isArray(value)) return value.map((each: unknown) => flatten(each));
  if (typeof value !== 'object' || value === null) return value;
  if ('nodes' in value) return flatten(value.nodes);
  return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, flatten(each)]));
}

/** Keys over the whole range, its ends among them. */
function sample(scenario: Scenario, customers: number): readonly number[] {
  const last = scenario.lastKey(customers);
  return [1, 2, ...[0.1, 0.37, 0.5, 0.83].map((share) => Math.ceil(last * share)), last];
}

/** Every contender gives the cleared caller the same values. @throws WrongAnswer */
export async function checkAgreement(
  { limit, cordon, handbuilt }: Contenders,
  scenario: Scenario,
  customers: number,
): Promise<void> {
  for (const key of sample(scenario, customers)) {
    const expected = (await ask(limit, scenario, key)).data;
    if (expected === null || (Array.isArray(expected) && expected.length === 0))
      throw new WrongAnswer(`limit has nothing for ${scenario.name} at key ${key}`);
    for (const contender of [cordon, handbuilt]) {
      const { data } = await ask(contender, scenario, key);
      if (!isDeepStrictEqual(data, expected))
        throw new WrongAnswer(`${contender.name} and limit differ in ${scenario.name} at key ${key}`);
    }
  }
}

interface Customer {
  readonly name: string;
  readonly email: string;
  readonly creditLimit: string;
  readonly region: string;
  readonly orders: readonly { readonly total: string }[];
}

const secretsOf = ({ name, email, creditLimit, orders }: Customer): readonly string[] => [
  name,
  email,
  creditLimit,
  ...orders.map(({ total }) => total),
];

/**
 * Whoever enforces does so: the masked caller gets a mask for each secret of the rows of their accounts, and no other row.
 * @throws WrongAnswer
 */
export async function checkEnforcement(
  { limit, cordon, handbuilt }: Contenders,
  one: Scenario,
  { reader }: Databases,
): Promise<void> {
  for (const { key, theirs } of await keysAround(reader)) {
    const clear = (await ask(limit, one, key)).data as Customer;
    for (const contender of [cordon, handbuilt]) {
      const wrong = (what: string) => new WrongAnswer(`${contender.name} gives the masked caller ${what}`);
      const answer = await ask(contender, one, key, masked);
      const given = answer.data as Customer | null;
      if (theirs !== (given !== null)) throw wrong(theirs ? 'nothing of their own' : 'rows of others');
      if (given === null) continue;
      if (given.region !== clear.region) throw wrong('another region');
      const inClear = secretsOf(clear);
      if (secretsOf(given).some((value, i) => value === inClear[i])) throw wrong('a secret');
      if (contender === cordon && answer.masked.length !== 4) throw wrong('masks that it does not name');
    }
  }
}

/** Some customers of the masked caller's accounts, and some of others. */
export async function keysAround(reader: pg.ClientConfig): Promise<{ key: number; theirs: boolean }[]> {
  const client = new pg.Client(reader);
  await client.connect();
  try {
    const found = await client.query<{ key: number; theirs: boolean }>(
      `SELECT key, theirs FROM (SELECT customer_id AS key, account_id = ANY ($1) AS theirs,
         row_number() OVER (PARTITION BY account_id = ANY ($1) ORDER BY customer_id) AS n FROM ${shop}.customer) AS c
       WHERE n <= 3`,
      [masked.token.claims?.['accounts'] ?? []],
    );
    return found.rows;
  } finally {
    await client.end();
  }
}

/** The ledger holds one entry for each request that Cordon was sent. To be called once it has ended. @throws WrongAnswer */
export async function checkLedger({ cordon }: Contenders, { control }: Databases): Promise<number> {
  const reader = await openLedgerReader(control);
  let entries = 0;
  for await (const batch of reader.batches())
    for (const bytes of decodeBatch(batch).entries) if (decodeEntry(bytes).kind === 'request') entries += 1;
  await reader.close();
  if (entries !== cordon.asked)
    throw new WrongAnswer(`the ledger holds ${entries} entries for ${cordon.asked} requests`);
  return entries;
}
