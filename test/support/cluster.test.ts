import { clusterConnection, freshDatabase, templateDatabase } from './cluster.js';
import { privateCluster } from './private-cluster.js';
import pg from 'pg';

describe('the cluster of the tests', () => {
  it('gives databases that know nothing of each other', async () => {
    const one = await freshDatabase('support', { sql: 'CREATE TABLE t (a int); INSERT INTO t VALUES (1)' });
    const two = await freshDatabase('support');
    try {
      expect((await one.query('SELECT a FROM t WHERE a = $1', [1])).rows).toEqual([{ a: 1 }]);
      await expect(two.query('SELECT a FROM t')).rejects.toMatchObject({ code: '42P01' });
    } finally {
      await one.drop();
      await two.drop();
    }
  });

  it('copies a template', async () => {
    const template = await templateDatabase('support', 'CREATE TABLE t (a int); INSERT INTO t VALUES (7)');
    const copies = await Promise.all([1, 2].map(() => freshDatabase('support', { template })));
    for (const copy of copies) {
      expect((await copy.query('SELECT a FROM t')).rows).toEqual([{ a: 7 }]);
      await copy.drop();
    }
  });

  it('is as durable as a real one', async () => {
    const client = new pg.Client(clusterConnection());
    await client.connect();
    try {
      for (const setting of ['fsync', 'full_page_writes', 'synchronous_commit'])
        expect((await client.query(`SHOW ${setting}`)).rows).toEqual([{ [setting]: 'on' }]);
    } finally {
      await client.end();
    }
  });
});

describe('a private cluster', () => {
  it('keeps what was committed through a stop and a kill', async () => {
    const cluster = await privateCluster();
    const query = async (text: string): Promise<unknown> => {
      const client = new pg.Client(cluster.connection());
      await client.connect();
      try {
        return (await client.query<Record<string, unknown>>(text)).rows;
      } finally {
        await client.end();
      }
    };
    try {
      await query('CREATE TABLE t AS SELECT 1 AS a');
      await cluster.stop();
      await expect(query('SELECT a FROM t')).rejects.toThrow('ENOENT');
      await cluster.start();
      await query('UPDATE t SET a = 2');
      await cluster.kill();
      await cluster.start();
      expect(await query('SELECT a FROM t')).toEqual([{ a: 2 }]);
    } finally {
      await cluster.dispose();
    }
  });
});
