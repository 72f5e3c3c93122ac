import pg from 'pg';
import { demoReader } from '../../src/demo/index.js';
import { startProgram } from '../support/program.js';
import { demoCopy, withoutSealed, type DemoCopy } from './demo-copy.js';

const copies: DemoCopy[] = [];

function newCopy(): DemoCopy {
  const copy = demoCopy();
  copies.push(copy);
  return copy;
}

let demo: DemoCopy;
let larger: DemoCopy;

beforeAll(async () => {
  demo = newCopy();
  const began = performance.now();
  await demo.build();
  process.stderr.write(`demo databases built in ${Math.round(performance.now() - began)} ms\n`);
  larger = newCopy();
  await larger.build({ size: 2 });
});

afterAll(async () => {
  for (const copy of copies) await copy.drop();
});

function raise(message: string): never {
  throw new Error(message);
}

const rowsOf = async (copy: DemoCopy, database: string): Promise<Record<string, number>> =>
  Object.fromEntries([...(await copy.contents(database))].map(([table, { rows }]) => [table, rows]));

describe('the rows', () => {
  it('are as many as promised', async () => {
    expect(await rowsOf(demo, 'crm')).toMatchObject({
      account: 40,
      account_manager: 12,
      support_representative: 16,
      customer: 2_000,
    });
    expect(await rowsOf(demo, 'sales')).toMatchObject({
      product: 240,
      quote: 4_000,
      orders: 20_000,
      order_line: 60_000,
    });
  });

  it('are the same in every build', async () => {
    const second = newCopy();
    await second.build();
    for (const database of ['crm', 'sales']) {
      expect(await second.contents(database)).toEqual(await demo.contents(database));
    }
    // What is sealed is the same, and looks like nothing that was sealed before.
    expect(await second.taxIds()).toEqual(await demo.taxIds());
    const sealed = 'SELECT tax_id::text AS sealed FROM crm.customer WHERE tax_id IS NOT NULL';
    const both = [...(await demo.query('crm', sealed)), ...(await second.query('crm', sealed))];
    expect(new Set(both.map((row) => row['sealed'] as string)).size).toBe(both.length);
  });

  it('hold tax numbers as ciphertexts alone', async () => {
    const taxIds = [...(await demo.taxIds()).values()].filter((value) => value !== null);
    expect(taxIds).toHaveLength(1_897);
    for (const taxId of taxIds) expect(taxId).toMatch(/^[A-Z]{2}\d{9}$/);
    const [found] = await demo.query<{ sealed: number; clear: number }>(
      'crm',
      `SELECT count(*)::int4 AS sealed, count(*) FILTER (WHERE position('\\x4348'::bytea IN tax_id) = 30)::int4 AS clear
       FROM crm.customer WHERE octet_length(tax_id) = 48`,
    );
    expect(found).toEqual({ sealed: 1_897, clear: 0 });
  });

  // Pinned, where two builds of one machine would agree even if another machine built something else.
  it('are the ones that the documentation shows', async () => {
    expect(
      await demo.query(
        'crm',
        'SELECT name, email, credit_limit, created_at::text FROM crm.customer WHERE customer_id = 1',
      ),
    ).toEqual([
      {
        name: 'Metro Ceramics AG',
        email: 'purchasing@metro-ceramics.example',
        credit_limit: '189500.00',
        created_at: '2017-06-05 14:54:19+00',
      },
    ]);
    expect((await demo.taxIds()).get(1)).toBe('CH755257978');
    expect(
      await demo.query('sales', 'SELECT order_number, total_amount FROM sales.orders WHERE order_id = 20000'),
    ).toEqual([{ order_number: 'SO-2026-0020000', total_amount: '79.21' }]);
  });

  it('begin with the same ones at a larger size', async () => {
    expect(await rowsOf(larger, 'crm')).toMatchObject({ account: 80, customer: 4_000 });
    expect(await rowsOf(larger, 'sales')).toMatchObject({ orders: 40_000, order_line: 120_000 });
    expect(
      await larger.query('crm', 'SELECT count(*)::int4 AS more FROM crm.customer WHERE account_id > 40'),
    ).toEqual([{ more: 2_000 }]);
    for (const [database, table, key] of [
      ['crm', 'account', 'account_id'],
      ['crm', 'customer', 'customer_id'],
      ['crm', 'contact', 'contact_id'],
      ['sales', 'price_agreement', 'price_agreement_id'],
      ['sales', 'orders', 'order_id'],
      ['sales', 'order_line', 'order_id, line_no'],
      ['sales', 'quote', 'quote_id'],
      ['sales', 'invoice', 'invoice_id'],
    ] as const) {
      const { rows } = (await demo.contents(database)).get(table)!;
      const row = table === 'customer' ? withoutSealed : 't::text';
      const first = `SELECT md5(string_agg(${row}, E'\\n' ORDER BY ${key})) AS hash
        FROM (SELECT * FROM ${database}.${table} ORDER BY ${key} LIMIT $1) AS t`;
      expect(await larger.query(database, first, [rows])).toEqual(await demo.query(database, first, [rows]));
    }
    const taxIds = await larger.taxIds();
    expect(new Map([...taxIds].slice(0, 2_000))).toEqual(await demo.taxIds());
    expect([...taxIds.values()].filter((value) => value !== null).length).toBeGreaterThan(3_700);
  });

  it('fit together across the two databases', async () => {
    const customers = await demo.query<{ customer_id: number; account_id: number }>(
      'crm',
      'SELECT customer_id, account_id FROM crm.customer',
    );
    const accountOf = new Map(customers.map(({ customer_id, account_id }) => [customer_id, account_id]));
    for (const table of ['price_agreement', 'quote', 'orders']) {
      const rows = await demo.query<{ customer_id: number; account_id: number }>(
        'sales',
        `SELECT DISTINCT customer_id, account_id FROM sales.${table}`,
      );
      expect(rows.length).toBeGreaterThan(1_000);
      expect(rows.filter(({ customer_id, account_id }) => accountOf.get(customer_id) !== account_id)).toEqual(
        [],
      );
    }
  });

  it.each([
    [
      'orders are the sum of their lines',
      `SELECT FROM sales.orders WHERE total_amount IS DISTINCT FROM
         (SELECT sum(quantity * unit_price) FROM sales.order_line AS line WHERE line.order_id = orders.order_id)`,
    ],
    [
      'invoices of a shipped order come to its sum, and others have none',
      `SELECT FROM sales.orders WHERE (CASE status WHEN 'shipped' THEN total_amount END) IS DISTINCT FROM
         (SELECT sum(amount) FROM sales.invoice WHERE invoice.order_id = orders.order_id)`,
    ],
    [
      'margins are over cost',
      `SELECT FROM sales.order_line JOIN sales.product USING (product_id)
       WHERE margin <> round((unit_price - unit_cost) * quantity, 2)`,
    ],
    [
      'quotes led to orders of the same customer, and only those accepted did',
      `SELECT FROM sales.quote LEFT JOIN sales.orders USING (order_id)
       WHERE (quote.status = 'accepted') <> (order_id IS NOT NULL) OR quote.customer_id <> orders.customer_id`,
    ],
    [
      'nothing happens after the last day or before its cause',
      `SELECT FROM sales.orders LEFT JOIN sales.invoice USING (order_id)
       WHERE ordered_at >= '2026-11-01' OR shipped_on <= ordered_at::date OR issued_on <= shipped_on
         OR paid_at::date <= issued_on OR paid_at >= '2026-11-01'`,
    ],
  ])('%s', async (_claim, exceptions) => {
    expect(await demo.query('sales', exceptions)).toEqual([]);
  });

  it('number the next one themselves', async () => {
    const [next] = await demo.query<{ id: number }>(
      'crm',
      `INSERT INTO crm.account (name, kind, region, commission_percent) VALUES ('New', 'RESELLER', 'APAC', 0)
       RETURNING account_id AS id`,
    );
    await demo.query('crm', 'DELETE FROM crm.account WHERE account_id = $1', [next!.id]);
    expect(next!.id).toBe(41);
  });
});

