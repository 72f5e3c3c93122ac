import fc from 'fast-check';
import { enrolmentPublicKey, verifyReceipt } from '../../src/ledger/index.js';
import type { TestGateway } from '../support/gateway.js';
import { askSchema } from './ask.js';
import { callers, describeWithSamples, startDeployment, type CallerName } from './deployment.js';
import { Expected } from './expected.js';
import { Joins } from './joins.js';
import { connections, giveConnection, textOf, type Ground, type Met } from './selection.js';
import { readStored, type Stored } from './stored.js';

describeWithSamples('selections of every shape', () => {
  let gateway: TestGateway;
  let stored: Stored;
  const answers: { readonly receipt: string; readonly met: Met }[] = [];
  beforeAll(async () => {
    gateway = await startDeployment();
    stored = await readStored(gateway);
  });
  afterAll(() => gateway.dispose());

  async function groundOf(caller: CallerName): Promise<Ground> {
    const expected = new Expected(gateway, callers[caller], stored);
    return {
      expected,
      joins: new Joins(gateway, expected),
      types: gateway.model.types,
      schema: await askSchema(gateway, callers[caller]),
    };
  }

  test.each(['director', 'analyst', 'partner', 'partnerAndAnalyst', 'salesForPayroll'] as const)(
    'give %s what a walk through the rows gives, three relations deep',
    async (caller) => {
      const ground = await groundOf(caller);
      const types = [...gateway.model.types.values()].filter(({ name }) => ground.schema.has(name));
      const operations = fc.constantFrom(...types).chain((type) =>
        fc.record({
          type: fc.constant(type),
          first: fc.nat({ max: 12 }),
          parts: connections(type, 3, ground),
        }),
      );
      await fc.assert(
        fc.asyncProperty(operations, async ({ type, first, parts }) => {
          const document = `{ ${type.plural}(first: ${first}) { ${textOf(parts)} } }`;
          const response = await gateway.query(callers[caller], document);
          const met: Met = new Set();
          const data = { [type.plural]: giveConnection(parts, ground.expected.rows(type), first, met) };
          expect(response.body.errors).toBeUndefined();
          expect(response.body.data).toEqual(data);
          answers.push({ receipt: response.headers.get('cordon-receipt')!, met });
        }),
        { numRuns: 40 },
      );
    },
  );

  test('and leave in the ledger just the records that they hold', async () => {
    const enrolment = enrolmentPublicKey(gateway.keys);
    const entries = new Map((await gateway.entries()).map((entry) => [entry.leaf, entry]));
    expect(answers.length).toBeGreaterThanOrEqual(200);
    for (const { receipt, met } of answers) {
      const entry = entries.get(verifyReceipt(receipt, enrolment).leaf)!;
      const found = entry.given
        .filter(({ keyLayout }) => keyLayout.length > 0)
        .flatMap(({ type, records }) => records.map((key) => [type, ...key].join(' ')));
      expect(new Set(found)).toEqual(met);
    }
  });
});
