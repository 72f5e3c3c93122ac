import type { EnumTypeDefinitionNode, EnumValueDefinitionNode, FieldDefinitionNode } from 'graphql';
import { problemAt, readLabel } from '../../directives/index.js';
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

/**
 * GraphQL value → label, in SDL order: the label that `@label` gives, else that of the same name, else the one that is
 * written so in upper case.
 */
function bindValues(
  node: EnumTypeDefinitionNode,
  use: Use,
  { report }: Loading,
): ReadonlyMap<string, string> {
  const { coordinate, type } = use;
  const values = new Map<string, string>();
  for (const value of node.values ?? []) {
    const label = labelOf(value, type, report);
    if (label === null) continue;
    if ([...values.values()].includes(label)) {
      const message = `"${label}" has a value already; remove ${value.name.value}.`;
      report.problem(value, 'ENUM_MISMATCH', message);
    } else values.set(value.name.value, label);
  }

  const bound = new Set(values.values());
  const missing = type.enumLabels.filter((label) => !bound.has(label));
  if (missing.length > 0) {
    const shown = missing.map((label) => writtenAs(label, type)).join(', ');
    const message = `${node.name.value} has no value for each label of ${type.display} that ${coordinate} may hold; add ${shown}.`;
    report.problem(node, 'ENUM_MISMATCH', message);
  }
  return values;
}

/** The label of a value; null is reported. */
function labelOf(node: EnumValueDefinitionNode, type: PgType, report: Loading['report']): string | null {
  const { value } = node.name;
  const reading = readLabel(node);
  if (reading !== null && 'problems' in reading) {
    report.add(...reading.problems);
    return null;
  }
  if (reading !== null) {
    const { is } = reading.says;
    if (type.enumLabels.includes(is)) return is;
    const mend = didYouMean(is, type.enumLabels);
    report.problem(reading.node, 'ENUM_MISMATCH', `${type.display} has no label "${is}".${mend}`);
    return null;
  }
  if (type.enumLabels.includes(value)) return value;
  const [label, second] = type.enumLabels.filter((each) => enumValueOf(each) === value);
  if (label !== undefined && second === undefined) return label;
  const message =
    label === undefined
      ? `${type.display} has no label for ${value}.${didYouMean(value, type.enumLabels.map(nameOf))}`
      : `${value} could be the label "${label}" or "${second ?? ''}" of ${type.display}; say which: ${value} @label(is: ${JSON.stringify(label)}).`;
  report.problem(node, 'ENUM_MISMATCH', message);
  return null;
}

const nameOf = (label: string): string => (isGraphQLName(label) ? label : enumValueOf(label));

/** How a value of the label can be written. */
function writtenAs(label: string, { enumLabels }: PgType): string {
  const name = nameOf(label);
  const unique = enumLabels.filter((each) => nameOf(each) === name).length === 1;
  return unique && isGraphQLName(name) ? name : `a value with @label(is: ${JSON.stringify(label)})`;
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
  return /^(?!__|(?:true|false|null)$)[_A-Za-z]\w*$/.test(label);
}