describe('building', () => {
  const schemas = async (copy: DemoCopy): Promise<unknown> =>
    Promise.all(['crm', 'sales'].map((name) => copy.query(name, `SELECT to_regnamespace('${name}')::oid`)));

  it('leaves alone what is there, and builds anew what is of another size', async () => {
    const before = await schemas(larger);
    expect(await larger.build({ size: 2 })).toEqual([]);
    expect(await schemas(larger)).toEqual(before);
    expect(await larger.build()).toEqual(['crm', 'sales']);
    expect(await larger.contents('crm')).toEqual(await demo.contents('crm'));
  });

  it('seals anew where the key is another, since what was sealed would not open', async () => {
    const columnKey = Buffer.alloc(32, 'another key');
    expect(await larger.build({ columnKey })).toEqual(['crm']);
    await expect(larger.taxIds()).rejects.toThrow('does not open');
    expect(await larger.build()).toEqual(['crm']);
    expect(await larger.taxIds()).toEqual(await demo.taxIds());
  });

  it('starts over after a kill in the middle', async () => {
    const copy = newCopy();
    const builder = startProgram('test/demo/fixtures/stuck-builder.ts', [copy.prefix]);
    expect(await builder.nextLine()).toBe('stuck');
    await builder.kill();
    expect(await copy.query('sales', `SELECT to_regclass('sales.orders') AS found`)).toEqual([
      { found: null },
    ]);
    expect(await copy.build()).toContain('sales');
    expect(await copy.contents('sales')).toEqual(await demo.contents('sales'));
  });

  it("does not touch a schema that is not the demo's", async () => {
    const copy = newCopy();
    await expect(copy.build({ progress: () => raise('not further') })).rejects.toThrow('not further');
    await copy.query('crm', 'CREATE SCHEMA crm CREATE TABLE precious (a int)');
    await expect(copy.build()).rejects.toThrow('leaves it alone');
    expect(await rowsOf(copy, 'crm')).toEqual({ precious: 0 });
  });

  it.each([-1, 101, 1.5])('refuses a size of %p', async (size) => {
    await expect(demo.build({ size })).rejects.toThrow('from 0 to 100');
  });
});

