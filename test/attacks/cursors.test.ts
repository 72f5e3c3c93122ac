import {
  startTestGateway,
  type TestCaller,
  type TestGateway,
  type TestResponse,
} from '../support/gateway.js';
import { attack } from './attack.js';
import { house, learned, manager, partner, support } from './house.js';

/** Cursors hold values of records, so they are sealed: nobody reads one, makes one, or uses another's. */
let gateway: TestGateway;
beforeAll(async () => {
  gateway = await startTestGateway(house());
});
afterAll(() => gateway.dispose());

const document =
  'query($after: String, $before: String, $order: [CustomerOrderBy!]) { customers(first: 1, after: $after, before: $before, orderBy: $order) { nodes { customerId } pageInfo { endCursor } } }';
const byCredit = [{ credit: 'ASC' }];

async function cursorOf(caller: TestCaller, order: unknown = byCredit, text = document): Promise<string> {
  const { body } = await gateway.query(caller, text, { order });
  expect(body.errors).toBeUndefined();
  return (body.data as { customers: { pageInfo: { endCursor: string } } }).customers.pageInfo.endCursor;
}

const refused = {
  status: 400,
  body: { errors: [{ message: 'The cursor cannot be used here.', extensions: { code: 'INVALID_CURSOR' } }] },
};
const answerTo = ({ status, body }: TestResponse) => ({ status, body });

/** All of them get one and the same answer, and no source hears of it. */
async function expectRefused(tries: readonly (readonly [TestCaller, string, unknown])[]): Promise<void> {
  const answers: unknown[] = [];
  const sent = await gateway.statements('crm', async () => {
    for (const [caller, text, variables] of tries)
      answers.push(answerTo(await gateway.query(caller, text, variables)));
  });
  expect(answers).toEqual(tries.map(() => refused));
  expect(sent).toEqual([]);
}

attack([10], 'a cursor that was altered in any byte, cut, lengthened or rewritten is none', async () => {
  const cursor = await cursorOf(manager);
  const bytes = Buffer.from(cursor, 'base64url');
  const altered = Array.from({ length: 24 }, (_, i) => {
    const copy = Buffer.from(bytes);
    const at = Math.floor((i * bytes.length) / 24);
    copy[at] = copy[at]! ^ 1;
    return copy.toString('base64url');
  });
  await expectRefused(
    [
      ...altered,
      cursor.slice(0, -4),
      `${cursor}AAAA`,
      `${cursor}=`,
      bytes.toString('hex'),
      '',
      cursor.toUpperCase(),
    ].map((after) => [manager, document, { after, order: byCredit }] as const),
  );
});

attack(
  [10],
  'nobody makes a cursor: no form of a tuple is one, of fields that the caller sees or of others',
  async () => {
    const tuples = [['5000.50', '1'], ['1'], { credit: '5000.50', customerId: 1 }, [{ taxId: 'TAX-ACME-1' }]];
    const forged = tuples.flatMap((tuple) => {
      const text = JSON.stringify(tuple);
      return [
        text,
        Buffer.from(text).toString('base64'),
        Buffer.from(text).toString('base64url'),
        Buffer.from(`cursor:${text}`).toString('base64url'),
      ];
    });
    // As long as one of ours.
    const zeros = [92, 156].flatMap((length) => [Buffer.alloc(length), Buffer.alloc(length, 1)]);
    await expectRefused([
      ...[...forged, ...zeros.map((each) => each.toString('base64url'))].map(
        (after) => [manager, document, { after, order: byCredit }] as const,
      ),
      ...forged.map((before) => [partner, document, { before }] as const),
    ]);
  },
);

attack(
  [10, 11],
  'a cursor is of use to its caller, in its operation and its order, and nowhere else',
  async () => {
    const cursor = await cursorOf(manager);
    const own = await gateway.query(manager, document, { after: cursor, order: byCredit });
    expect(own.status).toBe(200);
    const elsewhere = document.replace('customers(first: 1', 'all: customers(first: 1');
    await expectRefused([
      [{ ...manager, subject: 'max' }, document, { after: cursor, order: byCredit }],
      [{ ...manager, accounts: ['1'] }, document, { after: cursor, order: byCredit }],
      [{ ...manager, roles: ['manager', 'browser'] }, document, { after: cursor, order: byCredit }],
      [manager, document, { after: cursor, order: [{ credit: 'DESC' }] }],
      [manager, document, { after: cursor, order: [{ name: 'ASC' }] }],
      [manager, document, { after: cursor }],
      [manager, elsewhere, { after: cursor, order: byCredit }],
      [manager, `${document} `, { after: cursor, order: byCredit }],
      [partner, document, { after: cursor }],
      [partner, document, { before: cursor }],
    ]);
  },
);

attack(
  [11],
  'a cursor tells neither a value nor how long it is, and comes to the same for the same place',
  async () => {
    for (const [caller, order] of [
      [manager, byCredit],
      [manager, [{ name: 'ASC' }]],
      [manager, [{ email: 'DESC' }]],
      [support, [{ employees: 'DESC' }]],
      [partner, [{ name: 'ASC' }]],
    ] as const) {
      const cursor = await cursorOf(caller, order);
      expect(await cursorOf(caller, order)).toBe(cursor);
      const bytes = Buffer.from(cursor, 'base64url');
      for (const form of [cursor, bytes.toString('latin1'), bytes.toString('utf16le')])
        expect(form).not.toMatch(/Acme|Bolt|Coil|Dyno|example|120\.25|310\.75|5000|240|200/);
      // A nonce of 12 bytes, a tag of 16, and what is within in steps of 64.
      expect((bytes.length - 28) % 64).toBe(0);
    }
  },
);

attack([11], 'the value behind a mask does not show in the cursor of an order by that field', async () => {
  const ordered = [{ employees: 'ASC' }];
  const before = learned(await gateway.query(support, document, { order: ordered }));
  const crm = gateway.sources.get('crm')!;
  await crm.query('update customer set employees = employees + 15 where customer_id in (1, 2)');
  const after = learned(await gateway.query(support, document, { order: ordered }));
  await crm.query('update customer set employees = employees - 15 where customer_id in (1, 2)');
  expect(after).toEqual(before);
});
