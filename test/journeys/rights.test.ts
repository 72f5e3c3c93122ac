import { enrolmentPublicKey, verifyDatabase, verifyReceipt } from '../../src/ledger/index.js';
import type { TypeModel } from '../../src/model/index.js';
import type { TestEntry, TestGateway } from '../support/gateway.js';
import { askPages, askSchema, type Node } from './ask.js';
import { callers, describeWithSamples, startDeployment, typeNames, type CallerName } from './deployment.js';
import { Expected } from './expected.js';
import { columnFields, keyOf, readStored, type Stored, type StoredRow } from './stored.js';

/** A response of this test, to be found again in the ledger. */
interface Given {
  readonly caller: CallerName;
  readonly receipt: string;
  readonly type: TypeModel;
  readonly rows: readonly StoredRow[];
}

describeWithSamples('what each caller reads of two databases that others made', () => {
  let gateway: TestGateway;
  let stored: Stored;
  const given: Given[] = [];
  beforeAll(async () => {
    gateway = await startDeployment();
    stored = await readStored(gateway);
  });
  afterAll(() => gateway.dispose());

  const expectedOf = (caller: CallerName): Expected => new Expected(gateway, callers[caller], stored);

  test('the schema, the policy and both catalogues fit; every column is served but two pictures', async () => {
    expect([...gateway.model.types.keys()].sort()).toEqual([...typeNames].sort());
    // These databases have few indexes, and a deployment hears of each that is wanting.
    const isIndex = ({ code }: { readonly code: string }): boolean => code === 'INDEX_MISSING';
    expect(gateway.warnings.filter(isIndex).map(({ message }) => message)).toContain(
      'northwind."public"."orders" has no index on ("customer_id"), so Customer.orders reads all of it: CREATE INDEX ON "public"."orders" ("customer_id").',
    );
    // Bound to say that round keeps numbers of few digits: prices of 20 or 0.99 look the same masked.
    const others = gateway.warnings.filter((warning) => !isIndex(warning));
    expect(others.map(({ code, message }) => [code, message.split(':')[0]])).toEqual(
      ['Track.milliseconds', 'Product.unitPrice', 'InvoiceLine.unitPrice'].map((coordinate) => [
        'MASK_CAN_BE_IDENTITY',
        coordinate,
      ]),
    );
    const served = [...gateway.model.types.values()].flatMap((each) =>
      columnFields(each).map(({ column }) => `${each.source}.${each.table}.${column.name}`),
    );
    const all: string[] = [];
    for (const [source, database] of gateway.sources) {
      const { rows } = await database.query<{ name: string }>(
        `select table_name || '.' || column_name as name from information_schema.columns where table_schema = 'public'`,
      );
      all.push(...rows.map(({ name }) => `${source}.${name}`));
    }
    expect(all.filter((name) => !served.includes(name)).sort()).toEqual([
      'northwind.categories.picture',
      'northwind.employees.photo_path',
      // Tables of links, which are no types.
      ...['by_order_id', 'by_product_id', 'order_id', 'product_id'].map(
        (name) => `northwind.replacement.${name}`,
      ),
      ...['customer_id', 'noted', 'product_id'].map((name) => `northwind.wish.${name}`),
    ]);
  });

  describe.each(Object.keys(callers) as CallerName[])('%s', (caller) => {
    test('has a schema of just the types and columns that one of the roles shows', async () => {
      const schema = await askSchema(gateway, callers[caller]);
      const expected = expectedOf(caller);
      for (const each of gateway.model.types.values()) {
        const columns = columnFields(each).map(({ name }) => name);
        const shown = schema.get(each.name)?.filter((name) => columns.includes(name));
        const wanted = expected.fields(each).map(({ name }) => name);
        expect([each.name, shown]).toEqual([
          each.name,
          expected.rights.knows(each.name) ? wanted : undefined,
        ]);
      }
    });

    test('reads every cell of every row that is theirs, clear, masked by the reference, or null', async () => {
      const expected = expectedOf(caller);
      for (const each of gateway.model.types.values()) {
        if (!expected.rights.knows(each.name)) continue;
        const rows = expected.rows(each);
        const nodes: Node[] = [];
        const selection = expected.fields(each).map(({ name }) => name);
        for await (const { page, response } of askPages(gateway, callers[caller], each, selection.join(' '), {
          first: 1000,
        })) {
          expect(page.totalCount).toBe(rows.length);
          given.push({
            caller,
            receipt: response.headers.get('cordon-receipt')!,
            type: each,
            rows: rows.slice(nodes.length, nodes.length + page.nodes.length),
          });
          nodes.push(...page.nodes);
        }
        expect([each.name, nodes]).toEqual([each.name, rows.map((row) => expected.node(each, row))]);
      }
    });
  });

  /** Record and coordinate of each cell that an entry says was given clear or masked. */
  function recorded({ given: disclosures }: TestEntry, name: string): string[] {
    return disclosures
      .filter((each) => each.type === name && each.keyLayout.length > 0)
      .flatMap(({ cells, records }) =>
        cells
          .filter(({ decision }) => decision === 'CLEAR' || decision === 'MASKED')
          .flatMap(({ decision, coordinates }) =>
            records.flatMap((record) =>
              coordinates.map((coordinate) => `${record.join(' ')} ${coordinate} ${decision}`),
            ),
          ),
      );
  }

  function due({ caller, type: each, rows }: Given): string[] {
    const expected = expectedOf(caller);
    return rows.flatMap((row) =>
      expected.fields(each).flatMap((field) => {
        const decision = expected.decision(each, field, row);
        const shown = decision === 'CLEAR' || decision === 'MASKED';
        return shown ? [`${keyOf(each, row).join(' ')} ${field.coordinate} ${decision}`] : [];
      }),
    );
  }

  test('the ledger names, for each response, exactly the cells that it gave clear and those that it gave masked', async () => {
    const enrolment = enrolmentPublicKey(gateway.keys);
    const entries = new Map((await gateway.entries()).map((entry) => [entry.leaf, entry]));
    expect(given.length).toBeGreaterThan(300);
    for (const each of given) {
      const entry = entries.get(verifyReceipt(each.receipt, enrolment).leaf)!;
      expect(entry.entry).toMatchObject({
        outcome: 'RELEASED',
        roles: [...callers[each.caller].roles].sort(),
      });
      const [was, is] = [due(each).sort(), recorded(entry, each.type.name).sort()];
      if (was.join('\n') !== is.join('\n')) expect([each.caller, is]).toEqual([each.caller, was]);
    }
  });

  test('and it verifies', async () => {
    const verification = await verifyDatabase(gateway.control, {
      enrolment: enrolmentPublicKey(gateway.keys),
      wrapping: gateway.keys.wrapping,
      folders: [gateway.config.ledgerFolder],
    });
    expect(verification).toMatchObject({ ok: true, faults: [] });
    expect(verification.entries).toBeGreaterThan(given.length);
  });

  test('what is hidden is refused as unknown, and the ledger alone knows the difference', async () => {
    for (const [document, reason] of [
      ['{ playlists { totalCount } }', 'hidden: Query.playlists, PlaylistConnection.totalCount'],
      ['{ customers { nodes { orders { nodes { freight } } } } }', 'hidden: Order.freight'],
      [
        '{ orders(where: { freight: { gt: 1 }, not: { employeeId: { isNull: true } } }) { totalCount } }',
        'hidden: OrderWhere.freight, FloatFilter.gt',
      ],
      ['{ nothing { totalCount } }', null],
    ] as const) {
      const response = await gateway.query(callers.partner, document);
      expect([response.status, response.body.errors![0]!.extensions.code]).toEqual([
        400,
        'GRAPHQL_VALIDATION_FAILED',
      ]);
      expect(response.body.errors![0]!.message).toMatch(/^(Cannot query field|Field) "\w+"/);
      expect((await gateway.entries()).at(-1)!.entry).toMatchObject({ outcome: 'REFUSED', reason });
    }
  });
});
