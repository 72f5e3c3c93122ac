import type { Plan, Statement } from '../../src/plan/index.js';
import { codeOf, modelOf, openShop, Planning, type Asker, type Databases } from './planning.js';

let shop: Databases;
let planning: Planning;
beforeAll(async () => {
  shop = await openShop();
  planning = new Planning(modelOf(shop.catalogs));
});
afterAll(() => shop.dispose());

const manager: Asker = { roles: ['manager'] };
const plan = async (caller: Asker, operation: string, variables: Record<string, unknown> = {}) =>
  planning.plan({ caller, operation, variables });

/** The text of every statement of a plan, those of its batches with them. */
function textsOf({ roots }: Plan): string[] {
  const texts = ({ text, holes }: Statement): string[] => [
    text,
    ...holes.flatMap((hole) => (hole.kind === 'relation' ? texts(hole.batch) : [])),
  ];
  return roots.flatMap((root) => (root.kind === 'statement' ? texts(root.statement) : []));
}

describe('the statement of a caller who is not cleared', () => {
  // Under other response names, so that a column's name stands for the column.
  const everything = (fields: string) =>
    `{ customers { nodes { ${fields} orders { nodes { when: placed lines { what: product } } } } } }`;

  test.each<[string, Asker, string, readonly string[]]>([
    ['denies', { roles: ['support'] }, 'a: name b: email c: credit', ['credit', 'tax_id']],
    ['does not know', { roles: ['partner'], accounts: ['1'] }, 'a: name b: email', ['credit', 'tax_id']],
    ['gives under a purpose', manager, 'a: name b: credit c: taxId', ['tax_id']],
  ])('does not name a column that the role %s', async (_what, caller, fields, columns) => {
    const texts = textsOf((await plan(caller, everything(fields))).plan).join('\n');
    for (const column of [...columns, 'total', 'price']) expect(texts).not.toContain(`"${column}"`);
    expect(texts).toContain('"name"');
  });

  test('names it for one who is', async () => {
    const cleared = { ...manager, purpose: 'audit-tax' };
    const texts = textsOf((await plan(cleared, everything('a: credit b: taxId'))).plan).join('\n');
    for (const column of ['credit', 'tax_id']) expect(texts).toContain(`"${column}"`);
  });
});

describe('plans', () => {
  const document =
    'query($name: String, $first: Int) { customers(first: $first, where: { name: { eq: $name } }) { nodes { name } } }';

  test('are shared by all callers of equal rights, and hold nothing that any of them said', async () => {
    const one = await plan(manager, document, { name: 'Acme', first: 3 });
    const other = await plan({ ...manager, subject: 'bob' }, document, { name: 'Bolt', first: 7 });
    expect(other.plan).toBe(one.plan);
    expect([one.literals, other.literals]).toEqual([
      ['Acme', '3'],
      ['Bolt', '7'],
    ]);
    expect(JSON.stringify(one.plan)).not.toMatch(/Acme|Bolt|somebody|bob/);
  });

  test('are others for other rights, clearances and shapes', async () => {
    const plans = await Promise.all([
      plan(manager, document, { name: 'Acme' }),
      plan({ roles: ['browser'] }, document, { name: 'Acme' }),
      plan({ ...manager, purpose: 'audit-tax' }, document, { name: 'Acme' }),
      plan(manager, `${document} `, { name: 'Acme' }),
    ]);
    expect(new Set(plans.map((each) => each.plan)).size).toBe(4);
  });

  test('differ by what directives leave of the selection', async () => {
    const directed = 'query($with: Boolean!) { customers { nodes { name credit @include(if: $with) } } }';
    const names = async (given: boolean) =>
      textsOf((await plan(manager, directed, { with: given })).plan)[0]!.includes('"credit"');
    expect([await names(true), await names(false), await names(true)]).toEqual([true, false, true]);
  });
});

describe('arguments', () => {
  const filter = 'query($where: CustomerWhere) { customers(where: $where) { nodes { customerId } } }';
  const ids = async (where: unknown) => {
    const asked = { caller: manager, operation: filter, variables: { where } };
    const { nodes } = (await planning.run(asked, shop.sources))['customers'] as {
      nodes: { customerId: string }[];
    };
    return nodes.map(({ customerId }) => customerId).join(' ');
  };

  test.each([
    [{ email: { ne: 'hi@bolt.example' } }, '1 3 4'],
    [{ not: { email: { eq: 'hi@bolt.example' } } }, '1 3 4'],
    [{ not: { not: { email: { gt: 'b' } } } }, '1 2 4'],
    [{ email: { isNull: true } }, '3'],
    [{ email: { isNull: false } }, '1 2 4'],
    [{ credit: { gte: '120.250', lt: '5000.51' } }, '1 4'],
    [{ name: { in: [] } }, ''],
    [{ or: [] }, ''],
    [{ and: [] }, '1 2 3 4'],
    [{}, '1 2 3 4'],
    [{ name: { eq: "'; drop table customer; --" } }, ''],
  ])('filter by %j', async (where, expected) => {
    expect(await ids(where)).toBe(expected);
  });

  test.each([
    [{ customerId: { eq: 'one' } }, 'where.customerId.eq'],
    [{ customerId: { eq: '2147483648' } }, 'where.customerId.eq'],
    [{ or: [{ credit: { gt: '1e3' } }] }, 'where.or.0.credit.gt'],
    [{ name: { eq: 'a\0b' } }, 'where.name.eq'],
    [{ name: { in: ['fine', '\ud800'] } }, 'where.name.in.1'],
    [{ name: { eq: null } }, 'where.name.eq'],
    [{ not: null }, 'where.not'],
  ])('that no column can be compared with are refused by their place alone: %j', async (where, place) => {
    const attempt = plan(manager, filter, { where });
    expect(await codeOf(attempt)).toBe('BAD_USER_INPUT');
    await expect(attempt).rejects.toMatchObject({
      message: expect.stringMatching(new RegExp(`^Argument "${place}" of "customers" is `)) as string,
    });
  });

  test('a page of less than nothing is refused, a page of nothing is empty', async () => {
    const page = (first: number) => ({
      caller: manager,
      operation: `{ customers(first: ${first}) { nodes { name } totalCount } }`,
    });
    expect(await codeOf(planning.plan(page(-1)))).toBe('BAD_USER_INPUT');
    expect(await planning.run(page(0), shop.sources)).toEqual({ customers: { nodes: [], totalCount: 4 } });
  });
});
