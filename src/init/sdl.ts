import { maskSdl } from './mask-for.js';
import { namesItself } from './columns.js';
import type {
  ColumnDraft,
  CompositeDraft,
  EnumDraft,
  EnumValueDraft,
  LinkDraft,
  NotServed,
  RelationDraft,
  TypeDraft,
} from './draft.js';
import type { Judgement } from './judgement.js';

/** Annotated SDL as text. Comments say why something is marked, and what is not served; none holds a value. */

const quoted = (text: string): string => JSON.stringify(text);
const list = (names: readonly string[]): string => `[${names.map(quoted).join(', ')}]`;

/** A comment on one line, whatever is in it: a line break would end the comment. */
function comment(text: string): string {
  return `# ${oneLine(text)}`;
}

function oneLine(text: string): string {
  return text.replaceAll(/\s+/g, ' ').trim();
}

/** What the database says of a table or column, as its description. */
function described(said: string | null): readonly string[] {
  return said === null || said.trim() === '' ? [] : [quoted(oneLine(said))];
}

export function enumSdl({ name, values }: EnumDraft): string {
  return [`enum ${name} {`, ...values.map((value) => `  ${enumValueSdl(value)}`), '}'].join('\n');
}

/** A value, with the label that it stands for where its name does not lead there. */
export function enumValueSdl({ name, label }: EnumValueDraft): string {
  return label === null ? name : `${name} @label(is: ${quoted(label)})`;
}

export function typeSdl(type: TypeDraft): string {
  const { name, source, table, key, plural, unsampled } = type;
  const listName = plural === null ? '' : `, plural: ${quoted(plural)}`;
  const bound = `@table(source: ${source}, schema: ${quoted(table.schema)}, name: ${quoted(table.name)}, key: ${list(key)}${listName})`;
  return [
    ...(unsampled === null
      ? []
      : [comment(`Judged by names, without values of some columns: ${unsampled}.`)]),
    ...described(table.comment),
    `type ${name}`,
    `  ${bound} {`,
    ...type.columns.flatMap(columnLines).map((line) => `  ${line}`),
    ...type.relations.flatMap(relationLines).map((line) => `  ${line}`),
    ...type.maybe.map((relation) => `  ${comment(`maybe: ${relationSdl(relation)}`)}`),
    '}',
  ].join('\n');
}

/** A composite: a type without `@table`, whose fields are the attributes. */
export function compositeSdl({ name, source, type, attributes }: CompositeDraft): string {
  return [
    comment(`The composite type ${type.cast} of ${source}, wherever a column is of it.`),
    `type ${name} {`,
    ...attributes.flatMap(columnLines).map((line) => `  ${line}`),
    '}',
  ].join('\n');
}

/** The lines of a column, the reason first. */
export function columnLines(draft: ColumnDraft): readonly string[] {
  const { column, field, judgement, note } = draft;
  if (field === null) {
    const secret = judgement === null ? '' : ` It would be ${judgement.secretClass}: ${judgement.because}.`;
    return [comment(`${column.name} (${column.type.display}): ${note ?? 'not served'}.${secret}`)];
  }
  const at = namesItself(field.name, column.name) ? '' : ` @column(name: ${quoted(column.name)})`;
  return [
    ...described(column.comment),
    ...(judgement === null ? [] : [comment(reasonOf(draft, judgement))]),
    ...(note === null ? [] : [comment(`${column.name}: ${note}`)]),
    ...(draft.dimension === null ? [] : [comment(`${column.name}: ${draft.dimension}`)]),
    `${field.name}: ${field.type}${at} ${markSdl(draft)}`,
  ];
}

function reasonOf({ column, isKey }: ColumnDraft, { secretClass, because }: Judgement): string {
  const reason = `${column.name}: ${because}`;
  if (!isKey) return reason;
  return `Look here, this may be ${secretClass}: ${reason}. It is open as the key, which everybody sees of what they see; give the table another unique key, and name it in @table(key: …), to mark this one.`;
}

function markSdl({ judgement, mask, isKey, dimension }: ColumnDraft): string {
  if (dimension !== null) return '@open(dimension: true)';
  if (judgement === null || isKey) return '@open';
  const masked = mask === null ? '' : `, mask: ${maskSdl(mask)}`;
  return `@tradeSecret(class: ${judgement.secretClass}${masked})`;
}

function relationLines(relation: RelationDraft): readonly string[] {
  if (relation.note === null) return [relationSdl(relation)];
  return [comment(`Not served, ${relation.note}: ${relationSdl(relation)}`)];
}

/** A relation on one line. */
export function relationSdl({ name, type, from, to, through }: RelationDraft): string {
  const link = through === null ? '' : `, through: ${linkSdl(through)}`;
  return `${name}: ${type} @relation(from: ${list(from)}, to: ${list(to)}${link}) @open`;
}

function linkSdl({ schema, name, from, to }: LinkDraft): string {
  return `{ schema: ${quoted(schema)}, name: ${quoted(name)}, from: ${list(from)}, to: ${list(to)} }`;
}

/** A table that is not served, as comments: why, and what of it would be secret. */
export function notServedSdl({ source, table, reason, marks }: NotServed): string {
  return [
    comment(`${source}: ${quoted(table.schema)}.${quoted(table.name)}: ${reason}`),
    ...[...marks].map(([name, { secretClass, because }]) =>
      comment(`  ${name} would be ${secretClass}: ${because}`),
    ),
  ].join('\n');
}
