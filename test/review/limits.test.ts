import { defaultLimits } from '../../src/limits.js';
import { parsePolicy, type Policy } from '../../src/policy/index.js';
import { diffLimits, limitWords } from '../../src/review/limits.js';

/** A policy of these roles, each with the limits that are written for it. */
function policy(roles: Readonly<Record<string, string | null>>): Policy {
  const lines = Object.entries(roles).map(
    ([name, limits]) =>
      `  ${name}: { rows: all, clear: [pricing]${limits === null ? '' : `, limits: ${limits}`} }`,
  );
  const text = `classes: { pricing: { title: What they pay } }\nroles:\n${lines.join('\n')}\n`;
  const parsed = parsePolicy(text, 'policy.yaml');
  if ('problems' in parsed) throw new Error(JSON.stringify(parsed.problems));
  return parsed.policy;
}

/** `page.max 3` as `{ page: { max: 3 } }` */
const asWritten = (words: string): string => {
  const [key = '', value = ''] = words.split(' ');
  return `{ ${key
    .split('.')
    .reduceRight((inner, step) => `${step}: ${inner.includes(':') ? `{ ${inner} }` : inner}`, value)} }`;
};

const roleOf = ({ roles }: Policy, name: string) => roles.get(name)!;

/** Those of one caller: the others of a deployment are no role's. */
const ofAll = ['tokenBytes', 'viewCacheBytes', 'inFlight', 'sendMs', 'unsentBytes', 'loopDelayMs'];
const ofCallers = Object.keys(defaultLimits).filter((name) => !ofAll.includes(name));

test.each(ofCallers)('what is said of %s is what is written for it', (name) => {
  const words = limitWords({ ...roleOf(policy({ a: null }), 'a'), limits: { [name]: 5000 } });
  expect(roleOf(policy({ a: asWritten(words) }), 'a').limits).toEqual({ [name]: 5000 });
});

test('sizes and times are said in the largest unit that they are whole in', () => {
  const limits = { bodyBytes: 2 ** 21, responseBytes: 100_000, statementMs: 500, requestMs: 120_000 };
  expect(limitWords({ ...roleOf(policy({ a: null }), 'a'), limits })).toBe(
    'body 2MiB, response 100kB, statementTime 500ms, requestTime 2m',
  );
  expect(limitWords(roleOf(policy({ a: null }), 'a'))).toBe('');
});

test('a role that names none has the deployment’s, before and after, and so had one that is new', () => {
  const before = policy({ same: '{ reach: 50 }', freed: '{ reach: 50 }', gone: '{ reach: 7 }' });
  const after = policy({ same: '{ reach: 50, cost: 25000 }', freed: null, new: '{ page: { max: 500 } }' });
  expect(diffLimits(before, after, defaultLimits)).toEqual([
    { role: 'freed', limit: 'reach', before: '50', after: '10000', raised: true },
    { role: 'new', limit: 'page.max', before: '100', after: '500', raised: true },
  ]);
});
