import type { EnumTypeDefinitionNode, FieldDefinitionNode } from 'graphql';
import { problemAt } from '../../directives/index.js';
import { didYouMean } from '../base/index.js';
import { itemType, type PgType } from '../catalog/index.js';
import type { FieldsDraft, Loading } from './draft.js';
import type { EnumModel } from './model.js';
import { enumValueOf } from './names.js';

/** A column that an enum gives out. */
interface Use {
  readonly node: FieldDefinitionNode;
  readonly coordinate: string;
  readonly type: PgType;
}

/** Each enum with the database labels of its values: those of every column it gives out, and they must agree. */
export function bindEnums(
  nodes: readonly EnumTypeDefinitionNode[],
  types: readonly FieldsDraft[],
  loading: Loading,
): ReadonlyMap<string, EnumModel> {
  const enums = new Map<string, EnumModel>();
  for (const node of nodes) {
    const name = node.name.value;
    const uses = usesOf(name, types);
    const [first, ...others] = uses;
    if (first === undefined) {
      const message = `No field of a type with labels gives out the enum ${name}; it is left out of the schema.`;
      loading.report.warn(problemAt(node, 'UNUSED_ENUM', message));
      continue;
    }
    const values = bindValues(node, first, loading);
    for (const other of others) checkSame(name, first, other, loading);
    enums.set(name, { name, description: node.description?.value ?? null, values });
  }
  return enums;
}

function usesOf(name: string, types: readonly FieldsDraft[]): readonly Use[] {
  return types.flatMap(({ fields }) =>
    [...fields.values()].flatMap(({ node, field }) =>
      field?.kind === 'column' && field.type.kind === 'enum' && field.type.name === name
        ? [{ node, coordinate: field.coordinate, type: itemType(field.column.type) }]
        : [],
    ),
  );
}

/** GraphQL value → label, in SDL order: the label of the same name, else the one that is written so in upper case. */
function bindValues(
  node: EnumTypeDefinitionNode,
  { coordinate, type }: Use,
  { report }: Loading,
): ReadonlyMap<string, string> {
  const values = new Map<string, string>();
  for (const { name, ...value } of node.values ?? []) {
    const labels = type.enumLabels.filter((label) => label === name.value);
    if (labels.length === 0)
      labels.push(...type.enumLabels.filter((label) => enumValueOf(label) === name.value));
    const [label, second] = labels;
    if (label === undefined) {
      const known = type.enumLabels.map((each) => (isGraphQLName(each) ? each : enumValueOf(each)));
      const message = `${type.display} has no label for ${name.value}.${didYouMean(name.value, known)}`;
      report.problem({ ...value, name }, 'ENUM_MISMATCH', message);
    } else if (second !== undefined) {
      const message = `${name.value} could be the label "${label}" or "${second}" of ${type.display}; rename one in the database.`;
      report.problem({ ...value, name }, 'ENUM_MISMATCH', message);
    } else if ([...values.values()].includes(label)) {
      const message = `"${label}" has a value already; remove ${name.value}.`;
      report.problem({ ...value, name }, 'ENUM_MISMATCH', message);
    } else values.set(name.value, label);
  }

  const bound = new Set(values.values());
  const missing = type.enumLabels.filter((label) => !bound.has(label));
  if (missing.length > 0) {
    const shown = missing.map((label) => `"${label}"`).join(', ');
    const message = `${node.name.value} has no value for ${shown} of ${type.display}, which ${coordinate} may hold; add them.`;
    report.problem(node, 'ENUM_MISMATCH', message);
  }
  return values;
}

function checkSame(name: string, first: Use, other: Use, { report }: Loading): void {
  const labels = new Set(first.type.enumLabels);
  const same =
    other.type.enumLabels.length === labels.size && other.type.enumLabels.every((label) => labels.has(label));
  if (same) return;
  const message = `${other.coordinate} has other labels (${other.type.display}) than ${first.coordinate} (${first.type.display}); give it an enum other than ${name}.`;
  report.problem(other.node, 'ENUM_MISMATCH', message);
}

function isGraphQLName(label: string): boolean {
  return /^(?!__)[_A-Za-z]\w*$/.test(label);
}
