import type { TestCaller, TestGateway } from '../support/gateway.js';
import { callers, describeWithSamples, startDeployment } from './deployment.js';

/** Operations as people would write them, with what they give written out. */
describeWithSamples('callers of a wholesaler and its music shop', () => {
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
});
