import fc from 'fast-check';
import type { ColumnField, RelationField, TypeModel } from '../../src/model/index.js';
import type { TestGateway } from '../support/gateway.js';
import { askSchema, type Node } from './ask.js';
import { callers, describeWithSamples, startDeployment, type CallerName } from './deployment.js';
import { Expected } from './expected.js';
import { Joins } from './joins.js';
import { giveRecord, selections, textOf, type Ground, type Met, type Piece } from './selection.js';
import { columnFields, isSorted, readStored, type Stored, type StoredRow } from './stored.js';
import { totals, withTrimmedSums, type Total } from './totals.js';
import { filters, orders, type Filter, type Order } from './where-arbitrary.js';

/**
 * Whole operations, made at random, are answered as a walk through the stored rows answers them: whose rows, which
 * values and masks, filters through relations, orders, pages from either end, aggregates and groups.
 */

/** How many; `CORDON_OPERATIONS=50000` takes half an hour. */
const runs = Number(process.env['CORDON_OPERATIONS'] ?? 2000);

/** One type as one caller sees it. */
interface Place extends Ground {
  readonly caller: CallerName;
  readonly type: TypeModel;
}

interface Operation {
  readonly place: Place;
  readonly filter: Filter;
  readonly order: Order;
  readonly first: number;
  readonly pieces: readonly Piece[];
  readonly total: Total;
  /** The second page: from behind or before a record of the first. */
  readonly turn: { readonly at: number; readonly size: number; readonly backward: boolean };
}

interface Connection {
  readonly edges: readonly { readonly cursor: string; readonly node: Node }[];
  readonly pageInfo: { readonly startCursor: string | null; readonly endCursor: string | null };
}

const asked: readonly CallerName[] = [
  ...(['director', 'sales', 'support', 'analyst', 'partner', 'buyer', 'listener'] as const),
  ...(['market', 'fieldwork', 'partnerAndAnalyst', 'partnerAndMarket', 'salesAndSupport'] as const),
];

const named = (names: readonly string[] | undefined, name: string): boolean => names?.includes(name) === true;

/** The column fields that may be compared and sorted by, as the caller's schema has them. */
function compared({ schema }: Ground, type: TypeModel): readonly ColumnField[] {
  // What filters may only ask of whether there is a value, orders do not offer.
  return columnFields(type).filter(({ name }) => named(schema.get(`${type.name}OrderBy`), name));
}

/** Each record is met from many others. */
function remembered(holds: Filter['holds']): Filter['holds'] {
  const known = new WeakMap<StoredRow, boolean>();
  return (row) => {
    const found = known.get(row) ?? holds(row);
    known.set(row, found);
    return found;
  };
}

/** Filters through the relations that the caller's schema offers, two deep. */
function relatedFilters(ground: Ground, type: TypeModel, deep: number): fc.Arbitrary<Filter> | null {
  const relations = [...type.fields.values()].filter(
    (field): field is RelationField =>
      field.kind === 'relation' && named(ground.schema.get(`${type.name}Where`), field.name),
  );
  if (deep === 0 || relations.length === 0) return null;
  return fc.constantFrom(...relations).chain((field) => {
    const target = ground.types.get(field.target)!;
    const { joins } = ground;
    return filtersOf(ground, target, deep - 1).chain(({ argument, holds }) => {
      const inner: Filter = { argument, holds: remembered(holds) };
      if (!field.many)
        return fc.constant<Filter>({
          argument: { [field.name]: inner.argument },
          holds: (row) => joins.follow(field, row).slice(0, 1).some(inner.holds),
        });
      const many = {
        some: (rows: readonly StoredRow[]) => rows.some(inner.holds),
        every: (rows: readonly StoredRow[]) => rows.every(inner.holds),
        none: (rows: readonly StoredRow[]) => !rows.some(inner.holds),
      };
      return fc
        .constantFrom('some' as const, 'every' as const, 'none' as const)
        .map((quantifier): Filter => ({
          argument: { [field.name]: { [quantifier]: inner.argument } },
          holds: (row) => many[quantifier](joins.follow(field, row)),
        }));
    });
  });
}

/** Those that filters look into, which no order is by. */
function lookedInto({ schema }: Ground, type: TypeModel): readonly ColumnField[] {
  const offered = columnFields(type).filter(({ name }) => named(schema.get(`${type.name}Where`), name));
  return offered.filter((field) => !isSorted(field) && field.type.name !== 'Base64');
}

function filtersOf(ground: Ground, type: TypeModel, deep: number): fc.Arbitrary<Filter> {
  return filters(
    [...compared(ground, type), ...lookedInto(ground, type)],
    ground.expected.rows(type),
    relatedFilters(ground, type, deep),
  );
}

