import type { Given, TestCaller, TestGateway } from '../support/gateway.js';
import { callers, describeWithSamples, startDeployment } from './deployment.js';

describeWithSamples('one operation through both databases, there and back', () => {
  let gateway: TestGateway;
  beforeAll(async () => {
    gateway = await startDeployment();
  });
  afterAll(() => gateway.dispose());

  const ask = async (caller: TestCaller, document: string, variables?: unknown) =>
    (await gateway.query(caller, document, variables)).body;

  const document = `query RobertKing {
    employee(employeeId: 7) {
      lastName
      manager { lastName manager { lastName reports(first: 2) { nodes { firstName } } } }
      territories { territory { name region { name } } }
      secondment {
        since
        shopEmployee {
          title birthDate
          manager { lastName reports { nodes { lastName secondment { employee { firstName } } } } }
        }
      }
    }
    customer(customerId: "ALFKI") {
      listeners(first: 2, orderBy: [{ lastName: ASC }]) { totalCount nodes { lastName wholesale(first: 1) { totalCount nodes { customerId } } } }
    }
  }`;

  test('gives what both hold', async () => {
    const western = (name: string) => ({ territory: { name, region: { name: 'Western' } } });
    expect((await ask(callers.director, document)).data).toEqual({
      employee: {
        lastName: 'King',
        manager: {
          lastName: 'Buchanan',
          manager: {
            lastName: 'Fuller',
            reports: { nodes: [{ firstName: 'Nancy' }, { firstName: 'Janet' }] },
          },
        },
        territories: [
          ...['Hoffman Estates', 'Chicago', 'Denver', 'Colorado Springs', 'Santa Monica'].map(western),
          ...['Menlo Park', 'San Francisco', 'Campbell', 'Santa Clara', 'Santa Cruz'].map(western),
        ],
        secondment: {
          since: '2004-01-02',
          shopEmployee: {
            title: 'IT Staff',
            birthDate: '1970-05-29T00:00:00',
            manager: {
              lastName: 'Mitchell',
              reports: {
                nodes: [
                  { lastName: 'King', secondment: { employee: { firstName: 'Robert' } } },
                  { lastName: 'Callahan', secondment: { employee: { firstName: 'Laura' } } },
                ],
              },
            },
          },
        },
      },
      customer: {
        listeners: {
          totalCount: 4,
          nodes: [
            { lastName: 'Köhler', wholesale: { totalCount: 11, nodes: [{ customerId: 'ALFKI' }] } },
            { lastName: 'Schneider', wholesale: { totalCount: 11, nodes: [{ customerId: 'ALFKI' }] } },
          ],
        },
      },
    });
  });

  test('and the ledger names each record with what was read, related, sorted and counted', async () => {
    await ask(callers.director, document);
    const entry = (await gateway.entries()).at(-1)!;
    expect(entry.entry).toMatchObject({
      outcome: 'RELEASED',
      roles: ['director'],
      organisation: 'house',
      purpose: 'payroll',
    });
    expect(entry.actor).toMatchObject({ operationName: 'RobertKing' });
    const said = (type: string, records: readonly string[]) =>
      entry.given
        .filter((given) => given.type === type && sameRecords(given, records))
        .flatMap(({ cells }) =>
          cells.flatMap(({ usage, decision, coordinates }) =>
            coordinates.map((coordinate) => `${usage} ${decision} ${coordinate}`),
          ),
        )
        .sort();
    expect(said('Employee', ['7'])).toEqual([
      'READ CLEAR Employee.lastName',
      'RELATE CLEAR Employee.manager',
      'RELATE CLEAR Employee.secondment',
      'RELATE CLEAR Employee.territories',
    ]);
    expect(said('Employee', ['2'])).toEqual([
      'READ CLEAR Employee.lastName',
      'RELATE CLEAR Employee.reports',
    ]);
    // The two from the music shop back to the wholesaler, and the two who report to the manager's manager.
    expect(said('Employee', ['7', '8'])).toEqual(['READ CLEAR Employee.firstName']);
    expect(said('Employee', ['1', '3'])).toEqual(['READ CLEAR Employee.firstName']);
    expect(said('ShopEmployee', ['7'])).toEqual([
      'READ CLEAR ShopEmployee.birthDate',
      'READ CLEAR ShopEmployee.title',
      'RELATE CLEAR ShopEmployee.manager',
    ]);
    expect(said('ShopCustomer', ['2', '36'])).toEqual([
      'READ CLEAR ShopCustomer.lastName',
      'RELATE CLEAR ShopCustomer.wholesale',
    ]);
    expect(said('ShopCustomer', [])).toEqual([
      'AGGREGATE CLEAR ShopCustomerConnection.totalCount',
      'SORT CLEAR ShopCustomer.lastName',
    ]);
    expect(said('Region', ['2'])).toEqual(['READ CLEAR Region.name']);
    expect(entry.given.map(({ source }) => source)).toEqual(expect.arrayContaining(['northwind', 'chinook']));
  });

  test('counts and page info need no records: one answer for each connection, empty or not', async () => {
    const document = `query($country: String) {
      customers(where: { country: { eq: $country } }, orderBy: [{ customerId: ASC }], first: 3) { totalCount }
      again: customers(where: { country: { eq: $country } }, first: 3) { pageInfo { hasNextPage hasPreviousPage } __typename }
      nested: customers(where: { country: { eq: $country } }, first: 3) { nodes { customerId orders { totalCount } listeners { totalCount } demographics { __typename } } }
    }`;
    expect((await ask(callers.director, document, { country: 'Poland' })).data).toEqual({
      customers: { totalCount: 1 },
      again: { pageInfo: { hasNextPage: false, hasPreviousPage: false }, __typename: 'CustomerConnection' },
      nested: {
        nodes: [
          { customerId: 'WOLZA', orders: { totalCount: 7 }, listeners: { totalCount: 1 }, demographics: [] },
        ],
      },
    });
    expect((await ask(callers.director, document, { country: 'France' })).data).toEqual({
      customers: { totalCount: 11 },
      again: { pageInfo: { hasNextPage: true, hasPreviousPage: false }, __typename: 'CustomerConnection' },
      nested: {
        nodes: [
          ['BLONP', 11],
          ['BONAP', 17],
          ['DUMON', 4],
        ].map(([customerId, totalCount]) => ({
          customerId,
          orders: { totalCount },
          listeners: { totalCount: 5 },
          demographics: [{ __typename: 'CustomerDemographicLink' }],
        })),
      },
    });
    expect((await ask(callers.director, document, { country: 'Nowhere' })).data).toEqual({
      customers: { totalCount: 0 },
      again: { pageInfo: { hasNextPage: false, hasPreviousPage: false }, __typename: 'CustomerConnection' },
      nested: { nodes: [] },
    });
  });
});

function sameRecords({ records }: Given, wanted: readonly string[]): boolean {
  const found = records.map((record) => record.join(' ')).sort();
  return JSON.stringify(found) === JSON.stringify([...wanted].sort());
}
