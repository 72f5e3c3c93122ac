import { defaultLimits } from '../../src/limits.js';
import { codeOf, modelOf, openShop, Planning, type Asked, type Databases } from './planning.js';

/** What an operation may come to before a statement is made of it. */
describe('an operation over a limit is refused, and one at the limit is not', () => {
  let shop: Databases;
  let planning: Planning;
  beforeAll(async () => {
    shop = await openShop();
    planning = new Planning(modelOf(shop.catalogs));
  });
  afterAll(() => shop.dispose());

  const ask = (operation: string, variables: Asked['variables'] = {}): Asked => ({
    caller: { roles: ['manager'] },
    operation,
    variables,
  });
  const refusal = (operation: string, variables?: Asked['variables']) =>
    codeOf(planning.plan(ask(operation, variables)));

  const times = (count: number, text: (i: number) => string): string =>
    Array.from({ length: count }, (_, i) => text(i)).join(' ');

  test.each([
    ['aliases', (n: number) => `{ customers { nodes { ${times(n, (i) => `a${i}: name`)} } } }`, 60],
    ['root fields', (n: number) => `{ ${times(n, (i) => `a${i}: account(accountId: 1) { name }`)} }`, 20],
    ['page of a flat list', (n: number) => `{ customers(first: ${n}) { nodes { name } } }`, 1000],
    [
      'page with a list in it',
      (n: number) => `{ customers(first: ${n}) { nodes { orders { totalCount } } } }`,
      100,
    ],
    [
      'rows in reach',
      // 99 accounts, 9900 customers, and the rest on their own.
      (n: number) =>
        `{ accounts(first: 99) { nodes { customers(first: 100) { nodes { name } } } } customers(first: ${n - 9999}) { nodes { name } } }`,
      10_000,
    ],
    [
      'relations in depth',
      (n: number) =>
        `{ accounts(first: 1) { nodes { ${times(n / 2, () => 'customers(first: 1) { nodes { account {')} name ${times(n / 2, () => '} } }')} } } }`,
      6,
    ],
  ])('%s', async (what, document, limit) => {
    const step = what === 'relations in depth' ? 2 : 1;
    await planning.plan(ask(document(limit)));
    expect(await refusal(document(limit + step))).toBe('OPERATION_TOO_LARGE');
  });

  const filtered = 'query($where: CustomerWhere) { customers(where: $where) { totalCount } }';
  const terms = {
    'in one list': (n: number) => ({ or: Array.from({ length: n }, () => ({ customerId: { eq: '1' } })) }),
    'one in the other': (n: number) =>
      Array.from({ length: n }).reduce<object>((inner) => ({ not: inner }), {}),
    'that say nothing': (n: number) => ({ and: Array.from({ length: n }, () => ({})) }),
  };
  test.each([
    // Each is a filter within a filter and a comparison in it.
    ['in one list', 25],
    ['one in the other', 50],
    ['that say nothing', 50],
  ] as const)('terms of a filter, %s', async (kind, limit) => {
    await planning.plan(ask(filtered, { where: terms[kind](limit) }));
    expect(await refusal(filtered, { where: terms[kind](limit + 1) })).toBe('OPERATION_TOO_LARGE');
    expect(await refusal(filtered, { where: terms[kind](4000) })).toBe('OPERATION_TOO_LARGE');
  });

  test('items of a list that is compared with', async () => {
    const where = (n: number) => ({ customerId: { in: Array.from({ length: n }, (_, i) => String(i)) } });
    await planning.plan(ask(filtered, { where: where(500) }));
    expect(await refusal(filtered, { where: where(501) })).toBe('OPERATION_TOO_LARGE');
  });

  test('fields, however few tokens of fragments they are spread from', async () => {
    // Each fragment has the next one twice: a few hundred tokens, more fields than there is memory for.
    const explosion = (levels: number) =>
      `{ accounts(first: 1) { nodes { ...F0 } } } ${times(levels, (i) => `fragment F${i} on Account { a: customers(first: 1) { nodes { account { ...F${i + 1} } } } b: customers(first: 1) { nodes { account { ...F${i + 1} } } } }`)} fragment F${levels} on Account { name }`;
    await planning.plan(ask(explosion(3)));
    expect(await refusal(explosion(60))).toBe('OPERATION_TOO_LARGE');
  });

  test('lists by their pages: each is one, and its page, for every row above; what is counted over all records is twenty', async () => {
    const asked = (page: number) =>
      ask(`{ customers(first: ${page}) { nodes { orders(first: 10) { totalCount nodes { orderId } } } } }`);
    // 1 + 2 for the customers, and 1 + 10 + 20 for the orders of each of two.
    const cost = 1 + 2 + 2 * (1 + 10 + 20);
    await new Planning(modelOf(shop.catalogs), { cost }).plan(asked(2));
    expect(await codeOf(new Planning(modelOf(shop.catalogs), { cost: cost - 1 }).plan(asked(2)))).toBe(
      'OPERATION_TOO_LARGE',
    );
    expect(await codeOf(new Planning(modelOf(shop.catalogs), { cost }).plan(asked(3)))).toBe(
      'OPERATION_TOO_LARGE',
    );
  });

  test('by what the deployment allows, where that is other than the default', async () => {
    const strict = new Planning(modelOf(shop.catalogs), { aliases: 0, relationsDeep: 0, rootDefault: 3 });
    const code = async (operation: string) => codeOf(strict.plan(ask(operation)));
    expect(await code('{ customers { nodes { a: name } } }')).toBe('OPERATION_TOO_LARGE');
    expect(await code('{ customers { nodes { account { name } } } }')).toBe('OPERATION_TOO_LARGE');
    const { literals } = await strict.plan(ask('{ customers { nodes { name } } }'));
    expect(literals).toEqual(['3']);
    expect(defaultLimits.rootDefault).toBe(20);
  });
});
