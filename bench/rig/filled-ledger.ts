// A ledger that holds much already: of made-up requests, each about a few customers, as a gateway enters them.
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import pg from 'pg';
import { AccessHistory } from '../../src/audit/index.js';
import { Cancellation, packageFolder, systemClock, type Log } from '../../src/base/index.js';
import {
  dictionaryText,
  loadOrCreateLedgerKeys,
  migrate,
  openLedger,
  type Descriptor,
  type Draft,
} from '../../src/ledger/index.js';
import { withClient } from './customer-data.js';
import type { Databases } from './databases.js';
import { countRequests } from './ledger-count.js';
import { say } from './say.js';

export interface FilledLedger {
  readonly control: pg.ClientConfig;
  /** Of its seals. */
  readonly folder: string;
  /** Requests that it held when this run began. */
  readonly before: number;
  /** Those that were filled in, of `before`. */
  readonly filled: number;
}

const descriptor: Descriptor = {
  type: 'Customer',
  source: 'shop',
  keyLayout: ['i4'],
  cells: [
    {
      decision: 'CLEAR',
      usage: 'READ',
      mask: null,
      secretClass: 'contact',
      coordinates: ['Customer.customerId', 'Customer.email', 'Customer.name'],
    },
  ],
};

const persons = 20;
const mostRecords = 9;

/** Numbers from 0 up to a bound, drawn by an entry and a topic; any good mixer of bits does. */
function draw(entry: number, topic: number, bound: number): number {
  let hash = Math.imul(entry + 1, 0x9e3779b1) ^ Math.imul(topic + 1, 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d);
  hash = Math.imul(hash ^ (hash >>> 12), 0x297a2d39);
  return ((hash ^ (hash >>> 15)) >>> 0) % bound;
}

/** The customers that an entry names: one to nine, distinct. */
export function customersOf(entry: number, customers: number): readonly number[] {
  const count = 1 + draw(entry, 0, mostRecords);
  const drawn = Array.from({ length: count }, (_, i) => 1 + draw(entry, 1 + i, customers));
  return [...new Set(drawn)].sort((a, b) => a - b);
}

export const requestIdOf = (entry: number): string => `filled-${entry}`;

const schema = dictionaryText('schema', 'type Customer { customerId: ID! }');
const policy = dictionaryText('policy', 'roles: {}');

function draftOf(entry: number, customers: number): Draft {
  const records = customersOf(entry, customers);
  const keys = Buffer.alloc(records.length * 4);
  records.forEach((record, i) => keys.writeInt32BE(record, i * 4));
  const personId = `https://issuer.example#person-${entry % persons}`;
  return {
    endpoint: 'data',
    requestId: requestIdOf(entry),
    receivedAt: Date.now(),
    actor: {
      personId,
      principalId: personId,
      organisation: 'supplier',
      tokenId: `token-${entry % persons}`,
      client: 'frontend',
      session: null,
      ip: '203.0.113.77',
      authTime: 1_789_999_000,
      authMethods: ['pwd'],
    },
    roles: ['account_manager'],
    assertedRoles: ['account_manager'],
    operationName: 'Customers',
    document: 'query Customers { customers { nodes { customerId name email } } }',
    variables: '{}',
    purpose: 'renewal',
    justification: null,
    reliedOn: ['NDA-1'],
    schema,
    policy,
    outcome: 'RELEASED',
    code: null,
    reason: null,
    durationMicros: 1000,
    rows: records.length,
    bytes: 100 * records.length,
    disclosures: [{ descriptor, count: records.length, keys }],
  };
}

/** Appends that are waited for at once: as many requests as a busy gateway has in flight. */
const inFlight = 256;

export interface FillOptions {
  readonly control: pg.ClientConfig;
  readonly keysFolder: string;
  readonly folder: string;
  readonly entries: number;
  readonly customers: number;
  readonly log: Log;
}

/** Appends entries to an empty control database. @returns entries a second, each durable when it counts */
export async function fillLedger(options: FillOptions): Promise<number> {
  const { control, keysFolder, folder, entries, customers, log } = options;
  await migrate(control, packageFolder('migrations'));
  const keys = loadOrCreateLedgerKeys(keysFolder);
  const ledger = await openLedger({ control, keys, folder, clock: systemClock, log });
  try {
    // The persons' data keys are made at their first entry; in turn, so that all others queue in their order.
    const first = Math.min(persons, entries);
    for (let i = 0; i < first; i += 1) await ledger.append(draftOf(i, customers));
    let next = first;
    const began = performance.now();
    const run = async () => {
      while (next < entries) await ledger.append(draftOf(next++, customers));
    };
    await Promise.all(Array.from({ length: inFlight }, run));
    return ((entries - first) * 1000) / (performance.now() - began);
  } finally {
    await ledger.close();
  }
}

/** Has all entries indexed, as auditors' questions would have had since they were entered: all at once is no question's work. */
async function indexLedger(control: pg.ClientConfig, keysFolder: string): Promise<void> {
  const pool = new pg.Pool({ ...control, max: 1 });
  try {
    const history = new AccessHistory(pool, loadOrCreateLedgerKeys(keysFolder));
    await history.search({}, null, 1, history.reading(new Cancellation()));
  } finally {
    await pool.end();
  }
}

const database = 'ledgered';

/** A ledger of so many entries, kept from run to run. */
export async function openFilledLedger(
  databases: Databases,
  { folder, keysFolder, entries, log }: Pick<FillOptions, 'folder' | 'keysFolder' | 'entries' | 'log'>,
): Promise<FilledLedger> {
  const { postgres, data } = databases;
  const { customers } = data;
  const seals = join(folder, database);
  await postgres.ensureDatabase(database);
  const control = postgres.connection(database);
  const mark = `Filled with ${entries} entries about ${customers} customers, in order, indexed`;
  const found = await withClient(control, (client) =>
    client.query<{ comment: string | null }>(
      `SELECT pg_catalog.shobj_description(oid, 'pg_database') AS comment FROM pg_catalog.pg_database WHERE datname = $1`,
      [database],
    ),
  );
  if (found.rows[0]?.comment !== mark) {
    say(`filling a ledger with ${entries} entries, and indexing them`);
    await databases.makeAnew(database);
    await rm(seals, { recursive: true, force: true });
    await fillLedger({ control, keysFolder, folder: seals, entries, customers, log });
    await indexLedger(control, keysFolder);
    await withClient(control, (client) => client.query(`COMMENT ON DATABASE ${database} IS '${mark}'`));
  }
  return { control, folder: seals, before: await countRequests(control), filled: entries };
}
