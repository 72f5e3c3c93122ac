import type { FieldDefinitionNode, NameNode } from 'graphql';
import type { Definitions } from './definitions.js';
import { generatedSuffixes, generatedTypes, NAME_LENGTH_MAX, whereKeywords } from './names.js';
import type { Report } from './report.js';
import { isScalarName, scalarNames } from './scalars.js';

/** Names that the specification, PostgreSQL or the generated schema would not keep apart. */
export function checkNames({ objects, enums }: Definitions, report: Report): void {
  const leaves = new Set<string>([...scalarNames, ...enums.map(({ name }) => name.value)]);
  const owners = new Set([...leaves, ...objects.map(({ name }) => name.value)]);

  for (const { name, fields } of objects) {
    checkTypeName(name, owners, report);
    for (const field of fields ?? []) checkFieldName(field, report);
  }
  for (const { name, values } of enums) {
    checkTypeName(name, owners, report);
    checkFilterName(name, report);
    for (const value of values ?? []) checkName(value.name, report);
  }
}

function checkTypeName(node: NameNode, owners: ReadonlySet<string>, report: Report): void {
  checkName(node, report);
  const name = node.value;
  const suffix = generatedSuffixes.find(
    (end) => name.endsWith(end) && owners.has(name.slice(0, -end.length)),
  );
  if (suffix === undefined && !generatedTypes.some((generated) => generated === name)) return;
  const whose = suffix === undefined ? 'every schema' : name.slice(0, -suffix.length);
  report.problem(
    node,
    'RESERVED_NAME',
    `"${name}" is generated for ${whose}; call this type something else.`,
  );
}

/** The filter of an enum is named for it, and so are those of other things. */
function checkFilterName(node: NameNode, report: Report): void {
  const filter = `${node.value}Filter`;
  const ofScalars = (['RangeFilter', 'BoundsFilter'] as const).some(
    (end) => filter.endsWith(end) && isScalarName(filter.slice(0, -end.length)),
  );
  if (!ofScalars && !generatedTypes.some((generated) => generated === filter)) return;
  const message = `"${filter}", which its filter would be, is generated for every schema; call this type something else.`;
  report.problem(node, 'RESERVED_NAME', message);
}

function checkFieldName({ name, arguments: written }: FieldDefinitionNode, report: Report): void {
  checkName(name, report);
  if (whereKeywords.some((keyword) => keyword === name.value)) {
    const message = `"${name.value}" is a word of the generated filters; call the field something else and name its column with @column.`;
    report.problem(name, 'RESERVED_NAME', message);
  }
  const [argument] = written ?? [];
  if (argument !== undefined) {
    const message = 'Fields take no arguments of their own: filters and pages are generated. Remove them.';
    report.problem(argument, 'FIELD_ARGUMENTS', message);
  }
}

function checkName(node: NameNode, report: Report): void {
  if (node.value.startsWith('__')) {
    const message = `"${node.value}" begins with two underscores, which GraphQL keeps for introspection; rename it.`;
    report.problem(node, 'RESERVED_NAME', message);
  }
  if (node.value.length > NAME_LENGTH_MAX) {
    const message = `This name is ${node.value.length} characters long; PostgreSQL keeps ${NAME_LENGTH_MAX} apart. Shorten it.`;
    report.problem(node, 'NAME_TOO_LONG', message);
  }
}
