import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import pg from 'pg';
import { systemClock } from '../../src/base/index.js';
import { issueToken, recordAgreement, revokeToken } from '../../src/governance/index.js';
import { enrolmentPublicKey, verifyDatabase, verifyReceipt } from '../../src/ledger/index.js';
import { start, type RunningCommand } from '../cli/command.js';
import { configuredGateway } from '../cli/configured.js';
import { eventually } from '../ledger/fixture.js';
import { shop } from '../support/deployments.js';
import {
  post,
  type PreparedGateway,
  type Query,
  type TestEntry,
  type TestResponse,
} from '../support/gateway.js';
import { roundRobin, type RoundRobin } from '../support/round-robin.js';
import { holdsData, startLoad, unentered } from './load.js';

/**
 * Three gateways as an operator runs them, each with files and a ledger folder of its own as on a machine of its own, with
 * one control database and a plain round robin in front.
 */

const numbers = [0, 1, 2] as const;
const names = '{ customers { nodes { customerId name } } }';
const browser = { roles: ['browser'] };

/** A partner may ask ten times at once, and then once a second, of each gateway. */
const policy = shop.policy.replace('partner: {', 'partner: { limits: { requestsPerSecond: 1 },');
const withoutNames = policy.replace(
  'browser: { rows: all, clear: [relationship] }',
  'browser: { rows: all, clear: [contact] }',
);

let prepared: PreparedGateway;
let control: pg.Pool;
let gateways: readonly RunningCommand[];
let addresses: readonly string[];
let balancer: RoundRobin;
let query: Query;

const servedBy = ({ headers }: TestResponse): number => Number(headers.get('x-served-by'));
const codeOf = ({ body }: TestResponse): string | undefined => body.errors?.[0]?.extensions.code;
const ledgerFolder = (number: number): string => join(prepared.folder, `ledger-${number}`);
const policyFile = (number: number): string => join(prepared.folder, `policy-${number}.yaml`);
const proofOf = ({ headers }: TestResponse) =>
  verifyReceipt(headers.get('cordon-receipt') ?? '', enrolmentPublicKey(prepared.keys));

async function startGateway(number: number): Promise<RunningCommand> {
  const file = `gateway-${number}.yaml`;
  const written = await readFile(join(prepared.folder, 'cordon.yaml'), 'utf8');
  const own = written
    .replace('policy: policy.yaml', `policy: policy-${number}.yaml`)
    .replace('ledger: { folder: ledger }', `ledger: { folder: ledger-${number} }`);
  await writeFile(join(prepared.folder, file), own);
  await writeFile(policyFile(number), policy);
  return start(['start', '--config', file, '--port', '0'], { cwd: prepared.folder });
}

beforeAll(async () => {
  prepared = await configuredGateway(
    { ...shop, policy },
    'limits: { atOnce: 1000, requestsPerSecond: 100000 }',
  );
  control = new pg.Pool({ ...prepared.control, max: 1 });
  // The control database is migrated by whichever comes first; the others wait for it.
  gateways = await Promise.all(numbers.map(startGateway));
  addresses = await Promise.all(
    gateways.map(async (gateway) => /http:\/\/[\d.:]+/.exec((await gateway.until('ready ')).at(-1)!)![0]),
  );
  balancer = await roundRobin(addresses);
  query = prepared.queryAt(balancer.address);
}, 180_000);
afterAll(async () => {
  balancer.close();
  await Promise.all(gateways.map((gateway) => gateway.kill('SIGKILL')));
  await control.end();
  await prepared.dispose();
});

const many = (count: number): Promise<readonly TestResponse[]> =>
  Promise.all(
    Array.from({ length: count }, (_, i) =>
      query({ ...browser, headers: { 'cordon-justification': `many-${i}` } }, names),
    ),
  );

/** The entries that receipts name, by leaf. */
async function entriesByLeaf(): Promise<ReadonlyMap<string, TestEntry>> {
  return new Map((await prepared.entries()).map((entry) => [entry.leaf, entry]));
}

function partnerToken(agreement: string | null): Promise<{ readonly id: string; readonly token: string }> {
  return issueToken(control, {
    organisation: 'north',
    agreement,
    roles: ['regional'],
    scopes: ['read:*'],
    claims: { accounts: ['1'] },
    expiresAt: systemClock.now() + 3_600_000,
    issuedBy: 'https://idp.example#steward',
  });
}

test('each enters what it answers, once, into a chain of its own, and every receipt names its entry', async () => {
  const answers = await many(30);
  expect(answers.filter(({ status }) => status === 200)).toHaveLength(30);
  const entries = await entriesByLeaf();
  expect(entries.size).toBe(30);
  const proofs = answers.map((answer, i) => ({
    by: servedBy(answer),
    mark: `many-${i}`,
    ...proofOf(answer),
  }));
  for (const { leaf, mark } of proofs) {
    const { actor } = entries.get(leaf)!;
    expect(actor).toMatchObject({ justification: mark });
  }
  const writersOf = (number: number) =>
    new Set(proofs.filter(({ by }) => by === number).map((p) => p.writerId));
  expect(numbers.map((number) => writersOf(number).size)).toEqual([1, 1, 1]);
  expect(new Set(proofs.map(({ writerId }) => writerId)).size).toBe(3);
});

