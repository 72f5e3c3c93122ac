import { bytesOf, unpack } from '../../src/base/index.js';
import { Execution, RootFailure, Source, type Keys, type RootResult } from '../../src/sources/index.js';
import {
  connectionLimits,
  modelOf,
  openShop,
  Planning,
  type Asked,
  type Databases,
} from '../plan/planning.js';
import { quietLog } from '../support/quiet-log.js';
import { attack } from '../attacks/attack.js';

type Statement = Parameters<Source['run']>[0];

/** A source that keeps what it was sent. */
class Watched extends Source {
  readonly sent: Statement[] = [];

  override run(statement: Statement) {
    this.sent.push(statement);
    return super.run(statement);
  }
}

const manager = { roles: ['manager'] };
let shop: Databases;
let planning: Planning;
let crm: Watched;
let sales: Watched;
beforeAll(async () => {
  shop = await openShop();
  planning = new Planning(modelOf(shop.catalogs));
});
beforeEach(() => {
  const watch = (name: string) =>
    new Watched({ name, connection: shop.databases.get(name)!.config, ...connectionLimits }, quietLog);
  [crm, sales] = [watch('crm'), watch('sales')];
});
afterEach(async () => {
  await crm.close();
  await sales.close();
});
afterAll(() => shop.dispose());

/** Runs the one root field of an operation. */
async function execute(
  operation: string,
  options: { maxBytes?: number; sales?: Source; caller?: Asked['caller'] } = {},
): Promise<RootResult> {
  const { plan, bindings } = await planning.bind({ caller: options.caller ?? manager, operation });
  const [root] = plan.roots;
  if (root?.kind !== 'statement') throw new Error('no statement');
  const sources = new Map<string, Source>([
    ['crm', crm],
    ['sales', options.sales ?? sales],
  ]);
  const result = await new Execution(sources, bindings, options.maxBytes ?? 1e6).root(root.statement);
  for (const { descriptor, packed, distinct } of result.keys) {
    const tuples = unpack(packed, descriptor.keyLayout).map((tuple) => JSON.stringify(tuple));
    if (distinct) expect(new Set(tuples).size).toBe(tuples.length);
  }
  return result;
}

async function failureOf(attempt: Promise<unknown>): Promise<{ code: string; sent: readonly Keys[] }> {
  try {
    await attempt;
  } catch (failure) {
    if (failure instanceof RootFailure) return { code: failure.error.code, sent: failure.sent };
    throw failure;
  }
  throw new Error('it did not fail');
}

const keysOf = (keys: readonly Keys[]) =>
  keys.map(({ descriptor, packed }) => [
    descriptor.type,
    unpack(packed, descriptor.keyLayout).map((key) => key.join(' ')),
  ]);

describe('relations into another source', () => {
  test('are fetched in one statement a level, however many rows there are, and each key once', async () => {
    const { body } = await execute(
      '{ customers { nodes { name orders { nodes { orderId customer { name orders(first: 1) { totalCount } } } } } } }',
    );
    expect(crm.sent).toHaveLength(2);
    expect(sales.sent).toHaveLength(2);
    // Four customers; three of them have orders, one has two.
    expect(sales.sent[0]!.values).toContainEqual(['1', '2', '3', '4']);
    expect(crm.sent[1]!.values).toContainEqual(['1', '2', '4']);
    expect(sales.sent[1]!.values).toContainEqual(['1', '2', '4']);
    const order = (orderId: string, name: string, totalCount: number) => ({
      orderId,
      customer: { name, orders: { totalCount } },
    });
    expect(JSON.parse(bytesOf(body).toString())).toEqual({
      nodes: [
        { name: 'Acme', orders: { nodes: [order('10', 'Acme', 2), order('11', 'Acme', 2)] } },
        { name: 'Bolt', orders: { nodes: [order('12', 'Bolt', 1)] } },
        { name: 'Coil', orders: { nodes: [] } },
        { name: 'Dyno', orders: { nodes: [order('13', 'Dyno', 1)] } },
      ],
    });
  });

  test('are one statement for each place that asks for them', async () => {
    await execute(
      '{ customers { nodes { few: orders(first: 1) { totalCount } many: orders(first: 9) { nodes { total } } } } }',
    );
    expect(crm.sent).toHaveLength(1);
    expect(sales.sent).toHaveLength(2);
  });

  test('are not asked for where no row asks', async () => {
    await execute('{ customers(where: { name: { eq: "nobody" } }) { nodes { orders { totalCount } } } }');
    expect(sales.sent).toHaveLength(0);
  });

  test('hand the keys of every record up, in the order of their places', async () => {
    const { keys } = await execute(
      '{ customers(first: 2) { nodes { orders { nodes { lines { product } } } } } }',
    );
    expect(keysOf(keys)).toEqual([
      ['Customer', ['1', '2']],
      ['Order', ['10', '11', '12']],
      ['Line', ['10 1', '10 2', '11 1']],
    ]);
  });

  test('say whether a record can be among them twice', async () => {
    const distinctIn = async (operation: string) =>
      (await execute(operation)).keys.map(({ descriptor, distinct }) => [descriptor.type, distinct]);
    expect(await distinctIn('{ orders { nodes { lines { product } } } }')).toEqual([
      ['Order', true],
      ['Line', true],
    ]);
    // Two customers of one account, and what comes in batches.
    expect(await distinctIn('{ customers { nodes { account { name } } } }')).toContainEqual([
      'Account',
      false,
    ]);
    expect(await distinctIn('{ customers { nodes { orders { nodes { total } } } } }')).toContainEqual([
      'Order',
      false,
    ]);
  });
});

