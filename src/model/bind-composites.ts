import type { FieldDefinitionNode, ObjectTypeDefinitionNode } from 'graphql';
import { readRows, readTable } from '../../directives/index.js';
import { itemType, type PgType, type Table } from '../catalog/index.js';
import type { FieldDraft, FieldsDraft, Loading, TypeDraft } from './draft.js';
import { readMark } from './marks.js';
import type { ColumnField, CompositeModel } from './model.js';

/** A field that gives out values of a composite type. */
interface Use {
  readonly node: FieldDefinitionNode;
  readonly field: ColumnField;
  readonly source: string;
}

/** How one field of a type is bound. */
type BindField = (node: FieldDefinitionNode, type: TypeDraft) => FieldDraft['field'];

/** Types that stand for composite types of a database, since they are bound to no table. */
export function isComposite(node: ObjectTypeDefinitionNode): boolean {
  return readTable(node) === null;
}

/**
 * Types without `@table`, bound to the composite types of the columns that they give out. An attribute is a field like
 * any other, with a mark of its own; only that its column is part of a value.
 */
export function bindComposites(
  nodes: readonly ObjectTypeDefinitionNode[],
  types: readonly FieldsDraft[],
  bindField: BindField,
  loading: Loading,
): ReadonlyMap<string, FieldsDraft> {
  const bound = new Map<string, FieldsDraft>();
  const all = [...types];
  // A composite may be used by another alone: each that is bound may lead to the next.
  for (let i = 0; i < all.length; i += 1) {
    for (const use of usesOf(all[i])) {
      const node = nodes.find(({ name }) => name.value === use.field.type.name);
      if (node === undefined || bound.has(node.name.value)) continue;
      const draft = bindComposite(node, use, bindField, loading);
      bound.set(draft.name, draft);
      all.push(draft);
    }
  }
  for (const node of nodes) checkUses(node, bound.get(node.name.value), all, loading);
  return bound;
}

function usesOf(type: FieldsDraft | undefined): Use[] {
  const source = type?.bound?.source ?? '';
  return [...(type?.fields.values() ?? [])].flatMap(({ node, field }) =>
    field?.kind === 'column' && field.type.kind === 'composite' ? [{ node, field, source }] : [],
  );
}

/** Its attributes are bound as the columns of a table would be. */
function bindComposite(
  node: ObjectTypeDefinitionNode,
  { field, source }: Use,
  bindField: BindField,
  loading: Loading,
): FieldsDraft {
  const name = node.name.value;
  const type = itemType(field.column.type);
  const table: Table = {
    schema: type.schema,
    name: type.display,
    kind: 'table',
    columns: type.attributes,
    primaryKey: null,
    uniqueKeys: [],
    foreignKeys: [],
    indexes: [],
    comment: null,
  };
  const bound = { source, table, key: null, keyBecause: null, plural: null };
  const draft: TypeDraft = { name, node, bound, mark: readMark(node, name, loading) };
  const fields = new Map(
    (node.fields ?? []).map((each) => [each.name.value, { node: each, field: bindField(each, draft) }]),
  );
  return { ...draft, fields };
}

function checkUses(
  node: ObjectTypeDefinitionNode,
  draft: FieldsDraft | undefined,
  types: readonly FieldsDraft[],
  { report }: Loading,
): void {
  const name = node.name.value;
  if (draft === undefined) {
    const message = `${name} is bound to no table: say @table(source: …, name: "…"); or, if it stands for a composite type, use it as the type of a field whose column is of that type.`;
    report.problem(node, 'MISSING_TABLE_DIRECTIVE', message);
    return;
  }
  for (const rows of readRows(node)) {
    if (!('says' in rows)) continue;
    const message = `${name} stands for a composite type, whose values belong to the row that they are in; remove @rows.`;
    report.problem(rows.node, 'MISPLACED_DIRECTIVE', message);
  }
  const uses = types.flatMap(usesOf).filter(({ field }) => field.type.name === name);
  for (const use of uses) {
    if (use.source !== draft.bound?.source || !isSame(use, uses[0])) {
      const message = `${use.field.coordinate} is ${itemType(use.field.column.type).display}, another composite type than ${uses[0]?.field.coordinate ?? name} gives out; give it a type other than ${name}.`;
      report.problem(use.node, 'TYPE_MISMATCH', message);
    }
    const secret = secretWithin(draft, types);
    if (use.field.mark.kind === 'open' || secret === null) continue;
    const message = `${use.field.coordinate} is secret as a whole, and so is ${secret} within it; mark one @open, so that one mark decides.`;
    report.problem(use.node, 'SECRET_WITHIN_SECRET', message);
  }
}

const castOf = (type: PgType): string => itemType(type).cast;

function isSame(a: Use, b: Use | undefined): boolean {
  return b !== undefined && castOf(a.field.column.type) === castOf(b.field.column.type);
}

/** Coordinate of an attribute that is secret, at any depth; null where all are open. */
function secretWithin(draft: FieldsDraft, types: readonly FieldsDraft[]): string | null {
  for (const { field } of draft.fields.values()) {
    if (field?.kind !== 'column') continue;
    if (field.mark.kind === 'secret') return field.coordinate;
    const inner =
      field.type.kind === 'composite' ? types.find(({ name }) => name === field.type.name) : undefined;
    const found = inner === undefined || inner === draft ? null : secretWithin(inner, types);
    if (found !== null) return found;
  }
  return null;
}

/** A composite without problems, as the model holds it. */
export function finishComposite({ name, node, fields }: FieldsDraft): CompositeModel {
  const attributes = [...fields.values()].map(({ field }) => {
    if (field?.kind !== 'column') throw new Error(`a field of ${name} was not bound, and no problem says so`);
    return [field.name, field] as const;
  });
  return { name, description: node.description?.value ?? null, fields: new Map(attributes) };
}