describe("the reader's role", () => {
  let reader: pg.Client;

  beforeEach(async () => {
    reader = new pg.Client(demo.connection('crm', demoReader));
    await reader.connect();
  });

  afterEach(() => reader.end());

  it('reads exposed columns and no others', async () => {
    const found = await reader.query('SELECT customer_id, tax_id FROM crm.customer LIMIT 1');
    expect(found.rowCount).toBe(1);
    await expect(reader.query('SELECT bank_account FROM crm.customer')).rejects.toThrow('permission denied');
    await expect(reader.query('SELECT * FROM crm.contact')).rejects.toThrow('permission denied');
  });

  it('cannot write, not even after leaving read-only mode', async () => {
    await expect(reader.query('DELETE FROM crm.contact')).rejects.toThrow();
    await reader.query('SET default_transaction_read_only = off');
    await expect(reader.query('DELETE FROM crm.contact')).rejects.toThrow('permission denied');
    await expect(reader.query('CREATE TEMPORARY TABLE t (a int)')).rejects.toThrow('permission denied');
    await expect(reader.query('CREATE TABLE public.t (a int)')).rejects.toThrow('permission denied');
  });

  it('has the session settings that answers depend on', async () => {
    const settings = await reader.query<{ name: string; setting: string }>(
      `SELECT name, setting FROM pg_settings WHERE source = 'user' ORDER BY name COLLATE "C"`,
    );
    expect(Object.fromEntries(settings.rows.map(({ name, setting }) => [name, setting]))).toEqual({
      DateStyle: 'ISO, YMD',
      IntervalStyle: 'iso_8601',
      TimeZone: 'UTC',
      bytea_output: 'hex',
      default_transaction_read_only: 'on',
      extra_float_digits: '1',
      log_parameter_max_length: '0',
      log_parameter_max_length_on_error: '0',
      search_path: 'pg_catalog',
      statement_timeout: '5000',
    });
  });
});