describe('what the gateway puts into the holes of a statement', () => {
  attack([92], 'cannot be forged by what is stored, nor broken by it', async () => {
    const names = ['"0"', '"', '\\"0', '00000000000000000000000000000000"0', '{"orders":"1"}'];
    const database = shop.databases.get('crm')!;
    await database.query(
      'insert into customer (customer_id, account_id, name) select 100 + n, 1, name from unnest($1::text[]) with ordinality as t(name, n)',
      [names],
    );
    try {
      const { body } = await execute(
        '{ customers(first: 100, where: { customerId: { gt: "100" } }) { edges { cursor node { name orders { totalCount } } } } }',
      );
      const { edges } = JSON.parse(bytesOf(body).toString()) as { edges: { node: unknown }[] };
      expect(edges.map(({ node }) => node)).toEqual(
        names.map((name) => ({ name, orders: { totalCount: 0 } })),
      );
    } finally {
      await database.query('delete from customer where customer_id > 100');
    }
  });

  attack([92], 'is marked anew in each request', async () => {
    const operation = '{ customers { nodes { orders { totalCount } } } }';
    const nonces = async () => {
      await execute(operation);
      const { text, values } = crm.sent.at(-1)!;
      const position = /\$(\d+)::pg_catalog\.text \|\|/.exec(text)![1];
      return values[Number(position) - 1];
    };
    const [one, other] = [await nonces(), await nonces()];
    expect([one, other]).toEqual([
      expect.stringMatching(/^[0-9a-f]{32}$/),
      expect.stringMatching(/^[0-9a-f]{32}$/),
    ]);
    expect(one).not.toBe(other);
  });
});

describe('a root field fails', () => {
  const operation = '{ customers { nodes { name orders { totalCount nodes { total } } } } }';

  test('with the keys that were sent to a source by then', async () => {
    const away = new Source(
      { name: 'sales', connection: { host: '127.0.0.1', port: 1 }, ...connectionLimits },
      quietLog,
    );
    const { code, sent } = await failureOf(execute(operation, { sales: away }));
    expect(code).toBe('SOURCE_UNAVAILABLE');
    expect(keysOf(sent)).toEqual([['Order', ['1', '2', '3', '4']]]);
    await away.close();
  });

  test('when it is too large, be it by its own rows or by what they are filled with', async () => {
    const { body } = await execute(operation);
    await execute(operation, { maxBytes: 3 * body.length });
    expect(await failureOf(execute(operation, { maxBytes: 50 }))).toMatchObject({
      code: 'RESPONSE_TOO_LARGE',
    });
    // One record that many rows lead to is fetched once and put in as many times.
    const wide = 'x'.repeat(1000);
    const [accounts, orders] = [shop.databases.get('crm')!, shop.databases.get('sales')!];
    await accounts.query('insert into customer (customer_id, account_id, name) values (100, 1, $1)', [wide]);
    await orders.query(
      `insert into orders select 1000 + i, 100, 1, '2026-01-01T00:00:00Z', 1 from generate_series(1, 50) i`,
    );
    try {
      const repeated =
        '{ orders(first: 100, where: { orderId: { gt: "999" } }) { nodes { customer { name } } } }';
      expect((await execute(repeated)).body.length).toBeGreaterThan(50_000);
      expect(await failureOf(execute(repeated, { maxBytes: 40_000 }))).toMatchObject({
        code: 'RESPONSE_TOO_LARGE',
      });
    } finally {
      await orders.query('delete from orders where order_id >= 1000');
      await accounts.query('delete from customer where customer_id = 100');
    }
  });
});
