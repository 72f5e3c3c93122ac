import fc from 'fast-check';
import { shop } from '../support/deployments.js';
import { startTestGateway, type TestCaller, type TestGateway } from '../support/gateway.js';
import { attack } from '../attacks/attack.js';

let gateway: TestGateway;
beforeAll(async () => {
  gateway = await startTestGateway(shop);
});
afterAll(() => gateway.dispose());

type Cells = Record<string, string | null>;

async function customers(caller: TestCaller): Promise<Map<string, Cells>> {
  // A field that is hidden from the caller is asked for by nobody else either: what is absent is as good as null.
  const fields = (await gateway.query(caller, '{ __type(name: "Customer") { fields { name } } }')).body
    .data as { __type: { fields: { name: string }[] } | null };
  const visible = ['name', 'email', 'credit'].filter((name) =>
    fields.__type?.fields.some((field) => field.name === name),
  );
  const { body } = await gateway.query(
    caller,
    `{ customers(first: 100) { nodes { customerId ${visible.join(' ')} } } }`,
  );
  const { nodes } = (body.data as { customers: { nodes: (Cells & { customerId: string })[] } }).customers;
  return new Map(
    nodes.map(({ customerId, ...cells }) => [
      customerId,
      { name: null, email: null, credit: null, ...cells },
    ]),
  );
}

/** What one role alone gives, from nothing over a mask to the value. */
function rank(cell: string | null, clear: string | null): number {
  return cell === null ? 0 : cell === clear ? 2 : 1;
}

attack(
  [22],
  'two roles, one with clear prices on few rows and one with all rows and no prices: prices on the few rows only',
  async () => {
    const caller: TestCaller = { roles: ['regional', 'browser'], accounts: ['2'] };
    const { body } = await gateway.query(caller, '{ customers { nodes { customerId name credit } } }');
    expect(body.data).toEqual({
      customers: {
        nodes: [
          { customerId: '1', name: 'Acme', credit: null },
          { customerId: '2', name: 'Bolt', credit: null },
          { customerId: '3', name: 'Coil', credit: null },
          { customerId: '4', name: 'Dyno', credit: '120.25' },
        ],
      },
    });
    expect(body.extensions!.cordon.withheld).toEqual([
      { path: ['customers', 'nodes', '*', 'credit'], code: 'ROWS_LIMITED' },
    ]);
  },
);

test('the ledger tells on which of the rows a field was given', async () => {
  await gateway.query(
    { roles: ['regional', 'masked'], accounts: ['2'] },
    '{ customers { nodes { credit } } }',
  );
  const { given } = (await gateway.entries()).at(-1)!;
  const credit = given.flatMap(({ cells, records }) =>
    cells.flatMap(({ decision, coordinates }) =>
      coordinates.includes('Customer.credit') ? [{ decision, records }] : [],
    ),
  );
  expect(credit).toEqual([
    { decision: 'CLEAR', records: [['3'], ['4']] },
    { decision: 'MASKED', records: [['1'], ['2']] },
  ]);
});

attack([22], 'what is clear on some rows only can be neither filtered nor sorted by', async () => {
  const caller: TestCaller = { roles: ['regional', 'browser'], accounts: ['2'] };
  for (const page of ['where: { credit: { gt: "100" } }', 'orderBy: [{ credit: DESC }]']) {
    const response = await gateway.query(caller, `{ customers(${page}) { totalCount } }`);
    expect(response.status).toBe(400);
    expect(response.body.errors![0]!.extensions.code).toBe('GRAPHQL_VALIDATION_FAILED');
  }
});

attack([22], 'the union of the answers under each role alone is the answer under all of them', async () => {
  const clear = await customers({ roles: ['manager'] });
  const roles = ['support', 'masked', 'partner', 'regional', 'browser'] as const;
  await fc.assert(
    fc.asyncProperty(
      fc.subarray([...roles], { minLength: 1 }),
      fc.subarray(['1', '2']),
      fc.constantFrom('rita', 'sam'),
      async (chosen, accounts, subject) => {
        const as = (some: readonly string[]) =>
          customers({ roles: some, accounts, subject, organisation: 'ours' });
        const together = await as(chosen);
        const alone = await Promise.all(chosen.map((role) => as([role])));
        expect([...together.keys()].sort()).toEqual(
          [...new Set(alone.flatMap((rows) => [...rows.keys()]))].sort(),
        );
        for (const [id, cells] of together) {
          for (const field of ['name', 'email', 'credit']) {
            const value = clear.get(id)![field] ?? null;
            // A null that is given and one that stands for nothing look alike.
            if (value === null) continue;
            const best = Math.max(...alone.map((rows) => rank(rows.get(id)?.[field] ?? null, value)));
            expect([id, field, rank(cells[field]!, value)]).toEqual([id, field, best]);
          }
        }
      },
    ),
    { numRuns: 40 },
  );
});
