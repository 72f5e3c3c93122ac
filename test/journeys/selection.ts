import fc from 'fast-check';
import type { ColumnField, RelationField, TypeModel } from '../../src/model/index.js';
import type { Node } from './ask.js';
import type { Expected } from './expected.js';
import type { Joins } from './joins.js';
import { keyOf, type StoredRow } from './stored.js';

/** Where selections are made: a caller's types with the fields that their schema has. */
export interface Ground {
  readonly expected: Expected;
  readonly joins: Joins;
  readonly types: ReadonlyMap<string, TypeModel>;
  /** The caller's schema: type → names of its fields. */
  readonly schema: ReadonlyMap<string, readonly string[]>;
}

/** Records that an answer holds, as `Type key`. */
export type Met = Set<string>;

/** A piece of a selection set, and what it gives for a row. */
export interface Piece {
  readonly text: string;
  readonly responseName: string;
  readonly give: (row: StoredRow, met: Met) => unknown;
}

/** The same for a connection, given all its records. */
interface Part {
  readonly text: string;
  readonly responseName: string;
  readonly give: (all: readonly StoredRow[], first: number, met: Met) => unknown;
}

export const textOf = (pieces: readonly { readonly text: string }[]): string =>
  pieces.map(({ text }) => text).join(' ');

const recordName = (type: TypeModel, row: StoredRow): string => [type.name, ...keyOf(type, row)].join(' ');

/** The record that a selection gives of a row. */
export function giveRecord(type: TypeModel, pieces: readonly Piece[], row: StoredRow, met: Met): Node {
  met.add(recordName(type, row));
  return Object.fromEntries(pieces.map(({ responseName, give }) => [responseName, give(row, met)]));
}

/** Response names are told apart by their place, where a field is asked for twice. */
function named(
  names: readonly string[],
  i: number,
): { readonly alias: string; readonly responseName: string } {
  const name = names[i]!;
  const isFirst = names.indexOf(name) === i;
  return isFirst ? { alias: '', responseName: name } : { alias: `again${i}: `, responseName: `again${i}` };
}

type Named<Made> = (alias: string, responseName: string) => Made;

const set = <Made>(choice: fc.Arbitrary<readonly [string, Named<Made>]>): fc.Arbitrary<Made[]> =>
  fc.array(choice, { minLength: 1, maxLength: 4 }).map((chosen) => {
    const names = chosen.map(([name]) => name);
    return chosen.map(([, make], i) => {
      const { alias, responseName } = named(names, i);
      return make(alias, responseName);
    });
  });

/** Selection sets of a type that go so many relations deep. */
export function selections(type: TypeModel, deep: number, ground: Ground): fc.Arbitrary<Piece[]> {
  const shown = ground.schema.get(type.name) ?? [];
  const columns = ground.expected.fields(type);
  const relations = [...type.fields.values()].filter(
    (field) => field.kind === 'relation' && shown.includes(field.name),
  ) as RelationField[];
  const leaf = fc.oneof(
    { weight: 6, arbitrary: fc.constantFrom(...columns).map((field) => column(type, field, ground)) },
    { weight: 1, arbitrary: fc.constant(typename(type)) },
    {
      weight: 1,
      arbitrary: fc
        .tuple(fc.constantFrom(...columns), fc.boolean())
        .map(([field, on]) => fragment(type, field, on, ground)),
    },
  );
  if (deep === 0 || relations.length === 0) return set(leaf);
  const relation = fc.constantFrom(...relations).chain((field) => related(field, deep - 1, ground));
  return set(fc.oneof({ weight: 2, arbitrary: leaf }, { weight: 1, arbitrary: relation }));
}

function column(type: TypeModel, field: ColumnField, { expected }: Ground): readonly [string, Named<Piece>] {
  return [
    field.name,
    (alias, responseName) => ({
      text: `${alias}${field.name}`,
      responseName,
      give: (row) => expected.value(type, field, row),
    }),
  ];
}

function typename({ name }: TypeModel): readonly [string, Named<Piece>] {
  return [
    '__typename',
    (alias, responseName) => ({ text: `${alias}__typename`, responseName, give: () => name }),
  ];
}

/** The same column in an inline fragment, with a directive that keeps it. */
function fragment(
  type: TypeModel,
  field: ColumnField,
  on: boolean,
  ground: Ground,
): readonly [string, Named<Piece>] {
  const [name, make] = column(type, field, ground);
  return [
    name,
    (alias, responseName) => {
      const piece = make(alias, responseName);
      const kept = on ? '@include(if: true)' : '@skip(if: false)';
      return {
        ...piece,
        text: `... on ${type.name} ${kept} { ${piece.text} ... @skip(if: true) { __typename } }`,
      };
    },
  ];
}

