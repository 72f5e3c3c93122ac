import type pg from 'pg';
import { isDeepStrictEqual } from 'node:util';
import { masked } from '../deployment/callers.js';
import { shop } from '../deployment/tables.js';
import { audit, growth, one, views, type Lane } from '../scenarios/index.js';
import { ask, askCleared, WrongAnswer } from './ask.js';
import type { Contender, Contenders } from './contenders.js';
import { withClient } from './customer-data.js';
import { customersOf, requestIdOf, type FilledLedger } from './filled-ledger.js';
import { countRequests } from './ledger-count.js';

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

/** Whose callers are told apart. */
const enforcing = ['cordon', 'handbuilt'];

/**
 * Whoever enforces does so: the masked caller gets a mask for each secret of the rows of their accounts, and no other row.
 * @throws WrongAnswer
 */
export async function checkEnforcement(contenders: Contenders, shopReader: pg.ClientConfig): Promise<void> {
  const cordon = contenders.lanes(one).find(({ name }) => name === 'cordon');
  if (cordon === undefined) throw new WrongAnswer('cordon does not run');
  for (const { key, theirs } of await keysAround(shopReader)) {
    const clear = (await askCleared(contenders.of('cordon'), cordon, key)).data as Customer;
    for (const lane of contenders.lanes(one).filter(({ name }) => enforcing.includes(name))) {
      const wrong = (what: string) => new WrongAnswer(`${lane.name} gives the masked caller ${what}`);
      const answer = await ask(contenders.of(lane.server), lane, key, masked);
      const given = answer.data as Customer | null;
      if (theirs !== (given !== null)) throw wrong(theirs ? 'nothing of their own' : 'rows of others');
      if (given === null) continue;
      if (given.region !== clear.region) throw wrong('another region');
      const inClear = secretsOf(clear);
      if (secretsOf(given).some((value, i) => value === inClear[i])) throw wrong('a secret');
      if (lane.server === 'cordon' && answer.masked.length !== 4) throw wrong('masks that it does not name');
    }
  }
}

/** Some customers of the masked caller's accounts, and some of others. */
export function keysAround(reader: pg.ClientConfig): Promise<{ key: number; theirs: boolean }[]> {
  return withClient(reader, async (client) => {
    const found = await client.query<{ key: number; theirs: boolean }>(
      `SELECT key, theirs FROM (SELECT customer_id AS key, account_id = ANY ($1) AS theirs,
         row_number() OVER (PARTITION BY account_id = ANY ($1) ORDER BY customer_id) AS n FROM ${shop}.customer) AS c
       WHERE n <= 3`,
      [masked.token.claims?.['accounts'] ?? []],
    );
    return found.rows;
  });
}

const typesOf = (contender: Contender, lane: Lane, as: Lane['callers'][number]) =>
  ask(contender, { ...lane, document: '{ __schema { types { name fields { name } } } }' }, 0, as);

/**
 * The callers of each lane of `views` have as many schemas as it says.
 * @param most callers that are looked at
 * @throws WrongAnswer
 */
export async function checkViews(contenders: Contenders, most: number): Promise<void> {
  for (const lane of contenders.lanes(views)) {
    const schemas = new Set<string>();
    const callers = lane.callers.slice(0, most);
    for (const caller of callers)
      schemas.add(JSON.stringify((await typesOf(contenders.of(lane.server), lane, caller)).data));
    const expected = lane.name === 'one view' ? 1 : callers.length;
    if (schemas.size !== expected)
      throw new WrongAnswer(`the callers of ${lane.name} have ${schemas.size} schemas, not ${expected}`);
  }
}

/** The same customers, with as many orders, which are others where there are more. @throws WrongAnswer */
export async function checkGrowth(contenders: Contenders): Promise<void> {
  const lanes = contenders.lanes(growth);
  const { customers } = contenders.of('cordon');
  for (const key of [1, Math.ceil(customers / 2), customers]) {
    const answers = lanes.map(async (lane) => {
      const { orders, ...customer } = (await askCleared(contenders.of(lane.server), lane, key))
        .data as Customer;
      return { customer, orders: orders.length };
    });
    const [first, ...others] = await Promise.all(answers);
    if (first?.orders !== 5) throw new WrongAnswer(`customer ${key} has not five orders`);
    if (others.some((other) => !isDeepStrictEqual(other, first)))
      throw new WrongAnswer(`customer ${key} is not the same in both sizes`);
  }
}

interface Access {
  readonly entry: { readonly requestId: string };
}

/** The history of a record is what was filled in, newest first. @throws WrongAnswer */
export async function checkHistory(contenders: Contenders, { filled }: FilledLedger): Promise<void> {
  const [lane] = contenders.lanes(audit);
  if (lane === undefined) return;
  const contender = contenders.of(lane.server);
  const { customers } = contender;
  for (const key of [1, Math.ceil(customers / 2), customers]) {
    const expected: string[] = [];
    for (let i = filled - 1; i >= 0 && expected.length < 20; i -= 1)
      if (customersOf(i, customers).includes(key)) expected.push(requestIdOf(i));
    const given = (await ask(contender, lane, key)).data as readonly Access[];
    if (
      !isDeepStrictEqual(
        given.map(({ entry }) => entry.requestId),
        expected,
      )
    )
      throw new WrongAnswer(`the history of customer ${key} is not what was entered`);
  }
}

/** A gateway's ledger holds one entry for each request that it was sent. To be called once it has ended. @throws WrongAnswer */
export async function checkLedger({ name, ledger, asked }: Contender): Promise<number> {
  if (ledger === null) return 0;
  const entries = (await countRequests(ledger.control)) - ledger.before;
  if (entries !== asked)
    throw new WrongAnswer(`the ledger of ${name} holds ${entries} entries for ${asked} requests`);
  return entries;
}
