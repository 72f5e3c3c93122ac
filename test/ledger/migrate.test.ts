import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { migrate } from '../../src/ledger/index.js';
import { freshDatabase, type TestDatabase } from '../support/cluster.js';

describe('migrate', () => {
  let database: TestDatabase;
  let folder: string;
  beforeEach(async () => {
    database = await freshDatabase('migrate');
    folder = mkdtempSync(join(tmpdir(), 'cordon-test-migrate-'));
  });
  afterEach(async () => {
    await database.drop();
    rmSync(folder, { recursive: true });
  });
  const file = (name: string, text: string) => writeFileSync(join(folder, name), text);

  it('applies what is new, in order, and the rest never again', async () => {
    file('002-second.sql', 'INSERT INTO t VALUES (2)');
    file('001-first.sql', 'CREATE TABLE t (a int); INSERT INTO t VALUES (1)');
    expect(await migrate(database.config, folder)).toEqual(['001-first.sql', '002-second.sql']);
    file('003-third.sql', 'INSERT INTO t VALUES (3)');
    expect(await migrate(database.config, folder)).toEqual(['003-third.sql']);
    expect(await migrate(database.config, folder)).toEqual([]);
    expect((await database.query('SELECT a FROM t')).rows).toEqual([{ a: 1 }, { a: 2 }, { a: 3 }]);
  });

  it('applies each once when several processes start together', async () => {
    file('001-first.sql', 'CREATE TABLE t (a int); INSERT INTO t VALUES (1); SELECT pg_sleep(0.1)');
    const applied = await Promise.all([1, 2, 3].map(() => migrate(database.config, folder)));
    expect(applied.flat()).toEqual(['001-first.sql']);
    expect((await database.query('SELECT a FROM t')).rowCount).toBe(1);
  });

  it('leaves nothing of a file that fails, and keeps those before it', async () => {
    file('001-first.sql', 'CREATE TABLE t (a int)');
    file('002-second.sql', 'INSERT INTO t VALUES (2); SELECT 1 / 0');
    await expect(migrate(database.config, folder)).rejects.toThrow();
    expect((await database.query('SELECT a FROM t')).rows).toEqual([]);
    file('002-second.sql', 'INSERT INTO t VALUES (2)');
    expect(await migrate(database.config, folder)).toEqual(['002-second.sql']);
  });

  it('refuses a file that was changed after it was applied', async () => {
    file('001-first.sql', 'CREATE TABLE t (a int)');
    await migrate(database.config, folder);
    file('001-first.sql', 'CREATE TABLE t (a int, b int)');
    await expect(migrate(database.config, folder)).rejects.toThrow('001-first.sql was changed');
  });

  it('refuses a database that is ahead of this version', async () => {
    file('001-first.sql', 'CREATE TABLE t (a int)');
    await migrate(database.config, folder);
    rmSync(join(folder, '001-first.sql'));
    await expect(migrate(database.config, folder)).rejects.toThrow('does not know');
  });

  it.each([['first.sql'], ['1-first.sql'], ['001_first.sql']])('refuses the name %s', async (name) => {
    file(name, 'SELECT 1');
    await expect(migrate(database.config, folder)).rejects.toThrow(name);
  });

  it('refuses one number twice', async () => {
    file('001-first.sql', 'SELECT 1');
    file('001-other.sql', 'SELECT 1');
    await expect(migrate(database.config, folder)).rejects.toThrow('number');
  });
});