function operations(places: readonly Place[]): fc.Arbitrary<Operation> {
  return fc
    .constantFrom(...places)
    .chain((place) =>
      fc.record({
        place: fc.constant(place),
        filter: filtersOf(place, place.type, 2),
        order: orders(compared(place, place.type)),
        first: fc.nat({ max: 15 }),
        pieces: selections(place.type, 2, place),
        total: totals(compared(place, place.type)),
        turn: fc.record({ at: fc.nat({ max: 14 }), size: fc.nat({ max: 10 }), backward: fc.boolean() }),
      }),
    )
    .map((operation) => ({ ...operation, [fc.toStringMethod]: () => describeOperation(operation) }));
}

/** For whoever has to find out why one is answered otherwise. */
function describeOperation(operation: Operation): string {
  const { place, filter, order, first, turn } = operation;
  const variables = { first, where: filter.argument, orderBy: order.argument };
  return `${place.caller}: ${documentOf(operation)} ${JSON.stringify({ variables, turn })}`;
}

const documentOf = ({ place: { type }, pieces, total }: Operation): string =>
  `query($first: Int, $last: Int, $after: String, $before: String, $where: ${type.name}Where, $orderBy: [${type.name}OrderBy!]) {
    ${type.plural}(first: $first, last: $last, after: $after, before: $before, where: $where, orderBy: $orderBy) {
      edges { cursor node { ${textOf(pieces)} } }
      pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
      totalCount
      ${total.text}
    } }`;

describeWithSamples('any operation gives what a walk through the rows gives', () => {
  let gateway: TestGateway;
  let stored: Stored;
  beforeAll(async () => {
    // What is made at random may be larger, and take longer, than anything that somebody should ask for.
    const patience = { statementMs: 60_000, requestMs: 60_000 };
    gateway = await startDeployment({ filterTerms: 2000, reach: 1_000_000, ...patience });
    stored = await readStored(gateway);
  });
  afterAll(() => gateway.dispose());

  async function placesOf(caller: CallerName): Promise<Place[]> {
    const expected = new Expected(gateway, callers[caller], stored);
    const schema = await askSchema(gateway, callers[caller]);
    const ground: Ground = {
      expected,
      joins: new Joins(gateway, expected),
      types: gateway.model.types,
      schema,
    };
    return [...gateway.model.types.values()].flatMap((type) =>
      schema.has(type.name) && compared(ground, type).length > 0 ? [{ ...ground, caller, type }] : [],
    );
  }

  /** Asks for one page and holds it to `[from, to)` of all that match. */
  async function page(
    operation: Operation,
    all: readonly StoredRow[],
    [from, to]: readonly [number, number],
    variables: Readonly<Record<string, unknown>>,
  ): Promise<Connection> {
    const { place, pieces, total, filter, order } = operation;
    const { type } = place;
    const { body } = await gateway.query(callers[place.caller], documentOf(operation), {
      ...variables,
      where: filter.argument,
      orderBy: order.argument,
    });
    expect(body.errors).toBeUndefined();
    const answer = body.data![type.plural] as Connection;
    const met: Met = new Set();
    const cursors = answer.edges.map(({ cursor }) => cursor);
    expect(withTrimmedSums(answer)).toEqual({
      edges: all.slice(from, to).map((row) => ({
        cursor: expect.any(String) as unknown,
        node: giveRecord(type, pieces, row, met),
      })),
      pageInfo: {
        hasNextPage: to < all.length,
        hasPreviousPage: from > 0,
        startCursor: cursors[0] ?? null,
        endCursor: cursors.at(-1) ?? null,
      },
      totalCount: all.length,
      ...total.give(all),
    });
    return answer;
  }

  test(
    `${runs} of them`,
    async () => {
      const places = (await Promise.all(asked.map(placesOf))).flat();
      await fc.assert(
        fc.asyncProperty(operations(places), async (operation) => {
          const { place, filter, order, first, turn } = operation;
          const all = order.sorted(place.expected.rows(place.type).filter(filter.holds));
          const start = await page(operation, all, [0, Math.min(first, all.length)], { first });
          const at = turn.at % Math.max(start.edges.length, 1);
          const cursor = start.edges[at]?.cursor;
          if (cursor === undefined) return;
          if (turn.backward)
            await page(operation, all, [Math.max(at - turn.size, 0), at], {
              last: turn.size,
              before: cursor,
            });
          else {
            const to = Math.min(at + 1 + turn.size, all.length);
            await page(operation, all, [at + 1, to], { first: turn.size, after: cursor });
          }
        }),
        // Making one smaller asks for minutes, in which this would run out of its time and say nothing.
        { numRuns: runs, endOnFailure: true },
      );
    },
    120_000 + runs * 60,
  );
});
