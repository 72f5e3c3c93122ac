import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  demoCallerNames,
  demoCallers,
  demoFacts,
  demoIssuer,
  type DemoCaller,
} from '../../src/demo/index.js';
import { personIdOf } from '../../src/identity/index.js';
import { parsePolicy, type Policy } from '../../src/policy/index.js';
import { demoCopy, type DemoCopy } from './demo-copy.js';

const policyFile = join(__dirname, '../../schema/policy.yaml');

function readPolicy(): Policy {
  const parsed = parsePolicy(readFileSync(policyFile, 'utf8'), policyFile);
  if ('problems' in parsed) throw new Error(parsed.problems.map(({ message }) => message).join('\n'));
  return parsed.policy;
}

const policy = readPolicy();

describe.each(demoCallerNames)('the caller %s', (name) => {
  const caller = demoCallers[name];
  const role = policy.roles.get(name.replace(/_b$/, ''))!;

  it('has the role of that name, and the claims that its rows are limited by', () => {
    expect(caller.roles).toEqual([role.name]);
    const values = role.rows.kind === 'limited' ? role.rows.match.map(({ value }) => value) : [];
    const claims = values.flatMap((value) => (value.kind === 'claim' ? [value.name] : []));
    expect(Object.keys(caller.claims)).toEqual(claims);
  });

  it('has agreement and training for every class that the role has clear', () => {
    const clear = [...role.classes].filter(([, grant]) => grant.clear.kind !== 'none');
    expect(clear.filter(([secretClass]) => !isCovered(caller, secretClass))).toEqual([]);
  });
});

function isCovered(caller: DemoCaller, secretClass: string): boolean {
  const { agreement, training } = policy.classes.get(secretClass)!.conditions;
  const personId = personIdOf(demoIssuer, caller.subject);
  const agreed = demoFacts.agreements.some(
    ({ kind, classes, party }) =>
      kind === agreement &&
      classes.includes(secretClass) &&
      ('person' in party ? party.person === personId : party.organisation === caller.organisation),
  );
  const trained = demoFacts.trainings.some(
    ({ course, person }) => course === training && person === personId,
  );
  return (agreement === null || agreed) && (training === null || trained);
}

describe('in the databases', () => {
  let demo: DemoCopy;

  beforeAll(async () => {
    demo = demoCopy();
    await demo.build();
  });

  afterAll(() => demo.drop());

  it('staff are found under their subjects', async () => {
    expect(
      await demo.query('crm', 'SELECT name FROM crm.account_manager WHERE subject = $1', [
        demoCallers.account_manager.subject,
      ]),
    ).toEqual([{ name: 'Sofia Lindqvist' }]);
    expect(
      await demo.query('crm', 'SELECT name FROM crm.support_representative WHERE subject = $1', [
        demoCallers.support.subject,
      ]),
    ).toEqual([{ name: 'Teresa Sharma' }]);
  });

  it('partners have accounts of their own, each with customers', async () => {
    const accounts = [...demoCallers.partner.claims.accounts!, ...demoCallers.partner_b.claims.accounts!];
    expect(new Set(accounts).size).toBe(accounts.length);
    const found = await demo.query<{ name: string; kind: string; customers: number }>(
      'crm',
      `SELECT account.name, kind, count(*)::int4 AS customers FROM crm.account JOIN crm.customer USING (account_id)
       WHERE account_id = ANY ($1::int4[]) GROUP BY account_id ORDER BY account_id`,
      [accounts],
    );
    expect(found.map(({ name, kind }) => [name, kind])).toEqual([
      ['Brightwater Distribution', 'DISTRIBUTOR'],
      ['Kestrel Trading', 'RESELLER'],
      ['Brightwater Americas', 'DISTRIBUTOR'],
    ]);
    for (const { customers } of found) expect(customers).toBeGreaterThan(50);
  });

  it('support has customers in their care, but none of the first three, which the documentation shows masked', async () => {
    const inCare = await demo.query<{ customer_id: number }>(
      'crm',
      `SELECT customer_id FROM crm.customer JOIN crm.support_representative USING (support_representative_id)
       WHERE subject = $1 ORDER BY customer_id`,
      [demoCallers.support.subject],
    );
    expect(inCare.length).toBeGreaterThan(50);
    expect(inCare[0]!.customer_id).toBeGreaterThan(3);
  });

  it.each(['account_manager', 'partner', 'partner_b'] as const)(
    'the first customers that %s sees have orders to show',
    async (name) => {
      const { accounts = null } = demoCallers[name].claims;
      const first = await demo.query<{ customer_id: number }>(
        'crm',
        `SELECT customer_id FROM crm.customer WHERE $1::int4[] IS NULL OR account_id = ANY ($1)
         ORDER BY customer_id LIMIT 3`,
        [accounts],
      );
      const found = await demo.query(
        'sales',
        'SELECT DISTINCT customer_id FROM sales.orders WHERE customer_id = ANY ($1)',
        [first.map(({ customer_id }) => customer_id)],
      );
      expect(found).toHaveLength(3);
    },
  );
});
