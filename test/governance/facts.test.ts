import { systemClock } from '../../src/base/index.js';
import {
  createFacts,
  createRecordsCopy,
  recordAgreement,
  RecordError,
  recordTraining,
  type Agreement,
  type LocalCopy,
  type Records,
  type Training,
} from '../../src/governance/index.js';
import type { Facts } from '../../src/policy/index.js';
import { freshDatabase, type TestDatabase } from '../support/cluster.js';
import { quietLog } from '../support/quiet-log.js';
import { governanceTemplate } from './support/control-database.js';

const from = Date.UTC(2025, 0, 1);
const now = Date.UTC(2026, 0, 1);
const until = Date.UTC(2027, 0, 1);
const alice = 'https://idp.example#alice';

const signed: Agreement = {
  id: 'NDA-1',
  party: { organisation: 'acme' },
  kind: 'nda',
  classes: ['pricing', 'contact'],
  signedAt: from,
  effectiveAt: from,
  expiresAt: until,
  status: 'in_force',
  immunityNotice: true,
};
const completed: Training = {
  id: 'TRN-1',
  person: alice,
  course: 'trade-secrets',
  version: '3',
  completedAt: from,
  expiresAt: until,
};
const question = { kind: 'nda', secretClass: 'pricing', organisation: 'acme', personId: alice, now };

let database: TestDatabase;
let copy: LocalCopy<Records>;

beforeEach(async () => {
  database = await freshDatabase('facts', { template: await governanceTemplate() });
  copy = createRecordsCopy({ control: database.config, clock: systemClock, log: quietLog });
});
afterEach(async () => {
  await copy.stop();
  await database.drop();
});

async function recorded(
  agreements: readonly Agreement[],
  trainings: readonly Training[] = [],
): Promise<Facts> {
  for (const agreement of agreements) await recordAgreement(database, agreement);
  for (const training of trainings) await recordTraining(database, training);
  await copy.start();
  return createFacts(copy);
}

describe('an agreement', () => {
  test("in force covers its classes for the organisation's people, and is named for the ledger", async () => {
    const facts = await recorded([signed]);
    expect(facts.agreementInForce(question)).toBe('NDA-1');
    expect(facts.agreementInForce({ ...question, secretClass: 'contact' })).toBe('NDA-1');
  });

  test.each([
    ['another class', { secretClass: 'supply' }],
    ['another kind', { kind: 'dpa' }],
    ['another organisation', { organisation: 'rival' }],
    ['nobody in particular', { organisation: null }],
    ['a time before it takes effect', { now: from - 1 }],
    ['the moment it expires', { now: until }],
  ])('does not cover %s', async (_what, change) => {
    const facts = await recorded([signed]);
    expect(facts.agreementInForce({ ...question, ...change })).toBeNull();
  });

  test('covers from the moment it takes effect to the last before it expires', async () => {
    const facts = await recorded([signed]);
    expect(facts.agreementInForce({ ...question, now: from })).toBe('NDA-1');
    expect(facts.agreementInForce({ ...question, now: until - 1 })).toBe('NDA-1');
  });

  test('without an end stays in force', async () => {
    const facts = await recorded([{ ...signed, expiresAt: null }]);
    expect(facts.agreementInForce({ ...question, now: Date.UTC(2999, 0, 1) })).toBe('NDA-1');
  });

  test.each(['refused', 'revoked'] as const)('that is %s covers nothing', async (status) => {
    const facts = await recorded([{ ...signed, status }]);
    expect(facts.agreementInForce(question)).toBeNull();
  });

  test('of a person covers that person only', async () => {
    const facts = await recorded([{ ...signed, party: { person: alice } }]);
    expect(facts.agreementInForce({ ...question, organisation: null })).toBe('NDA-1');
    expect(facts.agreementInForce({ ...question, personId: 'https://idp.example#bob' })).toBeNull();
  });

  test('with an organisation is not one with a person of the same name', async () => {
    const facts = await recorded([{ ...signed, party: { person: 'acme' } }]);
    expect(facts.agreementInForce(question)).toBeNull();
  });

  test.each(['refused', 'revoked'] as const)(
    "that a person has %s is not made good by their organisation's",
    async (status) => {
      const own: Agreement = { ...signed, id: 'NDA-2', party: { person: alice }, status };
      const facts = await recorded([signed, own]);
      expect(facts.agreementInForce(question)).toBeNull();
      expect(facts.agreementInForce({ ...question, personId: 'https://idp.example#bob' })).toBe('NDA-1');
    },
  );

  test('signed anew after a refusal covers again', async () => {
    const refused: Agreement = { ...signed, party: { person: alice }, status: 'refused', signedAt: null };
    const facts = await recorded([refused, { ...signed, id: 'NDA-2', party: { person: alice } }]);
    expect(facts.agreementInForce(question)).toBe('NDA-2');
  });

  test('is replaced by a later record of the same id', async () => {
    const facts = await recorded([signed, { ...signed, status: 'revoked' }]);
    expect(facts.agreementInForce(question)).toBeNull();
  });

  test('in force must have been signed, and says so without quoting the record', async () => {
    const unsigned = recordAgreement(database, { ...signed, signedAt: null });
    await expect(unsigned).rejects.toThrow(
      new RecordError('the record breaks the rule agreement_in_force_is_signed'),
    );
  });
});

describe('a training', () => {
  test('is current for its person and course while it lasts', async () => {
    const facts = await recorded([], [completed]);
    const asked = { course: 'trade-secrets', personId: alice };
    expect(facts.trainingCurrent({ ...asked, now: from })).toBe('TRN-1');
    expect(facts.trainingCurrent({ ...asked, now: until - 1 })).toBe('TRN-1');
    expect(facts.trainingCurrent({ ...asked, now: from - 1 })).toBeNull();
    expect(facts.trainingCurrent({ ...asked, now: until })).toBeNull();
    expect(facts.trainingCurrent({ ...asked, course: 'safety', now })).toBeNull();
    expect(facts.trainingCurrent({ ...asked, personId: 'https://idp.example#bob', now })).toBeNull();
  });

  test('taken again is current again', async () => {
    const expired: Training = { ...completed, expiresAt: now - 1 };
    const facts = await recorded([], [expired, { ...completed, id: 'TRN-2', completedAt: now }]);
    expect(facts.trainingCurrent({ course: 'trade-secrets', personId: alice, now })).toBe('TRN-2');
  });
});

test('a copy that is too old knows no fact', async () => {
  const facts = await recorded([signed], [completed]);
  const training = { course: 'trade-secrets', personId: alice, now };
  expect([facts.agreementInForce(question), facts.trainingCurrent(training)]).toEqual(['NDA-1', 'TRN-1']);
  await copy.stop();
  while (copy.read() !== null) await new Promise((resolve) => setTimeout(resolve, 20));
  expect([facts.agreementInForce(question), facts.trainingCurrent(training)]).toEqual([null, null]);
});
