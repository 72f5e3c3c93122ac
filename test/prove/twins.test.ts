import {
  assertTwins,
  load,
  makeTwins,
  proveCallers,
  seededRandom,
  tableKey,
  TwinsDifferError,
  type Dataset,
  type ProveCaller,
  type Twins,
} from '../../src/prove/index.js';
import { shop } from '../support/deployments.js';
import { provedDeployments } from './deployments.js';
import { demoGround, groundFrom, provedGround, type TestGround } from './grounds.js';

/** Sets of twins for each deployment; more of them by the environment, for long runs. */
const RUNS = Number(process.env.CORDON_PROVE_RUNS ?? 4);
const SIZE = 20;

const grounds: readonly (readonly [string, () => Promise<TestGround>])[] = [
  ['the demo', demoGround],
  ['the shop', () => groundFrom(shop.sources, shop.sdl, shop.policy)],
  ...provedDeployments
    .filter(({ missing }) => missing === null)
    .map((deployment) => [deployment.name, () => provedGround(deployment)] as const),
];
for (const { missing } of provedDeployments) if (missing !== null) console.warn(missing);

describe.each(grounds)('twins for %s', (_name, make) => {
  let ground: TestGround;
  beforeAll(async () => {
    ground = await make();
  });
  afterAll(() => ground.dispose());

  function* runs(count: number): Generator<{ readonly caller: ProveCaller; readonly twins: Twins }> {
    for (let left = count, i = 0; left > 0; i += 1) {
      const random = seededRandom(`twins ${i}`);
      const callers = random.shuffle(proveCallers(ground.model, random)).slice(0, left);
      left -= callers.length;
      for (const caller of callers)
        yield { caller, twins: makeTwins(ground, caller, random.fork(caller.name), SIZE) };
    }
  }

  test('are loaded without an error, differ, and are one however their rows are stored', async () => {
    let reverted = 0;
    for (const { caller, twins } of runs(RUNS)) {
      for (const [source, client] of ground.clients)
        for (const dataset of [twins.a, twins.b, twins.shuffled]) await load(client, source, dataset);
      const turned = [...twins.a.tables].map(([key, rows]) => [key, rows.toReversed()] as const);
      assertTwins(ground.model, caller, twins.a, { tables: new Map(turned) });
      if (twins.reverted.length > 0) reverted += 1;
    }
    // Now and then something is changed in sight after all, and taken back.
    expect(reverted).toBeLessThanOrEqual(RUNS / 10);
  });

  test('are the same for the same seed, and others for another', () => {
    const text = ({ a, b, shuffled, secrets, literals }: Twins) =>
      JSON.stringify([...[a, b, shuffled].map(({ tables }) => [...tables]), secrets, [...literals]]);
    const [first] = [...runs(1)];
    const [again] = [...runs(1)];
    expect(text(again!.twins)).toEqual(text(first!.twins));
    const random = seededRandom('other twins');
    const caller = proveCallers(ground.model, random).find(({ name }) => name === first!.caller.name);
    if (caller !== undefined)
      expect(text(makeTwins(ground, caller, random, SIZE))).not.toEqual(text(first!.twins));
  });

  test('in which something in sight was changed are found', () => {
    const random = seededRandom('sight');
    const [caller] = proveCallers(ground.model, random);
    const { a, b } = makeTwins(ground, caller!, random, SIZE);
    assertTwins(ground.model, caller!, a, b);
    const [type] = [...ground.model.types.values()].filter(
      ({ source, schema, table }) => (b.tables.get(tableKey(source, schema, table))?.length ?? 0) > 0,
    );
    const key = tableKey(type!.source, type!.schema, type!.table);
    const [row, ...others] = b.tables.get(key)!;
    const changed = { ...row!, [type!.key[0]!.name]: '77' };
    const tables: Dataset['tables'] = new Map([...b.tables, [key, [changed, ...others]]]);
    expect(() => assertTwins(ground.model, caller!, a, { tables })).toThrow(TwinsDifferError);
  });
});
