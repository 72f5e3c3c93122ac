import { isDeepStrictEqual } from 'node:util';
import { isGateway, type Lane, type Scenario } from '../scenarios/index.js';
import { ask, askCleared, WrongAnswer } from './ask.js';
import type { Contenders } from './contenders.js';

/** Keys over the whole range, its ends among them. */
function sample(scenario: Scenario, customers: number, many: boolean): readonly number[] {
  const last = scenario.lastKey(customers);
  const within = many ? [0.1, 0.37, 0.5, 0.83] : [0.37];
  return [1, ...within.map((share) => Math.ceil(last * share)), last];
}

type Masks = NonNullable<Lane['masks']>;

/** Replaces what these masks made of values by a sign, so that two answers can be compared for all else; lists what is no mask. */
function takeMasks(value: unknown, masks: Masks, wrong: string[]): unknown {
  if (Array.isArray(value)) return value.map((each: unknown) => takeMasks(each, masks, wrong));
  if (typeof value !== 'object' || value === null) return value;
  const taken = Object.entries(value).map(([name, each]: [string, unknown]) => {
    const isMask = masks[name];
    if (isMask === undefined) return [name, takeMasks(each, masks, wrong)] as const;
    if (!isMask(each)) wrong.push(name);
    return [name, 'mask'] as const;
  });
  return Object.fromEntries(taken);
}

const anything: Masks[string] = () => true;

/** What a lane gives at a key, its masks taken. @throws WrongAnswer where a mask is missing */
async function answerOf(
  contenders: Contenders,
  lane: Lane,
  at: { readonly key: number; readonly masked: readonly string[] },
): Promise<unknown> {
  const asking = lane.masks === undefined ? askCleared : ask;
  const { data, masked } = await asking(contenders.of(lane.server), lane, at.key);
  if (data === null || (Array.isArray(data) && data.length === 0))
    throw new WrongAnswer(`${lane.name} has nothing at key ${at.key}`);
  // Of a value that another lane of the workload gets masked, only that it is there is compared.
  const masks = lane.masks ?? Object.fromEntries(at.masked.map((name) => [name, anything]));
  const wrong: string[] = [];
  const taken = takeMasks(data, masks, wrong);
  if (wrong.length > 0) throw new WrongAnswer(`${lane.name} gives ${[...new Set(wrong)].join()} unmasked`);
  const named = lane.masks === undefined ? 0 : Object.keys(masks).length;
  if (isGateway(lane.server) && masked.length !== named)
    throw new WrongAnswer(`${lane.name} names ${masked.length} fields as masked, not ${named}`);
  return taken;
}

/**
 * Every lane of a workload gives the same values, masks aside, and those who get masks get them.
 * @param options.many of many keys, or of three
 * @throws WrongAnswer
 */
export async function checkAgreement(
  contenders: Contenders,
  scenario: Scenario,
  { many }: { readonly many: boolean },
): Promise<void> {
  const [first, ...others] = contenders.lanes(scenario);
  if (first === undefined) return;
  const masked = scenario.lanes.flatMap(({ masks = {} }) => Object.keys(masks));
  for (const key of sample(scenario, contenders.of(first.server).customers, many)) {
    const expected = await answerOf(contenders, first, { key, masked });
    for (const lane of others)
      if (!isDeepStrictEqual(await answerOf(contenders, lane, { key, masked }), expected))
        throw new WrongAnswer(`${lane.name} and ${first.name} differ in ${scenario.name} at key ${key}`);
  }
}