test('a token that is revoked, and one whose agreement is, are refused by all within a second', async () => {
  const agreement = {
    id: 'north-nda',
    party: { organisation: 'north' },
    kind: 'nda',
    classes: ['relationship'],
    signedAt: 0,
    effectiveAt: 0,
    expiresAt: null,
    status: 'in_force',
    immunityNotice: true,
  } as const;
  await recordAgreement(control, agreement);
  const [plain, bound] = [await partnerToken(null), await partnerToken(agreement.id)];
  const ask = async ({ token }: { readonly token: string }) =>
    Promise.all(
      addresses.map(async (address) => {
        const headers = { authorization: `Bearer ${token}` };
        return (await post(`${address}/graphql`, headers, { query: names })).status;
      }),
    );
  for (const each of [plain, bound])
    await eventually(async () => (await ask(each)).every((status) => status === 200));
  await revokeToken(control, plain.id);
  await recordAgreement(control, { ...agreement, status: 'revoked' });
  await wait(1000);
  // Asked once: what comes a moment later would be too late. One that has not heard from the database for so long is closed.
  const [ofPlain, ofBound] = await Promise.all([ask(plain), ask(bound)]);
  expect([...ofPlain, ...ofBound].filter((status) => status !== 401 && status !== 503)).toEqual([]);
  for (const each of [plain, bound])
    await eventually(async () => (await ask(each)).every((status) => status === 401));
});

test('what a caller may ask is what each gateway gives, so three give three times as much', async () => {
  const partner = { roles: ['partner'], accounts: ['1'] };
  const answers = await Promise.all(Array.from({ length: 60 }, () => query(partner, names)));
  const given = answers.filter(({ status }) => status === 200).length;
  expect(given).toBeGreaterThanOrEqual(30);
  // And what a second or two has added.
  expect(given).toBeLessThan(45);
  expect(new Set(answers.filter(({ status }) => status !== 200).map(codeOf))).toEqual(
    new Set(['TOO_MANY_REQUESTS']),
  );
});

test('of two versions of the policy each gateway serves its own, and each entry names it', async () => {
  await writeFile(policyFile(0), withoutNames);
  void gateways[0]!.kill('SIGHUP');
  await eventually(async () => codeOf(await prepared.queryAt(addresses[0]!)(browser, names)) !== undefined);
  const answers = await many(12);
  expect(answers.map((answer) => [servedBy(answer), codeOf(answer)])).toEqual(
    answers.map((answer) =>
      servedBy(answer) === 0 ? [0, 'GRAPHQL_VALIDATION_FAILED'] : [servedBy(answer), undefined],
    ),
  );
  const entries = await entriesByLeaf();
  const versionsOf = (served: (number: number) => boolean) =>
    new Set(
      answers
        .filter((answer) => served(servedBy(answer)))
        .map((answer) => Buffer.from(entries.get(proofOf(answer).leaf)!.entry.policyVersion).toString('hex')),
    );
  const [newer, older] = [versionsOf((number) => number === 0), versionsOf((number) => number !== 0)];
  expect([newer.size, older.size]).toEqual([1, 1]);
  expect(gateways[0]!.errors()).toContain(`"policy":"${[...newer][0]!}"`);
  expect([...older]).not.toEqual([...newer]);
  await writeFile(policyFile(0), policy);
  void gateways[0]!.kill('SIGHUP');
  await eventually(async () => codeOf(await prepared.queryAt(addresses[0]!)(browser, names)) === undefined);
});

test('one that is killed under load takes no entry of an answer with it; the ledger of all is whole', async () => {
  const load = startLoad(balancer.address, await prepared.token({ roles: ['manager'] }), 'load', 9);
  const from = (number: number) => (sample: Parameters<typeof holdsData>[0]) =>
    holdsData(sample) && servedBy(sample.response!) === number;
  await load.until(20, from(1));
  await gateways[1]!.kill('SIGKILL');
  await load.until(10, from(0));
  await load.until(10, from(2));
  const samples = await load.stop();
  const stopped = await Promise.all([gateways[0]!, gateways[2]!].map((gateway) => gateway.kill('SIGTERM')));
  expect(stopped.map(({ code }) => code)).toEqual([0, 0]);
  // The kill met requests in flight, or proves nothing.
  expect(samples.filter(({ response }) => response === null || response.status === 502)).not.toEqual([]);
  const entries = await prepared.entries();
  expect(unentered(samples, entries, prepared.keys)).toEqual([]);
  const marks = entries.map(({ actor }) => (typeof actor === 'object' ? actor.justification : null));
  const ofLoad = marks.filter((mark) => mark?.startsWith('load-') === true);
  expect(new Set(ofLoad).size).toBe(ofLoad.length);
  const verified = await verifyDatabase(prepared.control, {
    enrolment: enrolmentPublicKey(prepared.keys),
    wrapping: prepared.keys.wrapping,
    folders: numbers.map(ledgerFolder),
  });
  expect(verified.faults).toEqual([]);
  // Each with its folder of last seals: of the killed one as well.
  expect(verified.batches).toBeGreaterThan(3);
});
