import { shop } from '../support/deployments.js';
import { startGatewayProgram, type GatewayProgram } from '../support/gateway-program.js';
import { prepareGateway, type PreparedGateway, type TestCaller } from '../support/gateway.js';
import { holdCommits } from '../support/held-commits.js';
import { foundInMemory, memoryIsReadable } from '../support/process-memory.js';

jest.setTimeout(60_000);

const manager: TestCaller = { roles: ['manager'], headers: { 'cordon-purpose': 'audit-tax' } };
const masked: TestCaller = { roles: ['masked'], organisation: 'ours' };
const support: TestCaller = { roles: ['support'], subject: 'nobody' };
const partner: TestCaller = { roles: ['partner'], accounts: ['1'] };

/** Values of one record, each unlike anything else in the gateway. */
const clear = ['zq7.vexwort@krant.example', '734961.83', 'TAX-9QJ4-KREL'];
/** What the credit is masked as. */
const maskedCredit = '734000';
const foundIn = (text: string) => clear.filter((value) => text.includes(value));

let prepared: PreparedGateway;
let gateway: GatewayProgram;

beforeAll(async () => {
  // A snapshot stops the process for seconds.
  prepared = await prepareGateway({ ...shop, ledger: { leaseMs: 120_000, deadlineMs: 60_000 } });
  await prepared.sources
    .get('crm')!
    .query('update customer set email = $1, credit = $2, tax_id = $3 where customer_id = 1', clear);
  gateway = await startGatewayProgram(prepared);
});
afterAll(async () => {
  await gateway.end();
  await prepared.dispose();
});

/** Asks, and looks into the process while the response is complete in it and waits for its entry. */
async function lookInside(caller: TestCaller, document: string) {
  // Once before, so that no key of the ledger has to be made while commits are held.
  await gateway.query(caller, document);
  const held = await holdCommits(prepared.control);
  const asked = gateway.query(caller, document);
  await held.untilOneWaits();
  const { pid } = gateway.child;
  const memory = (await memoryIsReadable(pid!)) ? await foundInMemory(pid!, [...clear, maskedCredit]) : null;
  if (memory === null)
    console.log('The memory of processes cannot be read here: only answers and the log are searched.');
  await held.release();
  return { memory, response: await asked };
}

// In this order: only the second caller may bring the values into the process.
test('where callers who are not cleared ask, no clear value is in a response, the log or the memory of the gateway', async () => {
  for (const [caller, document, status] of [
    [support, '{ customers { nodes { customerId name email credit taxId } } }', 400],
    [support, '{ customers { nodes { customerId name email credit } } }', 200],
    [partner, '{ customers(orderBy: [{ name: ASC }]) { nodes { customerId email } edges { cursor } } }', 200],
    [partner, '{ customers { nodes { email credit taxId } } }', 400],
    [masked, '{ customers(where: { email: { ne: "x" } }) { nodes { email } } }', 400],
    [masked, '{ orders { nodes { total customer { name email credit } } } }', 200],
  ] as const) {
    const response = await gateway.query(caller, document);
    expect([document, response.status, foundIn(response.text)]).toEqual([document, status, []]);
  }
  const { memory, response } = await lookInside(masked, '{ customers { nodes { email credit } } }');
  expect(response.body.data).toMatchObject({ customers: { nodes: [{ credit: maskedCredit }, {}, {}, {}] } });
  expect(memory ?? [maskedCredit]).toEqual([maskedCredit]);
  expect(foundIn(response.text + (await gateway.log()))).toEqual([]);
});

test('where a caller who is cleared asks, all are, but in the log: the search does find them', async () => {
  const { memory, response } = await lookInside(manager, '{ customers { nodes { email credit taxId } } }');
  expect(foundIn(response.text)).toEqual(clear);
  expect((memory ?? clear).filter((value) => value !== maskedCredit)).toEqual(clear);
  expect(foundIn(await gateway.log())).toEqual([]);
});
