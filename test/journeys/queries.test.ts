import fc from 'fast-check';
import type { ColumnField, TypeModel } from '../../src/model/index.js';
import type { TestGateway } from '../support/gateway.js';
import { askAll, askPage, askSchema, type Node } from './ask.js';
import { callers, describeWithSamples, startDeployment, typeNames, type CallerName } from './deployment.js';
import { Expected } from './expected.js';
import { Joins } from './joins.js';
import { columnFields, isSorted, keyOf, readStored, type Stored, type StoredRow } from './stored.js';
import { filters, orders } from './where-arbitrary.js';

/** A connection below a record. */
interface Nested {
  readonly edges: readonly { readonly cursor: string; readonly node: Node }[];
  readonly totalCount: number;
  readonly pageInfo: { readonly hasNextPage: boolean };
}

describeWithSamples('filters, orders and pages over two databases that others made', () => {
  let gateway: TestGateway;
  let stored: Stored;
  beforeAll(async () => {
    gateway = await startDeployment();
    stored = await readStored(gateway);
  });
  afterAll(() => gateway.dispose());

  const typeOf = (name: string): TypeModel => gateway.model.types.get(name)!;
  const keyNames = (type: TypeModel): string => type.keyFields.map(({ name }) => name).join(' ');
  const keyIn = (type: TypeModel, node: Node): string =>
    type.keyFields.map(({ name }) => String(node[name])).join(' ');
  const comparable = (type: TypeModel): readonly ColumnField[] => columnFields(type).filter(isSorted);

  test.each(typeNames)(
    'the whole of %s in the order of each field, either way, as SQL sorts it',
    async (name) => {
      const type = typeOf(name);
      const database = gateway.sources.get(type.source)!;
      const key = type.key.map((column) => `"${column.name}"::text`).join(` || ' ' || `);
      // Three pages at least, so that two cursors carry on from within ties and nulls.
      const first = Math.min(1000, Math.ceil(stored.rows(name).length / 3));
      for (const field of comparable(type)) {
        for (const [direction, nulls] of [
          ['ASC', 'last'],
          ['DESC', 'first'],
        ] as const) {
          const ties = type.key.map((column) => `"${column.name}" ${direction}`).join(', ');
          const { rows } = await database.query<{ key: string }>(
            `select ${key} as key from "${type.table}" order by "${field.column.name}" ${direction} nulls ${nulls}, ${ties}`,
          );
          const nodes = await askAll(gateway, callers.director, type, keyNames(type), {
            first,
            orderBy: [{ [field.name]: direction }],
          });
          expect([field.coordinate, direction, nodes.map((node) => keyIn(type, node))]).toEqual([
            field.coordinate,
            direction,
            rows.map((row) => row.key),
          ]);
        }
      }
    },
  );

  const offered = (schema: ReadonlyMap<string, readonly string[]>, input: string): readonly string[] =>
    (schema.get(input) ?? []).filter((name) => !['and', 'or', 'not'].includes(name));

  /** Those of the fields that a filter goes by which an order goes by too: a relation to many has no one value. */
  const sortedBy = (type: TypeModel, names: readonly string[]): readonly string[] =>
    names.filter((name) => {
      const field = type.fields.get(name);
      return field?.kind === 'column' ? comparable(type).includes(field) : field?.many === false;
    });

  test('are offered on what is clear in every row, and on nothing else', async () => {
    const director = await askSchema(gateway, callers.director);
    for (const type of gateway.model.types.values()) {
      const names = [...type.fields.values()]
        // Of bytes, too, it can be asked whether there are any.
        .filter((field) => field.kind === 'column' || !field.crossSource)
        .map(({ name }) => name);
      expect(offered(director, `${type.name}Where`)).toEqual(names);
      expect(offered(director, `${type.name}OrderBy`)).toEqual(sortedBy(type, names));
    }
    for (const caller of ['sales', 'support', 'analyst', 'partnerAndAnalyst', 'partnerAndMarket'] as const) {
      const schema = await askSchema(gateway, callers[caller]);
      const expected = new Expected(gateway, callers[caller], stored);
      for (const type of gateway.model.types.values()) {
        const names = offered(schema, `${type.name}Where`);
        expect(offered(schema, `${type.name}OrderBy`)).toEqual(sortedBy(type, names));
        const fields = expected.fields(type).filter(({ name }) => names.includes(name));
        const notClear = fields.filter((field) =>
          expected.rows(type).some((row) => expected.decision(type, field, row) !== 'CLEAR'),
        );
        expect(notClear.map(({ coordinate }) => coordinate)).toEqual([]);
        const open = expected.fields(type).filter(({ mark }) => mark.kind === 'open');
        expect(names).toEqual(expect.arrayContaining(open.map(({ name }) => name)));
      }
    }
  });

  test('a condition that is unmet refuses the operation that filters or sorts by its class', async () => {
    for (const [document, code] of [
      ['{ employees(where: { hireDate: { lt: "1993-01-01" } }) { totalCount } }', 'PURPOSE_REQUIRED'],
      ['{ shopEmployees(orderBy: [{ birthDate: DESC }]) { totalCount } }', 'MFA_REQUIRED'],
      [
        '{ shopEmployees { nodes { reports(where: { birthDate: { isNull: true } }) { totalCount } } } }',
        'MFA_REQUIRED',
      ],
    ] as const) {
      const refused = await gateway.query(callers.directorInPassing, document);
      expect([refused.status, refused.body.errors![0]!.extensions.code]).toEqual([403, code]);
      expect((await gateway.query(callers.director, document)).status).toBe(200);
    }
  });

  /** A type and what the caller may compare in it, chosen before anything else. */
  interface Ground {
    readonly caller: CallerName;
    readonly type: TypeModel;
    readonly fields: readonly ColumnField[];
    readonly rows: readonly StoredRow[];
  }

  async function groundOf(caller: CallerName): Promise<Ground[]> {
    const schema = await askSchema(gateway, callers[caller]);
    const expected = new Expected(gateway, callers[caller], stored);
    return [...gateway.model.types.values()].flatMap((type) => {
      const names = offered(schema, `${type.name}Where`);
      const fields = comparable(type).filter(({ name }) => names.includes(name));
      return fields.length === 0 ? [] : [{ caller, type, fields, rows: expected.rows(type) }];
    });
  }

  const operations = (grounds: readonly Ground[]) =>
    fc.constantFrom(...grounds).chain((ground) =>
      fc.record({
        ground: fc.constant(ground),
        filter: filters(ground.fields, ground.rows),
        order: orders(ground.fields),
        first: fc.nat({ max: 40 }),
        pages: fc.integer({ min: 1, max: 3 }),
      }),
    );

  test('any filter, order and page gives what the rows themselves give', async () => {
    const names = ['director', 'sales', 'partner', 'listener', 'partnerAndMarket'] as const;
    const grounds = (await Promise.all(names.map(groundOf))).flat();
    await fc.assert(
      fc.asyncProperty(operations(grounds), async ({ ground, filter, order, first, pages }) => {
        const { caller, type, rows } = ground;
        const matching = order.sorted(rows.filter(filter.holds));
        let after: string | null = null;
        for (let page = 0; page < pages; page += 1) {
          const answered = await askPage(gateway, callers[caller], type, keyNames(type), {
            first,
            where: filter.argument,
            orderBy: order.argument,
            after,
          });
          const from = page * first;
          expect({
            totalCount: answered.page.totalCount,
            keys: answered.page.nodes.map((node) => keyIn(type, node)),
            hasNextPage: answered.page.pageInfo.hasNextPage,
            hasPreviousPage: answered.page.pageInfo.hasPreviousPage,
          }).toEqual({
            totalCount: matching.length,
            keys: matching.slice(from, from + first).map((row) => keyOf(type, row).join(' ')),
            hasNextPage: matching.length > from + first,
            hasPreviousPage: page > 0,
          });
          after = answered.page.pageInfo.endCursor;
          if (after === null) break;
        }
      }),
      { numRuns: 150 },
    );
  });

  /** Relations to many that the caller can filter, with their grounds on both sides. */
  const relations = (grounds: readonly Ground[]) =>
    grounds.flatMap((from) =>
      [...from.type.fields.values()].flatMap((field) => {
        const to = grounds.find(({ type }) => field.kind === 'relation' && type.name === field.target);
        return field.kind === 'relation' && field.many && !field.list && to !== undefined
          ? [{ from, field, to }]
          : [];
      }),
    );

  test('and so does any within a relation, for every record above it at once', async () => {
    // Seventeen records above, so that a cursor of one of them is used with the others.
    const parents = 17;
    const joins = new Joins(gateway, new Expected(gateway, callers.director, stored));
    const arbitrary = fc.constantFrom(...relations(await groundOf('director'))).chain((relation) =>
      fc.record({
        relation: fc.constant(relation),
        filter: filters(relation.to.fields, relation.to.rows),
        order: orders(relation.to.fields),
        first: fc.integer({ min: 1, max: 6 }),
      }),
    );
    await fc.assert(
      fc.asyncProperty(arbitrary, async ({ relation: { from, field, to }, filter, order, first }) => {
        const above = from.rows.slice(0, parents);
        const matching = order.sorted(to.rows.filter(filter.holds));
        const place = new Map(matching.map((row, i) => [keyOf(to.type, row).join(' '), i]));
        const below = above.map((row) => {
          const related = new Set(joins.follow(field, row));
          return matching.filter((other) => related.has(other));
        });
        const document = `query($first: Int, $after: String, $where: ${to.type.name}Where, $orderBy: [${to.type.name}OrderBy!]) {
          ${from.type.plural}(first: ${parents}) { nodes { ${field.name}(first: $first, after: $after, where: $where, orderBy: $orderBy) {
            edges { cursor node { ${keyNames(to.type)} } } totalCount pageInfo { hasNextPage } } } } }`;
        const ask = async (after: string | null, behind: number): Promise<string | null> => {
          const { body } = await gateway.query(callers.director, document, {
            first,
            after,
            where: filter.argument,
            orderBy: order.argument,
          });
          const { nodes } = body.data![from.type.plural] as { nodes: Record<string, Nested>[] };
          const pages = nodes.map((node) => node[field.name]!);
          expect(
            pages.map(({ edges, totalCount, pageInfo }) => [
              totalCount,
              pageInfo.hasNextPage,
              edges.map(({ node }) => keyIn(to.type, node)),
            ]),
          ).toEqual(
            below.map((rows) => {
              const left = rows.filter((row) => place.get(keyOf(to.type, row).join(' '))! > behind);
              const keys = left.map((row) => keyOf(to.type, row).join(' '));
              return [rows.length, left.length > first, keys.slice(0, first)];
            }),
          );
          const last = pages.findLast(({ edges }) => edges.length > 0)?.edges.at(-1);
          if (last === undefined || after !== null) return null;
          return ask(last.cursor, place.get(keyIn(to.type, last.node))!);
        };
        await ask(null, -1);
      }),
      { numRuns: 60 },
    );
  });
});