function related(
  field: RelationField,
  deep: number,
  ground: Ground,
): fc.Arbitrary<readonly [string, Named<Piece>]> {
  const target = ground.types.get(field.target)!;
  const rowsOf = (row: StoredRow): readonly StoredRow[] => ground.joins.follow(field, row);
  if (!field.many) {
    return selections(target, deep, ground).map((pieces) => [
      field.name,
      (alias, responseName) => ({
        text: `${alias}${field.name} { ${textOf(pieces)} }`,
        responseName,
        give: (row, met) => {
          const [found] = rowsOf(row);
          return found === undefined ? null : giveRecord(target, pieces, found, met);
        },
      }),
    ]);
  }
  const first = fc.nat({ max: 3 });
  if (field.list) {
    return fc.tuple(first, selections(target, deep, ground)).map(([size, pieces]) => [
      field.name,
      (alias, responseName) => ({
        text: `${alias}${field.name}(first: ${size}) { ${textOf(pieces)} }`,
        responseName,
        give: (row, met) =>
          rowsOf(row)
            .slice(0, size)
            .map((each) => giveRecord(target, pieces, each, met)),
      }),
    ]);
  }
  return fc.tuple(first, connections(target, deep, ground)).map(([size, parts]) => [
    field.name,
    (alias, responseName) => ({
      text: `${alias}${field.name}(first: ${size}) { ${textOf(parts)} }`,
      responseName,
      give: (row, met) => giveConnection(parts, rowsOf(row), size, met),
    }),
  ]);
}

export function giveConnection(
  parts: readonly Part[],
  all: readonly StoredRow[],
  first: number,
  met: Met,
): Node {
  return Object.fromEntries(parts.map(({ responseName, give }) => [responseName, give(all, first, met)]));
}

type ConnectionPart = readonly [string, Named<Part>];

/** What may be asked of a connection: records, counts, page info and cursors, in any company or alone. */
export function connections(type: TypeModel, deep: number, ground: Ground): fc.Arbitrary<Part[]> {
  return set<Part>(
    fc.oneof(
      selections(type, deep, ground).map((pieces) => nodes(type, pieces)),
      fc
        .tuple(fc.option(selections(type, deep, ground), { freq: 3 }), fc.boolean())
        .map(([pieces, cursor]) => edges(type, pieces, cursor)),
      fc.constant<ConnectionPart>([
        'totalCount',
        (alias, responseName) => ({ text: `${alias}totalCount`, responseName, give: (all) => all.length }),
      ]),
      fc.constant<ConnectionPart>([
        '__typename',
        (alias, responseName) => ({
          text: `${alias}__typename`,
          responseName,
          give: () => `${type.name}Connection`,
        }),
      ]),
      fc.constantFrom<ConnectionPart>(...pageInfos),
    ),
  );
}

function nodes(type: TypeModel, pieces: readonly Piece[]): ConnectionPart {
  return [
    'nodes',
    (alias, responseName) => ({
      text: `${alias}nodes { ${textOf(pieces)} }`,
      responseName,
      give: (all, first, met) => all.slice(0, first).map((row) => giveRecord(type, pieces, row, met)),
    }),
  ];
}

/** Edges with or without their node: a cursor alone tells that there is a record. */
function edges(type: TypeModel, pieces: readonly Piece[] | null, cursor: boolean): ConnectionPart {
  const node = pieces === null ? '' : `node { ${textOf(pieces)} }`;
  return [
    'edges',
    (alias, responseName) => ({
      text: `${alias}edges { ${node} __typename ${cursor ? 'cursor' : ''} }`,
      responseName,
      give: (all, first, met) =>
        all.slice(0, first).map((row) => ({
          ...(pieces === null ? {} : { node: giveRecord(type, pieces, row, met) }),
          ...giveEdge(type, row, cursor, met),
        })),
    }),
  ];
}

function giveEdge(type: TypeModel, row: StoredRow, cursor: boolean, met: Met): Node {
  met.add(recordName(type, row));
  return { __typename: `${type.name}Edge`, ...(cursor ? { cursor: expect.any(String) as unknown } : {}) };
}

const cursorOf = (page: number): unknown => (page === 0 ? null : expect.any(String));

const pageInfos: readonly ConnectionPart[] = [
  [
    'pageInfo',
    (alias, responseName) => ({
      text: `${alias}pageInfo { hasNextPage }`,
      responseName,
      give: (all, first) => ({ hasNextPage: all.length > first }),
    }),
  ],
  [
    'pageInfo',
    (alias, responseName) => ({
      text: `${alias}pageInfo { startCursor hasPreviousPage __typename endCursor }`,
      responseName,
      give: (all, first) => ({
        startCursor: cursorOf(Math.min(all.length, first)),
        hasPreviousPage: false,
        __typename: 'PageInfo',
        endCursor: cursorOf(Math.min(all.length, first)),
      }),
    }),
  ],
];
