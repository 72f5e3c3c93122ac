import { enrolmentPublicKey, verifyReceipt } from '../../src/ledger/index.js';
import type { RelationField, TypeModel } from '../../src/model/index.js';
import type { TestGateway, TestResponse } from '../support/gateway.js';
import { askPages, askSchema, type Node } from './ask.js';
import { callers, describeWithSamples, startDeployment, typeNames, type CallerName } from './deployment.js';
import { Expected } from './expected.js';
import { Joins } from './joins.js';
import { keyOf, readStored, type Stored, type StoredRow } from './stored.js';

/** Records of a relation that are asked for; some rows have more. */
const nested = 90;

describeWithSamples('relations within and between two databases', () => {
  let gateway: TestGateway;
  let stored: Stored;
  const responses: { readonly response: TestResponse; readonly records: ReadonlySet<string> }[] = [];
  beforeAll(async () => {
    gateway = await startDeployment();
    stored = await readStored(gateway);
  });
  afterAll(() => gateway.dispose());

  const typeOf = (name: string): TypeModel => gateway.model.types.get(name)!;
  const keys = (type: TypeModel): string => type.keyFields.map(({ name }) => name).join(' ');
  const record = (type: TypeModel, row: StoredRow): Node =>
    Object.fromEntries(type.keyFields.map(({ name }, i) => [name, keyOf(type, row)[i]]));

  function selectionOf(type: TypeModel, field: RelationField): string {
    const there = keys(typeOf(field.target));
    if (!field.many) return `${keys(type)} ${field.name} { ${there} }`;
    if (field.list) return `${keys(type)} ${field.name}(first: ${nested}) { ${there} }`;
    return `${keys(type)} ${field.name}(first: ${nested}) { totalCount nodes { ${there} } pageInfo { hasNextPage } }`;
  }

  function related(field: RelationField, rows: readonly StoredRow[]): unknown {
    const target = typeOf(field.target);
    const nodes = rows.slice(0, nested).map((row) => record(target, row));
    if (!field.many) return nodes[0] ?? null;
    if (field.list) return nodes;
    return { totalCount: rows.length, nodes, pageInfo: { hasNextPage: rows.length > nested } };
  }

  async function checkRelation(caller: CallerName, type: TypeModel, field: RelationField): Promise<void> {
    const expected = new Expected(gateway, callers[caller], stored);
    const target = typeOf(field.target);
    const joins = new Joins(gateway, expected);
    const leadsTo = (row: StoredRow): readonly StoredRow[] => joins.follow(field, row);
    const rows = expected.rows(type);
    let at = 0;
    for await (const { page, response } of askPages(
      gateway,
      callers[caller],
      type,
      selectionOf(type, field),
      { first: field.many ? 100 : 1000 },
    )) {
      const here = rows.slice(at, at + page.nodes.length);
      at += here.length;
      expect([field.coordinate, page.nodes]).toEqual([
        field.coordinate,
        here.map((row) => ({ ...record(type, row), [field.name]: related(field, leadsTo(row)) })),
      ]);
      const there = here.flatMap((row) => leadsTo(row).slice(0, field.many ? nested : 1));
      responses.push({
        response,
        records: new Set([
          ...here.map((row) => [type.name, ...keyOf(type, row)].join(' ')),
          ...there.map((row) => [target.name, ...keyOf(target, row)].join(' ')),
        ]),
      });
    }
    expect(at).toBe(rows.length);
  }

  const relationsOf = (type: TypeModel): readonly RelationField[] =>
    [...type.fields.values()].filter((field) => field.kind === 'relation');

  // States and campaigns are related to nothing.
  test.each(typeNames.filter((name) => !['UsState', 'Campaign'].includes(name)))(
    'of %s lead to the rows that SQL would join',
    async (name) => {
      for (const field of relationsOf(typeOf(name))) await checkRelation('director', typeOf(name), field);
    },
  );

  test.each(['partner', 'fieldwork', 'support'] as const)(
    'lead %s to rows in their sight only, from wherever they come',
    async (caller) => {
      const schema = await askSchema(gateway, callers[caller]);
      for (const type of gateway.model.types.values()) {
        // Tracks and what holds them are in everyone's sight and have been seen above.
        if (type.name.includes('Track')) continue;
        for (const field of relationsOf(type))
          if (schema.get(type.name)?.includes(field.name) === true) await checkRelation(caller, type, field);
      }
    },
    90_000,
  );

  test('are hidden where the other type is, where a join column is not clear, and where they say so', async () => {
    const hiddenFrom = async (caller: CallerName): Promise<string[]> => {
      const schema = await askSchema(gateway, callers[caller]);
      return [...gateway.model.types.values()].flatMap((type) =>
        relationsOf(type)
          .filter(({ name }) => schema.get(type.name)?.includes(name) === false)
          .map(({ coordinate }) => coordinate),
      );
    };
    expect((await hiddenFrom('director')).sort()).toEqual([]);
    // Suppliers' towns and numbers are masked for sales, so nothing may be joined by them.
    expect((await hiddenFrom('sales')).sort()).toEqual([
      'Customer.neighbours',
      'Product.supplier',
      'Supplier.products',
      'Track.inPlaylists',
      'Track.playlists',
    ]);
    expect((await hiddenFrom('support')).sort()).toEqual(['Customer.neighbours', 'Product.supplier']);
    expect((await hiddenFrom('partner')).sort()).toEqual([
      'Customer.neighbours',
      'Order.employee',
      'Product.supplier',
      'ShopCustomer.supportRep',
      'Territory.people',
      'Territory.sellers',
      'Track.inPlaylists',
      'Track.playlists',
    ]);
  });

  test('leave in the ledger every record that was met, each once, with its source', async () => {
    const enrolment = enrolmentPublicKey(gateway.keys);
    const entries = new Map((await gateway.entries()).map((entry) => [entry.leaf, entry]));
    expect(responses.length).toBeGreaterThan(200);
    for (const { response, records } of responses) {
      const entry = entries.get(verifyReceipt(response.headers.get('cordon-receipt')!, enrolment).leaf)!;
      const found = entry.given
        .filter(({ keyLayout }) => keyLayout.length > 0)
        .flatMap((each) => {
          expect(each.source).toBe(typeOf(each.type).source);
          expect(each.count).toBe(new Set(each.records.map((key) => key.join(' '))).size);
          return each.records.map((key) => [each.type, ...key].join(' '));
        });
      expect(new Set(found)).toEqual(records);
    }
  });
});
