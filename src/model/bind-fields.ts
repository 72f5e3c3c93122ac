import type { FieldDefinitionNode } from 'graphql';
import { readRelation } from '../../directives/index.js';
import { didYouMean } from '../base/index.js';
import { bindColumn } from './bind-columns.js';
import { isComposite } from './bind-composites.js';
import { bindRelation } from './bind-relations.js';
import type { Definitions } from './definitions.js';
import { takeApart, type FieldDraft, type FieldsDraft, type Loading, type TypeDraft } from './draft.js';
import type { FieldModel } from './model.js';
import { isScalarName, scalarNames } from './scalars.js';

/** Every field of a type, bound to a column or, through a relation, to another type. */
export function bindFields(
  type: TypeDraft,
  types: ReadonlyMap<string, TypeDraft>,
  definitions: Definitions,
  loading: Loading,
): FieldsDraft {
  const fields = new Map<string, FieldDraft>();
  for (const node of type.node.fields ?? []) {
    fields.set(node.name.value, { node, field: bindField(node, type, types, definitions, loading) });
  }
  return { ...type, fields };
}

/** A field of a type, or of a composite: only that a composite has no relations. */
export function bindField(
  node: FieldDefinitionNode,
  type: TypeDraft,
  types: ReadonlyMap<string, TypeDraft>,
  { objects, enums, refused }: Definitions,
  loading: Loading,
): FieldModel | null {
  const { name } = takeApart(node.type);
  const target = types.get(name);
  if (target !== undefined && isComposite(type.node)) {
    const message = `${type.name} stands for a composite type, and values have no relations; relate the type of the records they are in to ${name}.`;
    loading.report.problem(node, 'RELATION_IN_COMPOSITE', message);
    return null;
  }
  if (target !== undefined) return bindRelation(node, type, target, types, loading);

  const enumNames = enums.map((each) => each.name.value);
  const composites = objects.filter(isComposite).map((each) => each.name.value);
  if (!isScalarName(name) && !enumNames.includes(name) && !composites.includes(name)) {
    if (refused.has(name)) return null;
    const mend = didYouMean(name, [...scalarNames, ...types.keys(), ...enumNames, ...composites]);
    loading.report.problem(node.type, 'UNKNOWN_TYPE', `There is no type "${name}".${mend}`);
    return null;
  }
  if (readRelation(node) !== null) {
    const message = `${type.name}.${node.name.value} is ${name}, a value; @relation is for fields whose type is another @table type.`;
    loading.report.problem(node, 'RELATION_TO_VALUE', message);
  }
  return bindColumn(node, type, enumNames.includes(name), loading);
}
