import type { Log } from '../../src/base/index.js';
import { ClearanceRules } from '../../src/clearance/index.js';
import { parsePolicy, type ConditionContext, type Facts, type Policy } from '../../src/policy/index.js';
import type { View } from '../../src/view/index.js';

const parsed = parsePolicy(
  `
classes:
  open: { title: No condition }
  contracts: { title: Contracts, conditions: { agreement: nda, training: secrets } }
  salaries: { title: Salaries, conditions: { purpose: true } }
  recipes: { title: Recipes, conditions: { agreement: nda, purpose: true, mfa_within: 15m } }
roles:
  clerk: { rows: all, clear: [open, contracts, salaries, recipes] }
  manager: { rows: all, clear: [open, contracts, salaries, recipes] }
purposes:
  payroll: { roles: [manager], classes: [salaries] }
  cooking: { roles: [clerk, manager], classes: [recipes] }
`,
  'policy.yaml',
);
if ('problems' in parsed) throw new Error(JSON.stringify(parsed.problems));
const { policy }: { policy: Policy } = parsed;

const logged: object[] = [];
const write = (fields: object) => void logged.push(fields);
const log: Log = { debug: write, info: write, warn: write, error: write, child: () => log };
const now = Date.UTC(2026, 0, 1);
const seconds = now / 1000;
const facts: Facts = { agreementInForce: () => 'agreement 1', trainingCurrent: () => 'training 1' };

const rules = new ClearanceRules(policy);
const clear = (changes: Partial<ConditionContext> = {}, conditioned = ['contracts', 'recipes', 'salaries']) =>
  rules.evaluate({ conditioned } as unknown as View, {
    policy,
    facts,
    now,
    personId: 'https://issuer.example#alice',
    organisation: 'house',
    roles: ['clerk', 'manager'],
    purpose: 'cooking',
    authTime: seconds,
    authMethods: ['pwd', 'mfa'],
    log,
    reliedOn: new Set(),
    ...changes,
  });

beforeEach(() => void logged.splice(0));

test('a class is met, or the first of its conditions that is not is named', async () => {
  const { vector } = await clear();
  expect([...vector]).toEqual([
    ['contracts', { met: true, grantors: null }],
    ['recipes', { met: true, grantors: [0, 1] }],
    ['salaries', { met: false, code: 'PURPOSE_REQUIRED' }],
  ]);
});

test.each<[string, Partial<ConditionContext>, string, string]>([
  [
    'no agreement is in force',
    { facts: { ...facts, agreementInForce: () => null } },
    'contracts',
    'AGREEMENT_REQUIRED',
  ],
  [
    'no training is current',
    { facts: { ...facts, trainingCurrent: () => null } },
    'contracts',
    'TRAINING_REQUIRED',
  ],
  ['no purpose is declared', { purpose: null }, 'recipes', 'PURPOSE_REQUIRED'],
  ['the purpose is unknown', { purpose: 'toString' }, 'recipes', 'PURPOSE_REQUIRED'],
  ['the purpose is not for the class', { purpose: 'payroll' }, 'recipes', 'PURPOSE_REQUIRED'],
  [
    'the purpose is not for the role',
    { purpose: 'payroll', roles: ['clerk'] },
    'salaries',
    'PURPOSE_REQUIRED',
  ],
  ['there was no second factor', { authMethods: ['pwd'] }, 'recipes', 'MFA_REQUIRED'],
  ['it is not known when it was', { authTime: null }, 'recipes', 'MFA_REQUIRED'],
  ['it was too long ago', { authTime: seconds - 15 * 60 - 1 }, 'recipes', 'MFA_REQUIRED'],
  ['it is yet to come', { authTime: seconds + 1 }, 'recipes', 'MFA_REQUIRED'],
])('a class is not met when %s', async (_what, changes, secretClass, code) => {
  const { vector } = await clear(changes);
  expect(vector.get(secretClass)).toEqual({ met: false, code });
});

test('a second factor counts to the last second of its time', async () => {
  const { vector } = await clear({ authTime: seconds - 15 * 60 });
  expect(vector.get('recipes')).toMatchObject({ met: true });
});

test('a purpose counts for the roles that it is for, and not for others of the same caller', async () => {
  const { vector } = await clear({ purpose: 'payroll' });
  expect(vector.get('salaries')).toEqual({ met: true, grantors: [1] });
});

test('what cannot be evaluated is not met, and the log says why', async () => {
  const broken: Facts = {
    ...facts,
    agreementInForce: () => {
      throw new Error('the copy is broken');
    },
  };
  const { vector } = await clear({ facts: broken });
  expect(vector.get('contracts')).toEqual({ met: false, code: 'CONDITION_UNKNOWN' });
  expect(vector.get('salaries')).toEqual({ met: false, code: 'PURPOSE_REQUIRED' });
  expect(logged).toContainEqual({
    class: 'contracts',
    condition: 'AGREEMENT_REQUIRED',
    error: 'Error: the copy is broken',
  });
});

test('only classes that the view has under conditions are evaluated, each once', async () => {
  const asked: string[] = [];
  const counting: Facts = {
    ...facts,
    agreementInForce: ({ secretClass }) => {
      asked.push(secretClass);
      return 'agreement 1';
    },
  };
  const { vector } = await clear({ facts: counting }, ['recipes', 'no such class']);
  expect([...vector.keys()]).toEqual(['recipes']);
  expect(asked).toEqual(['recipes']);
});

test('no answer outlives its request', async () => {
  expect((await clear()).vector.get('recipes')).toMatchObject({ met: true });
  expect((await clear({ purpose: null })).vector.get('recipes')).toMatchObject({ met: false });
  expect((await clear()).vector.get('recipes')).toMatchObject({ met: true });
});

test('what was relied on is named for the ledger: once, sorted, and not what was not needed', async () => {
  expect((await clear()).reliedOn).toEqual(['agreement 1', 'training 1']);
  expect((await clear({}, ['recipes'])).reliedOn).toEqual(['agreement 1']);
  expect((await clear({}, ['salaries'])).reliedOn).toEqual([]);
});

test('equal clearances have one key, others another', async () => {
  const { key } = await clear();
  expect((await clear({ personId: 'bob', organisation: null, authTime: seconds - 5 })).key).toBe(key);
  const others = [{ purpose: null }, { purpose: 'payroll' }, { roles: ['clerk'] }, { authMethods: [] }];
  const keys = await Promise.all(others.map(async (changes) => (await clear(changes)).key));
  expect(new Set([key, ...keys]).size).toBe(5);
});
