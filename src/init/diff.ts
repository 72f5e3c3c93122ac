import { itemType, type Table } from '../catalog/index.js';
import { enumValueOf, scalarsFor } from '../model/index.js';
import type { ColumnDraft, Draft, EnumValueDraft, NotServed, RelationDraft, TypeDraft } from './draft.js';
import type { Existing, ExistingField, ExistingType } from './existing.js';
import { columnLines, enumValueSdl, notServedSdl, relationSdl, typeSdl } from './sdl.js';
import { relationId, seenBefore, targetOf, type Snapshot } from './snapshot.js';

/** One thing in a database that the SDL does not say, or no longer rightly. */
export interface Change {
  readonly kind:
    | 'new-table'
    | 'removed-table'
    | 'changed-table'
    | 'new-column'
    | 'removed-column'
    | 'changed-column'
    | 'changed-enum'
    | 'new-relation';
  /** `crm."public"."customers"` */
  readonly table: string;
  readonly column: string | null;
  /** Where to mend it, `schema/customer.graphql:12`; null where the lines may stand anywhere. */
  readonly at: string | null;
  /** What has changed and what to do, in a sentence or two. */
  readonly message: string;
  /** SDL to add, or to put in the place of what is there. */
  readonly lines: readonly string[];
}

/**
 * What has changed in the databases since the SDL was written: new is what neither the SDL nor the last run of init knew,
 * so that what people left out stays out. Tables of sources that were not read are passed over.
 */
export function diffDraft(draft: Draft, existing: Existing, snapshot: Snapshot): readonly Change[] {
  const known = existing.types.filter(({ source }) => draft.sources.includes(source));
  const typeOf = new Map(known.map((type) => [idOf(type.source, type.schema, type.table), type]));
  const renamed = withExistingNames(draft, typeOf);
  return [
    ...renamed.types.flatMap((type) => {
      const id = idOf(type.source, type.table.schema, type.table.name);
      const written = typeOf.get(id);
      if (written === undefined) return newTable(type, snapshot);
      return [
        ...columnChanges(type, written, existing, snapshot),
        ...newRelations(type, written, renamed, snapshot),
      ];
    }),
    ...draft.notServed.flatMap((each) => {
      const written = typeOf.get(idOf(each.source, each.table.schema, each.table.name));
      return notServedChange(each, written, snapshot);
    }),
    ...removedTables(known, draft),
  ];
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
function withExistingNames(draft: Draft, typeOf: ReadonlyMap<string, ExistingType>): Draft {
  const names = new Map(
    draft.types.map(({ name, source, table }) => [
      name,
      typeOf.get(idOf(source, table.schema, table.name))?.name ?? name,
    ]),
  );
  const rename = (relation: RelationDraft): RelationDraft => ({
    ...relation,
    type: relation.type.replace(/\w+/, (name) => names.get(name) ?? name),
  });
  const types = draft.types.map((type) => ({
    ...type,
    name: names.get(type.name) ?? type.name,
    relations: type.relations.map(rename),
    maybe: type.maybe.map(rename),
  }));
  return { ...draft, types };
}

function newTable(type: TypeDraft, snapshot: Snapshot): readonly Change[] {
  const { source, table, name } = type;
  const seen = seenBefore(snapshot, source, table.schema, table.name);
  if (seen?.served === true) return [];
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

function columnChanges(
  type: TypeDraft,
  written: ExistingType,
  existing: Existing,
  snapshot: Snapshot,
): readonly Change[] {
  const { source, table } = type;
  const seen = seenBefore(snapshot, source, table.schema, table.name)?.columns ?? {};
  const base = { table: nameOf(source, table), at: placeOf(written) };
  const added = type.columns
    .filter(
      ({ column }) =>
        !Object.hasOwn(seen, column.name) && !written.fields.some((field) => field.column === column.name),
    )
    .map((draft): Change => {
      const todo = draft.field === null ? 'it is not served' : `add the field to ${written.name}`;
      const message = `A new column (${draft.column.type.display}); ${todo}.`;
      return { ...base, kind: 'new-column', column: draft.column.name, message, lines: columnLines(draft) };
    });
  const others = written.fields.flatMap((field): readonly Change[] => {
    const at = `${written.file}:${field.line}`;
    const draft = type.columns.find(({ column }) => column.name === field.column);
    if (draft === undefined) {
      const message = `The column is gone; remove ${written.name}.${field.name}.`;
      return [{ ...base, kind: 'removed-column', column: field.column, at, message, lines: [] }];
    }
    return changedColumn(draft, field, { ...base, column: field.column, at }, existing);
  });
  return [...added, ...others];
}

function changedColumn(
  draft: ColumnDraft,
  field: ExistingField,
  change: Pick<Change, 'table' | 'column' | 'at'>,
  existing: Existing,
): readonly Change[] {
  const { type, notNull } = draft.column;
  const name = targetOf(field);
  const values = existing.enums.get(name);
  const { kind } = itemType(type);
  // What people have written for a composite type, the check of the model holds to its attributes.
  if (kind === 'composite') return [];
  const fits =
    draft.field !== null &&
    field.type.startsWith('[') === (type.kind === 'array') &&
    (values === undefined ? scalarsFor(kind).some((scalar) => scalar === name) : kind === 'enum');
  if (!fits || (field.type.endsWith('!') && !notNull)) {
    const message = `The column is ${type.display}${notNull ? '' : ', and may be null,'} now; ${field.name} is ${field.type}.`;
    return [{ ...change, kind: 'changed-column', message, lines: columnLines(draft) }];
  }
  return values === undefined ? [] : changedEnum(draft, name, values, change);
}

function changedEnum(
  { column, enumValues }: ColumnDraft,
  name: string,
  values: readonly EnumValueDraft[],
  change: Pick<Change, 'table' | 'column' | 'at'>,
): readonly Change[] {
  const { enumLabels, display } = itemType(column.type);
  const bound = values.map((value) => labelOf(value, enumLabels));
  const missing = enumValues.filter((_, i) => !bound.includes(enumLabels[i] ?? ''));
  const gone = values.filter((_, i) => bound[i] === null).map((value) => value.name);
  if (missing.length === 0 && gone.length === 0) return [];
  const tooMany = gone.length === 0 ? '' : `; without a label are ${gone.join(', ')}`;
  const message = `The labels of ${display} have changed; ${name} lacks ${missing.length}${tooMany}.`;
  return [{ ...change, kind: 'changed-enum', message, lines: missing.map(enumValueSdl) }];
}

/** The label that a written value stands for, as the model finds it; null for none. */
function labelOf({ name, label }: EnumValueDraft, labels: readonly string[]): string | null {
  const wanted = label ?? name;
  const found = labels.find((each) => each === wanted);
  return found ?? (label === null ? labels.find((each) => enumValueOf(each) === name) : undefined) ?? null;
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

function placeOf({ file, line }: ExistingType): string {
  return `${file}:${line}`;
}
