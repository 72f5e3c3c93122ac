import pg from 'pg';
import { ident, render, type Log } from '../base/index.js';
import { createDemoDatabases } from './databases.js';
import { demoReader } from './reader.js';
import { recordDemoFacts } from './record-facts.js';

export interface SeedOptions {
  /** Two empty databases, each as a superuser; they may be of one cluster or of two. */
  readonly crm: pg.ClientConfig;
  readonly sales: pg.ClientConfig;
  /** The control database. */
  readonly control: pg.ClientConfig;
  /** What the gateway signs in to both with, as `demoReader`. */
  readonly readerPassword: string;
  /** What tax numbers are encrypted with; the gateway is to be given the same, as `tax-id`. */
  readonly columnKey: Buffer;
  /** 1 (2,000 customers) to 100 times that. */
  readonly size: number;
  readonly log: Log;
  /** Told what is being done, before it begins. */
  readonly progress?: (doing: string) => void;
}

async function setPassword(database: pg.ClientConfig, password: string): Promise<void> {
  const client = new pg.Client(database);
  await client.connect();
  try {
    const role = render(ident(demoReader)).text;
    await client.query(`ALTER ROLE ${role} PASSWORD ${client.escapeLiteral(password)}`);
  } finally {
    await client.end();
  }
}

/** Puts the demo's data and records into databases that are run elsewhere. Does nothing over where they are already. */
export async function seedDemo(options: SeedOptions): Promise<void> {
  const { crm, sales, control, readerPassword, columnKey, size, log, progress = () => undefined } = options;
  const databases: Readonly<Record<string, pg.ClientConfig>> = { crm, sales };
  await createDemoDatabases({
    connect: (database) => databases[database] ?? {},
    ensureDatabase: () => Promise.resolve(),
    size,
    columnKey,
    log,
    progress: ({ database, title }) => progress(`making the database ${database}: ${title}`),
  });
  for (const each of [crm, sales]) await setPassword(each, readerPassword);
  progress('recording agreements and training');
  await recordDemoFacts(control);
}
