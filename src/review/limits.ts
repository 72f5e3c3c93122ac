import type { CallerLimits, Policy, Role } from '../policy/index.js';

/** A limit by the key that people write it with, and what it counts. */
interface Written {
  readonly key: string;
  readonly unit: 'count' | 'bytes' | 'milliseconds';
}

const count = (key: string): Written => ({ key, unit: 'count' });
const bytes = (key: string): Written => ({ key, unit: 'bytes' });
const milliseconds = (key: string): Written => ({ key, unit: 'milliseconds' });

const written: Readonly<Record<keyof CallerLimits, Written>> = {
  rootDefault: count('page.root'),
  nestedDefault: count('page.nested'),
  max: count('page.max'),
  flatMax: count('page.flat'),
  filterTerms: count('filterTerms'),
  filterRelationsDeep: count('filterRelationsDeep'),
  listItems: count('listItems'),
  relationsDeep: count('relationsDeep'),
  tokens: count('tokens'),
  directives: count('directives'),
  aliases: count('aliases'),
  rootFields: count('rootFields'),
  reach: count('reach'),
  cost: count('cost'),
  bodyBytes: bytes('body'),
  responseBytes: bytes('response'),
  statementMs: milliseconds('statementTime'),
  requestMs: milliseconds('requestTime'),
  atOnce: count('atOnce'),
  requestsPerSecond: count('requestsPerSecond'),
};

const names = Object.keys(written) as (keyof CallerLimits)[];

/** Largest first, so that a number is said in the largest unit that it is a whole number of. */
const units: Readonly<Record<Written['unit'], readonly (readonly [name: string, size: number])[]>> = {
  count: [],
  bytes: [
    ['GiB', 2 ** 30],
    ['GB', 1e9],
    ['MiB', 2 ** 20],
    ['MB', 1e6],
    ['KiB', 2 ** 10],
    ['kB', 1e3],
  ],
  milliseconds: [
    ['m', 60_000],
    ['s', 1000],
    ['ms', 1],
  ],
};

/** `300`, `16MiB`, `5s`: as it is written in a policy. */
function amount(value: number, unit: Written['unit']): string {
  const [name, size] = units[unit].find(([, each]) => value % each === 0) ?? ['', 1];
  return `${value / size}${name}`;
}

/** `page.max 300, requestTime 5s`: what a role has of its own; empty for one that has the deployment's. */
export function limitWords({ limits = {} }: Role): string {
  return names
    .flatMap((name) => {
      const value = limits[name];
      return value === undefined ? [] : [`${written[name].key} ${amount(value, written[name].unit)}`];
    })
    .join(', ');
}

/** A limit of a role that is another than before: how much it may ask for at once, and never what. */
export interface LimitChange {
  readonly role: string;
  /** As it is written: `page.max`. */
  readonly limit: string;
  /** As they are written: `100`, `5s`. */
  readonly before: string;
  readonly after: string;
  readonly raised: boolean;
}

/**
 * The limits of roles that two versions of a policy give differently. A role that does not name one has the deployment's,
 * and so had one that was not there before.
 */
export function diffLimits(before: Policy, after: Policy, deployment: CallerLimits): readonly LimitChange[] {
  return [...after.roles.values()].flatMap((role) =>
    names.flatMap((name): LimitChange[] => {
      const { key, unit } = written[name];
      const was = before.roles.get(role.name)?.limits?.[name] ?? deployment[name];
      const is = role.limits?.[name] ?? deployment[name];
      if (was === is) return [];
      const [from, to] = [amount(was, unit), amount(is, unit)];
      return [{ role: role.name, limit: key, before: from, after: to, raised: is > was }];
    }),
  );
}
