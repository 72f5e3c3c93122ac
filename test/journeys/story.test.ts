import type { Given, TestCaller, TestGateway } from '../support/gateway.js';
import { callers, describeWithSamples, startDeployment } from './deployment.js';

/** Operations as people would write them, with what they give written out. */
describeWithSamples('a wholesaler and its music shop', () => {
  let gateway: TestGateway;
  beforeAll(async () => {
    gateway = await startDeployment();
  });
  afterAll(() => gateway.dispose());

  const ask = async (caller: TestCaller, document: string, variables?: unknown) =>
    (await gateway.query(caller, document, variables)).body;

  describe('one query, three answers', () => {
    const document = `query Germans($country: String) {
      customers(where: { country: { eq: $country } }, first: 1) {
        totalCount
        nodes { customerId companyName phone city orders(first: 1) { totalCount nodes { orderId requiredDate shipName lines { nodes { product { productName } quantity } } } } }
      }
      orders(where: { shipCountry: { eq: $country } }, first: 1) { totalCount }
    }`;
    const variables = { country: 'Germany' };

    test('whoever answers for everything sees it clear', async () => {
      const { data, extensions } = await ask(callers.director, document, variables);
      expect(data).toEqual({
        customers: {
          totalCount: 11,
          nodes: [
            {
              customerId: 'ALFKI',
              companyName: 'Alfreds Futterkiste',
              phone: '030-0074321',
              city: 'Berlin',
              orders: {
                totalCount: 6,
                nodes: [
                  {
                    orderId: '10643',
                    requiredDate: '1997-09-22',
                    shipName: 'Alfreds Futterkiste',
                    lines: {
                      nodes: [
                        { product: { productName: 'Rössle Sauerkraut' }, quantity: 15 },
                        { product: { productName: 'Chartreuse verte' }, quantity: 21 },
                        { product: { productName: 'Spegesild' }, quantity: 2 },
                      ],
                    },
                  },
                ],
              },
            },
          ],
        },
        orders: { totalCount: 122 },
      });
      expect(extensions!.cordon).toEqual({ masked: [], withheld: [] });
    });

    test('whoever only counts sees masks, and is told so', async () => {
      const { data, extensions } = await ask(callers.analyst, document, variables);
      const pseudonym = expect.stringMatching(/^pseud-[a-z]{4}-[a-z]{4}-[a-z]{4}-[a-z]{4}$/);
      expect(data).toEqual({
        customers: {
          totalCount: 11,
          nodes: [
            {
              customerId: 'ALFKI',
              companyName: pseudonym,
              phone: '•••••21',
              city: '•••••',
              orders: {
                totalCount: 6,
                nodes: [
                  {
                    orderId: '10643',
                    requiredDate: '1997-09-01',
                    shipName: pseudonym,
                    lines: {
                      nodes: [
                        { product: { productName: 'Rössle Sauerkraut' }, quantity: 10 },
                        { product: { productName: 'Chartreuse verte' }, quantity: 20 },
                        { product: { productName: 'Spegesild' }, quantity: 0 },
                      ],
                    },
                  },
                ],
              },
            },
          ],
        },
        orders: { totalCount: 122 },
      });
      expect(extensions!.cordon).toEqual({
        masked: [
          'Customer.city',
          'Customer.companyName',
          'Customer.phone',
          'Order.requiredDate',
          'Order.shipName',
          'OrderDetail.quantity',
        ],
        withheld: [],
      });
    });

    test('a partner elsewhere sees their own rows, of which none are German', async () => {
      const { data } = await ask({ ...callers.partner, regions: ['France'] }, document, variables);
      expect(data).toEqual({ customers: { totalCount: 0, nodes: [] }, orders: { totalCount: 0 } });
    });

    test('and to a partner there are no prices', async () => {
      const response = await gateway.query(callers.partner, '{ orders { nodes { orderId freight } } }');
      expect(response.status).toBe(400);
      expect(response.body).toEqual({
        errors: [
          {
            message: 'Cannot query field "freight" on type "Order".',
            locations: [{ line: 1, column: 28 }],
            extensions: { code: 'GRAPHQL_VALIDATION_FAILED' },
          },
        ],
      });
    });
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

  test('prices are clear on what somebody sold themselves, and coarse elsewhere', async () => {
    const { data, extensions } = await ask(
      callers.sales,
      `{ orders(first: 3) { nodes { orderId employeeId freight lines { nodes { unitPrice discount } } } } }`,
    );
    expect(data).toEqual({
      orders: {
        nodes: [
          {
            orderId: '10248',
            employeeId: '5',
            freight: 30,
            lines: {
              nodes: [
                { unitPrice: 12.5, discount: null },
                { unitPrice: 7.5, discount: null },
                { unitPrice: 32.5, discount: null },
              ],
            },
          },
          {
            orderId: '10249',
            employeeId: '6',
            freight: 10,
            lines: {
              nodes: [
                { unitPrice: 17.5, discount: null },
                { unitPrice: 40, discount: null },
              ],
            },
          },
          {
            orderId: '10250',
            employeeId: '4',
            freight: 65.83,
            lines: {
              nodes: [
                { unitPrice: 7.7, discount: 0 },
                { unitPrice: 42.4, discount: 0.15 },
                { unitPrice: 16.8, discount: 0.15 },
              ],
            },
          },
        ],
      },
    });
    expect(extensions!.cordon.masked).toEqual([
      'Order.freight',
      'OrderDetail.discount',
      'OrderDetail.unitPrice',
    ]);
  });

  test('support is refused prices, and told where', async () => {
    const { data, extensions } = await ask(
      callers.support,
      '{ shopCustomer(customerId: 2) { email supportRepId invoices(first: 1) { nodes { invoiceDate total lines { unitPrice } } } } }',
    );
    expect(data).toEqual({
      shopCustomer: {
        email: '•••••@surfeu.de',
        supportRepId: '5',
        invoices: {
          nodes: [
            {
              invoiceDate: '2020-12-28T00:00:00',
              total: null,
              lines: [{ unitPrice: null }, { unitPrice: null }],
            },
          ],
        },
      },
    });
    expect(extensions!.cordon.withheld).toEqual([
      { path: ['shopCustomer', 'invoices', 'nodes', '*', 'total'], code: 'DENIED' },
      { path: ['shopCustomer', 'invoices', 'nodes', '*', 'lines', '*', 'unitPrice'], code: 'DENIED' },
    ]);
    expect(
      await ask(callers.support, '{ shopCustomer(customerId: 1) { email supportRepId } }'),
    ).toMatchObject({
      data: { shopCustomer: { email: 'luisg@embraer.com.br', supportRepId: '3' } },
    });
  });

  test('employment opens for a purpose, a birthday after a second factor', async () => {
    const document =
      '{ employee(employeeId: 4) { lastName hireDate birthDate secondment { since } } shopEmployee(employeeId: 4) { hireDate birthDate } }';
    expect(await ask(callers.directorInPassing, document)).toEqual({
      data: {
        employee: { lastName: 'Peacock', hireDate: null, birthDate: '1937-01-01', secondment: null },
        shopEmployee: { hireDate: null, birthDate: '1947-01-01T00:00:00' },
      },
      extensions: {
        cordon: {
          masked: ['Employee.birthDate', 'ShopEmployee.birthDate'],
          withheld: [
            { path: ['employee', 'hireDate'], code: 'PURPOSE_REQUIRED' },
            { path: ['employee', 'secondment', 'since'], code: 'PURPOSE_REQUIRED' },
            { path: ['shopEmployee', 'hireDate'], code: 'PURPOSE_REQUIRED' },
          ],
        },
      },
    });
    expect((await ask(callers.director, document)).data).toEqual({
      employee: { lastName: 'Peacock', hireDate: '1993-05-03', birthDate: '1937-09-19', secondment: null },
      shopEmployee: { hireDate: '2003-05-03T00:00:00', birthDate: '1947-09-19T00:00:00' },
    });
  });

  test('pseudonyms are the same for everyone in an organisation, and no other knows them', async () => {
    const names = async (organisation: string, subject: string): Promise<readonly string[]> => {
      const { data } = await ask(
        { roles: ['analyst'], subject, organisation },
        '{ customers(first: 91) { nodes { companyName } } }',
      );
      return (data!['customers'] as { nodes: { companyName: string }[] }).nodes.map(
        ({ companyName }) => companyName,
      );
    };
    const ours = await names('ours', 'ann');
    expect(await names('ours', 'bob')).toEqual(ours);
    const theirs = await names('theirs', 'ann');
    expect(new Set([...ours, ...theirs]).size).toBe(2 * 91);
  });

  test('a record is found by all of its key, and one out of sight is one that is not there', async () => {
    const document =
      'query($order: ID!, $product: ID!) { orderDetail(orderId: $order, productId: $product) { unitPrice quantity order { customer { companyName } } } }';
    const mine = { order: '10643', product: 28 };
    expect(await ask(callers.buyer, document, mine)).toMatchObject({
      data: {
        orderDetail: {
          unitPrice: 45.6,
          quantity: 15,
          order: { customer: { companyName: 'Alfreds Futterkiste' } },
        },
      },
    });
    const elsewhere = await gateway.query(callers.buyer, document, { order: '10250', product: '41' });
    const nowhere = await gateway.query(callers.buyer, document, { order: '10250', product: '1' });
    expect(elsewhere.body.data).toEqual({ orderDetail: null });
    expect(nowhere.text).toBe(elsewhere.text);
    expect(await ask(callers.director, document, { order: '10250', product: '41' })).toMatchObject({
      data: { orderDetail: { quantity: 10 } },
    });
  });

  describe('one operation through both databases, there and back', () => {
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
      expect(entry.given.map(({ source }) => source)).toEqual(
        expect.arrayContaining(['northwind', 'chinook']),
      );
    });
  });
});

function sameRecords({ records }: Given, wanted: readonly string[]): boolean {
  const found = records.map((record) => record.join(' ')).sort();
  return JSON.stringify(found) === JSON.stringify([...wanted].sort());
}
