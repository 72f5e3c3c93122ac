import type { FieldModel, Model, RelationField, RowBinding } from '../../model/index.js';
import { exposures } from '../../view/index.js';

/** Columns that no statement of a caller may name, and how many of those there are could be judged by name. */
export interface ForbiddenColumns {
  readonly judged: readonly string[];
  /** Hidden or denied, judged or not. */
  readonly all: number;
  /** The first of them that a statement names; null where it names none. */
  find(statements: string): string | null;
}

function bindingColumns(binding: RowBinding): readonly string[] {
  switch (binding.kind) {
    case 'shared':
      return [];
    case 'column':
      return [binding.column.name];
    case 'via':
      return [
        ...[...binding.relation.from, ...binding.relation.to].map(({ name }) => name),
        ...binding.through.bindings.flatMap(bindingColumns),
      ];
  }
}

/** Names that statements use whoever asks: tables, and columns of keys and joins, and of what rows belong to. */
function structural({ types }: Model): string[] {
  return [...types.values()].flatMap(({ schema, table, key, rows, fields }) => [
    schema,
    table,
    ...key.map(({ name }) => name),
    ...rows.flatMap(bindingColumns),
    ...[...fields.values()].flatMap((field) => (field.kind === 'relation' ? joinNames(field) : [])),
  ]);
}

function joinNames({ from, to, through }: RelationField): readonly string[] {
  const between = through === null ? [] : [through.schema, through.table];
  const columns = [...from, ...to, ...(through?.from ?? []), ...(through?.to ?? [])];
  return [...between, ...columns.map(({ name }) => name)];
}

const columnOf = (field: FieldModel | undefined): string | null =>
  field?.kind === 'column' ? field.column.name : null;

/** What statements call their own parts. */
const ownNames = /^[a-z]\d*$/;

/**
 * The columns behind coordinates that are hidden or denied to the roles on all rows. Statements are judged by names alone,
 * so a name counts only where nothing else is called so: no column that the caller may use, of any table.
 */
export function forbiddenColumns(model: Model, roleNames: readonly string[]): ForbiddenColumns {
  const roles = roleNames.flatMap((name) => model.policy.roles.get(name) ?? []);
  const lines = exposures(model, roles);
  const usable = new Set(structural(model));
  const withheld = new Set<string>();
  for (const { coordinate, decision } of lines) {
    const [typeName = '', fieldName = ''] = coordinate.split('.');
    const column = columnOf(model.types.get(typeName)?.fields.get(fieldName));
    if (column === null) continue;
    if (decision === 'HIDDEN' || decision === 'DENIED') withheld.add(column);
    else usable.add(column);
  }
  const judged = [...withheld].filter((name) => !usable.has(name) && !ownNames.test(name));
  const quoted = judged.map((name) => name.replaceAll('"', '""').replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&'));
  // A response name stands in the same quotes, and a colon behind it.
  const pattern = judged.length === 0 ? null : new RegExp(`"(${quoted.join('|')})"(?!:)`);
  return {
    judged,
    all: withheld.size,
    find: (statements) => pattern?.exec(statements)?.[1] ?? null,
  };
}
