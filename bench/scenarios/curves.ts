import type { DemoToken } from '../../src/demo/index.js';
import { partRole } from '../deployment/parts.js';
import type { PartsSize } from '../rig/parts-config.js';

/** One size of something, and who asks what of which gateway. */
export interface Point {
  readonly size: number;
  readonly gateway: PartsSize;
  readonly query: string;
  /** Keys to draw from: 1 up to this. */
  readonly lastKey: number;
  readonly callers: readonly DemoToken[];
}

/** How the cost of a request goes with the size of one thing, all else being the same. */
export interface Curve {
  readonly name: string;
  /** What is asked, and what differs. */
  readonly title: string;
  readonly points: readonly Point[];
}

/** Rows of each table that is not one of `tableSizes`. */
export const rowsEach = 200;
const roles = 100;

const caller = (more: Partial<DemoToken> = {}, scopes: readonly string[] = ['read:*']): DemoToken => ({
  subject: 'reader',
  roles: [partRole(1)],
  organisation: null,
  ttlSeconds: 86_400,
  ...more,
  claims: { scopes },
});

const fields = 'id code name price quantity';
const oneOf = (field: string, selection = fields) =>
  `query One($key: ID!) { ${field}(id: $key) { ${selection} } }`;
const nested = (depth: number): string =>
  depth === 0 ? fields : `${fields} parent { ${nested(depth - 1)} }`;

/** Coordinates by which views differ; none is asked for. */
const besides = Array.from({ length: 10 }, (_, i) => `Part${1 + (i % 5)}.${i < 5 ? 'madeOn' : 'changedAt'}`);
const asked = fields.split(' ').map((field) => `Part9.${field}`);
const scopesOf = (view: number) =>
  [...asked, ...besides.filter((_, bit) => (view & (1 << bit)) !== 0)].map((each) => `read:${each}`);
const times = <T>(count: number, make: (i: number) => T): readonly T[] =>
  Array.from({ length: count }, (_, i) => make(i));

/** How far the sizes go. */
export interface Extent {
  /** Rows of tables that differ by them alone. */
  readonly tableSizes: readonly number[];
  readonly types: readonly number[];
  /** Sizes of any other kind that are left out above this. */
  readonly most: number;
}

/** A smoke run's extent measures nothing: it shows that all of it works. */
export const extents: Readonly<Record<'full' | 'smoke', Extent>> = {
  full: { tableSizes: [1000, 10_000, 100_000, 1_000_000], types: [10, 100, 1000], most: Infinity },
  smoke: { tableSizes: [1000], types: [10, 12], most: 3 },
};

export function curvesTo({ tableSizes, types, most }: Extent): readonly Curve[] {
  const [fewest = 10] = types;
  const usual = {
    gateway: { types: fewest, roles, tableSizes },
    query: oneOf('part9'),
    lastKey: rowsEach,
    callers: [caller()],
  };
  const curve = (
    name: string,
    title: string,
    sizes: readonly number[],
    at: (size: number) => Partial<Point>,
  ): Curve => ({ name, title, points: sizes.map((size) => ({ ...usual, size, ...at(size) })) });
  const upTo = (...sizes: readonly number[]) => sizes.filter((size) => size <= most);
  return [
    curve('rows', 'a record by its key, by the rows of its table', tableSizes, (rows) => ({
      query: oneOf(`sized${rows}`),
      lastKey: rows,
    })),
    curve('page', 'a page of records, by its size', upTo(1, 3, 10, 30, 100), (size) => ({
      query: `query Page($key: ID!) { part9s(first: ${size}, where: { id: { gt: $key } }) { nodes { ${fields} } } }`,
      lastKey: rowsEach - 100,
    })),
    curve(
      'depth',
      'a record and those above it, by the relations in a row',
      upTo(0, 1, 2, 4, 6),
      (depth) => ({
        query: oneOf('part9', nested(depth)),
      }),
    ),
    curve('roles', 'a record, by the roles that its caller has', upTo(1, 2, 5, 10), (count) => ({
      callers: [caller({ roles: times(count, (i) => partRole(i + 1)) })],
    })),
    curve(
      'tokens',
      'a record, by the tokens that ask in turns',
      upTo(1, 3, 10, 100, 1000, 10_000),
      (count) => ({
        callers: times(count, () => caller()),
      }),
    ),
    curve(
      'views',
      'a record, by the views of those who ask in turns',
      upTo(1, 3, 10, 100, 1000),
      (count) => ({
        callers: times(count, (i) => caller({}, scopesOf(i))),
      }),
    ),
    curve('types', 'a record, by the types of the schema', types, (count) => ({
      gateway: { types: count, roles, tableSizes: count === fewest ? tableSizes : [] },
    })),
  ];
}
