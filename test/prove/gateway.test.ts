import pg from 'pg';
import {
  load,
  makeTwins,
  proveCallers,
  seededRandom,
  type Dataset,
  type ProveCaller,
} from '../../src/prove/index.js';
import { pluralNameOf } from '../../src/model/index.js';
import { shop } from '../support/deployments.js';
import { startTestGateway, type TestCaller, type TestGateway } from '../support/gateway.js';
import { groundFrom, type TestGround } from './grounds.js';

/** The claim by which the tests' issuer says whose rows a caller sees is called `accounts`. */
const asTestCaller = ({ roles, subject, claims, purpose, organisation }: ProveCaller): TestCaller => ({
  roles,
  subject,
  organisation,
  accounts: claims.accounts ?? [],
  ...(purpose === null ? {} : { headers: { 'Cordon-Purpose': purpose } }),
});

let ground: TestGround;
let gateway: TestGateway;
beforeAll(async () => {
  ground = await groundFrom(shop.sources, shop.sdl, shop.policy);
  gateway = await startTestGateway(shop);
});
afterAll(async () => {
  await gateway.dispose();
  await ground.dispose();
});

interface Introspected {
  readonly __type: {
    readonly fields: readonly {
      readonly name: string;
      readonly args: readonly object[];
      readonly type: { readonly kind: string; readonly ofType: { readonly kind: string } | null };
    }[];
  } | null;
}

/** Everything that a caller's schema gives of each type, and how many records there are. */
async function everything(caller: TestCaller): Promise<readonly string[]> {
  const documents = [...ground.model.types.keys()].map(async (type) => {
    const { body } = await gateway.query(
      caller,
      `{ __type(name: "${type}") { fields { name args { name } type { kind ofType { kind } } } } }`,
    );
    const fields = (body.data as unknown as Introspected).__type?.fields ?? [];
    const scalars = fields
      .filter(({ type: { kind, ofType } }) => (ofType?.kind ?? kind) === 'SCALAR')
      .map(({ name }) => name);
    return scalars.length === 0
      ? []
      : [`{ ${pluralNameOf(type)}(first: 100) { totalCount nodes { ${scalars.join(' ')} } } }`];
  });
  return (await Promise.all(documents)).flat();
}

async function answers(dataset: Dataset, who: TestCaller): Promise<readonly string[]> {
  for (const [source, { config }] of gateway.sources) {
    const client = new pg.Client(config);
    await client.connect();
    await load(client, source, dataset);
    await client.end();
  }
  const documents = await everything(who);
  const responses = await Promise.all(documents.map((document) => gateway.query(who, document)));
  return responses.map(({ status, text }) => `${status} ${text}`);
}

/** Callers that are tried; more of them by the environment. */
const CALLERS = Number(process.env.CORDON_PROVE_RUNS ?? 4);
const SIZE = 20;

test('a gateway answers twins alike', async () => {
  const random = seededRandom('gateway');
  const callers = random.shuffle(proveCallers(ground.model, random)).slice(0, CALLERS);
  for (const caller of callers) {
    const who = asTestCaller(caller);
    const { a, b, shuffled, secrets } = makeTwins(ground, caller, random.fork(caller.name), SIZE);
    const expected = await answers(a, who);
    expect([caller.name, expected.filter((text) => !text.startsWith('200 '))]).toEqual([caller.name, []]);
    expect([caller.name, await answers(b, who)]).toEqual([caller.name, expected]);
    expect([caller.name, await answers(shuffled, who)]).toEqual([caller.name, expected]);
    expect(secrets.filter((secret) => expected.join().includes(secret))).toEqual([]);
  }
});

test('and whoever may see what they differ in is told it', async () => {
  const random = seededRandom('control');
  const callers = proveCallers(ground.model, random);
  const browser = callers.find(({ name }) => name === 'browser')!;
  const manager = asTestCaller(callers.find(({ name }) => name === 'manager for audit-tax')!);
  const { a, b, secrets } = makeTwins(ground, browser, random, SIZE);
  const [first, second] = [await answers(a, manager), await answers(b, manager)];
  expect(second).not.toEqual(first);
  expect(secrets.filter((secret) => first.join().includes(secret)).length).toBeGreaterThan(5);
});
