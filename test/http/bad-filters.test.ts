import { shop } from '../support/deployments.js';
import { startTestGateway, type TestCaller, type TestGateway } from '../support/gateway.js';
import { canary, expectError, send } from './ask.js';

/** Filters that nobody means well with: each is refused in a sentence, and nothing of it reaches a source. */
let gateway: TestGateway;
beforeAll(async () => {
  gateway = await startTestGateway({ ...shop, captureStatements: true });
});
afterAll(() => gateway.dispose());

const manager: TestCaller = { roles: ['manager'] };
const document = 'query($where: CustomerWhere) { customers(where: $where) { totalCount } }';
const items = (count: number) => Array.from({ length: count }, () => canary);
test.each<[string, unknown, string, string]>([
  ['too many items', { name: { in: items(6000) } }, 'OPERATION_TOO_LARGE', 'where.name.in'],
  [
    'too many excluded items',
    { not: { name: { notIn: items(6000) } } },
    'OPERATION_TOO_LARGE',
    'where.not.name.notIn',
  ],
  [
    'a number out of range',
    { customerId: { between: ['1', '99999999999'] } },
    'BAD_USER_INPUT',
    'where.customerId.between.1',
  ],
  [
    'a number that is none',
    { account: { accountId: { gt: canary } } },
    'BAD_USER_INPUT',
    'where.account.accountId.gt',
  ],
  ['a NUL', { name: { contains: `${canary}\0` } }, 'BAD_USER_INPUT', 'where.name.contains'],
  ['half a character', { email: { like: `${canary}\ud800` } }, 'BAD_USER_INPUT', 'where.email.like'],
  ['an open escape', { email: { ilike: `${canary}\\` } }, 'BAD_USER_INPUT', 'where.email.ilike'],
])('%s', async (_what, where, code, argument) => {
  const sent = await gateway.statements('crm', async () => {
    const response = await gateway.query(manager, document, { where });
    expectError(response, 400, code);
    expect(response.text).not.toContain(canary);
    expect(response.body.errors![0]!.message).toContain(argument);
  });
  expect(sent.filter((statement) => statement.includes('customer'))).toEqual([]);
});

test('a field that may not be filtered is one that there is not, behind relations too', async () => {
  const partner: TestCaller = { roles: ['partner'], accounts: ['1'] };
  for (const [type, before, after] of [
    ['customers', '', ''],
    ['accounts', 'customers: { some: { ', ' } }'],
    ['customers', 'account: { customers: { none: { ', ' } } }'],
  ] as const) {
    const ask = async (field: string) => {
      const { status, text } = await gateway.query(
        partner,
        `{ ${type}(where: { ${before}${field}: { eq: "${canary}" }${after} }) { totalCount } }`,
      );
      return `${status} ${text}`.replaceAll(field, 'field');
    };
    // Hidden, masked, and of another source, against names that nobody ever had.
    for (const [field, none] of [
      ['taxId', 'taxNo'],
      ['email', 'emile'],
      ['orders', 'ordeal'],
    ] as const) {
      const answer = await ask(field);
      expect(answer).toBe(await ask(none));
      expect(answer).not.toContain(canary);
      expect(answer).toMatch(/^400 /);
    }
  }
});

test.each([
  ['filters within filters', '{"not":', '}', [51, 490], 12_000],
  ['terms within terms', '{"and":[', ']}', [51, 240], 9_000],
  ['relations within relations', '{"account":{"customers":{"some":', '}}}', [2, 160], 2_700],
])(
  '%s are over a limit, and as deep as a body can be no request',
  async (_what, open, close, deep, deepest) => {
    const ask = async (depth: number) => {
      const where = `${open.repeat(depth)}{}${close.repeat(depth)}`;
      return send(gateway.address, {
        headers: {
          'content-type': 'application/json',
          authorization: `Bearer ${await gateway.token(manager)}`,
        },
        body: `{"query":${JSON.stringify(document)},"variables":{"where":${where}}}`,
      });
    };
    for (const depth of deep) expectError(await ask(depth), 400, 'OPERATION_TOO_LARGE');
    const response = await ask(deepest);
    expectError(response, 400, 'BAD_REQUEST');
    expect(response.text).toContain('nested more than 500 deep');
  },
);
