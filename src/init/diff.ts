import type { Table } from '../catalog/index.js';
import { placeOf, type Change } from './change.js';
import { columnChanges } from './diff-columns.js';
import { bindComposites, missingComposites, renameComposite } from './diff-composites.js';
import type { ColumnDraft, CompositeDraft, Draft, NotServed, RelationDraft, TypeDraft } from './draft.js';
import type { Existing, ExistingComposite, ExistingType } from './existing.js';
import { notServedSdl, relationSdl, typeSdl } from './sdl.js';
import { attributesSeen, relationId, seenBefore, targetOf, type Snapshot } from './snapshot.js';

/**
 * What has changed in the databases since the SDL was written: new is what neither the SDL nor the last run of init knew,
 * so that what people left out stays out. Tables of sources that were not read are passed over.
 */
export function diffDraft(draft: Draft, existing: Existing, snapshot: Snapshot): readonly Change[] {
  const known = existing.types.filter(({ source }) => draft.sources.includes(source));
  const typeOf = new Map(known.map((type) => [idOf(type.source, type.schema, type.table), type]));
  const bound = bindComposites(draft, typeOf, existing);
  const renamed = withExistingNames(draft, typeOf, bound);
  const told: ColumnDraft[] = [];
  const changes = [
    ...renamed.types.flatMap((type) => {
      const { source, table } = type;
      const written = typeOf.get(idOf(source, table.schema, table.name));
      if (written === undefined) return newTable(type, snapshot, told);
      const seen = seenBefore(snapshot, source, table.schema, table.name)?.columns ?? {};
      const whole = { name: nameOf(source, table), columns: type.columns, what: 'column' } as const;
      return [
        ...columnChanges(whole, written, new Set(Object.keys(seen)), existing, told),
        ...newRelations(type, written, renamed, snapshot),
      ];
    }),
    ...[...bound].flatMap(([written, each]) => {
      const { source, type, attributes } = renamed.composites[draft.composites.indexOf(each)] ?? each;
      const whole = { name: `${source}.${type.cast}`, columns: attributes, what: 'attribute' } as const;
      return columnChanges(whole, written, attributesSeen(snapshot, source, type.cast), existing, told);
    }),
    ...draft.notServed.flatMap((each) => {
      const written = typeOf.get(idOf(each.source, each.table.schema, each.table.name));
      return notServedChange(each, written, snapshot);
    }),
    ...removedTables(known, draft),
  ];
  return [...changes, ...newComposites(told, renamed, existing)];
}

function notServedChange(
  each: NotServed,
  written: ExistingType | undefined,
  snapshot: Snapshot,
): readonly Change[] {
  const { source, table, reason } = each;
  const change = { table: nameOf(source, table), column: null };
  if (written !== undefined) {
    const message = `${written.name} can no longer be served. ${reason}`;
    return [{ ...change, kind: 'changed-table', at: placeOf(written), message, lines: [] }];
  }
  if (seenBefore(snapshot, source, table.schema, table.name) !== null) return [];
  const message = `A new table that is not served. ${reason}`;
  return [{ ...change, kind: 'new-table', at: null, message, lines: notServedSdl(each).split('\n') }];
}

/** The draft's types called as people have called them. */
function withExistingNames(
  draft: Draft,
  typeOf: ReadonlyMap<string, ExistingType>,
  bound: ReadonlyMap<ExistingComposite, CompositeDraft>,
): Draft {
  const names = new Map([
    ...draft.types.map(
      ({ name, source, table }) =>
        [name, typeOf.get(idOf(source, table.schema, table.name))?.name ?? name] as const,
    ),
    ...[...bound].reverse().map(([written, { name }]) => [name, written.name] as const),
  ]);
  const renameColumn = (column: ColumnDraft): ColumnDraft => renameComposite(column, names);
  const rename = (relation: RelationDraft): RelationDraft => ({
    ...relation,
    type: relation.type.replace(/\w+/, (name) => names.get(name) ?? name),
  });
  const types = draft.types.map((type) => ({
    ...type,
    name: names.get(type.name) ?? type.name,
    columns: type.columns.map(renameColumn),
    relations: type.relations.map(rename),
    maybe: type.maybe.map(rename),
  }));
  const composites = draft.composites.map((each) => ({
    ...each,
    name: names.get(each.name) ?? each.name,
    attributes: each.attributes.map(renameColumn),
  }));
  return { ...draft, types, composites };
}

/** @param told columns that a change says to write; grows */
function newTable(type: TypeDraft, snapshot: Snapshot, told: ColumnDraft[]): readonly Change[] {
  const { source, table, name } = type;
  const seen = seenBefore(snapshot, source, table.schema, table.name);
  if (seen?.served === true) return [];
  told.push(...type.columns);
  const message =
    seen === null
      ? `A new table; add the type ${name}.`
      : `This table can be served now; add the type ${name}.`;
  return [
    {
      kind: 'new-table',
      table: nameOf(source, table),
      column: null,
      at: null,
      message,
      lines: typeSdl(type).split('\n'),
    },
  ];
}

/** The composites that columns to be written are of, and that nobody has written yet. */
function newComposites(told: readonly ColumnDraft[], draft: Draft, existing: Existing): readonly Change[] {
  return missingComposites(told, draft, existing).map(({ composite: { name, source, type }, lines }) => ({
    kind: 'new-type',
    table: `${source}.${type.cast}`,
    column: null,
    at: null,
    message: `A composite type that is used now; add the type ${name}.`,
    lines,
  }));
}

function newRelations(
  type: TypeDraft,
  written: ExistingType,
  draft: Draft,
  snapshot: Snapshot,
): readonly Change[] {
  const { source, table } = type;
  const seen = seenBefore(snapshot, source, table.schema, table.name)?.relations ?? [];
  const known = new Set(written.relations.map((relation) => relationId(relation, targetOf(relation))));
  return type.relations
    .filter((relation) => {
      const target = draft.types.find(({ name }) => name === targetOf(relation));
      const at = JSON.stringify([target?.table.schema, target?.table.name]);
      return !known.has(relationId(relation, targetOf(relation))) && !seen.includes(relationId(relation, at));
    })
    .map((relation) => ({
      kind: 'new-relation' as const,
      table: nameOf(source, table),
      column: null,
      at: placeOf(written),
      message: `${relation.through === null ? 'A new foreign key leads between' : 'A table links'} ${written.name} and ${targetOf(relation)}; add the relation.`,
      lines: [relationSdl(relation)],
    }));
}

function removedTables(known: readonly ExistingType[], { types, notServed }: Draft): readonly Change[] {
  const there = new Set(
    [...types, ...notServed].map(({ source, table }) => idOf(source, table.schema, table.name)),
  );
  return known
    .filter(({ source, schema, table }) => !there.has(idOf(source, schema, table)))
    .map((type) => ({
      kind: 'removed-table' as const,
      table: nameOf(type.source, { schema: type.schema, name: type.table }),
      column: null,
      at: placeOf(type),
      message: `The table is gone; remove ${type.name}, and the relations into it.`,
      lines: [],
    }));
}

function idOf(source: string, schema: string, table: string): string {
  return JSON.stringify([source, schema, table]);
}

function nameOf(source: string, { schema, name }: Pick<Table, 'schema' | 'name'>): string {
  return `${source}.${JSON.stringify(schema)}.${JSON.stringify(name)}`;
}
