import pg from 'pg';
import { readSource } from '../../src/init/read-source.js';
import type { ReadSource } from '../../src/init/suggest.js';
import type { TestDatabase } from '../support/cluster.js';

/** A source of init, as the command would read it. */
export async function readDatabase(database: TestDatabase, name: string): Promise<ReadSource> {
  const client = new pg.Client(database.config);
  await client.connect();
  try {
    return await readSource(client, name);
  } finally {
    await client.end();
  }
}
