import { kebabCase } from 'change-case';
import { configText, type ConfigTls } from './config-text.js';
import { isMarkedSecret, type ColumnDraft, type Draft, type TypeDraft } from './draft.js';
import type { SuggestedClass } from './judgement.js';
import { policyText } from './policy.js';
import { compositeSdl, enumSdl, notServedSdl, typeSdl } from './sdl.js';

/** Path within the deployment's folder → text. */
export type DraftFiles = ReadonlyMap<string, string>;

const NOT_SERVED = 'schema/not-served.graphql';

/** Every file of a new deployment. */
export function draftFiles(draft: Draft, tls: ConfigTls = {}): DraftFiles {
  const files = new Map<string, string>([
    ['cordon.yaml', configText(draft.sources, tls)],
    ['policy.yaml', policyText(usedClasses(draft))],
  ]);
  const parts = new Map<TypeDraft, readonly string[]>();
  // Each enum and composite stands with the first type that uses it.
  const told = new Set<string>();
  for (const type of draft.types) parts.set(type, [...neededBy(type.columns, draft, told), typeSdl(type)]);
  for (const [subject, types] of subjects(draft.types)) {
    const texts = types.flatMap((type) => parts.get(type) ?? []);
    files.set(`schema/${subject}.graphql`, `${texts.join('\n\n')}\n`);
  }
  if (draft.notServed.length > 0) {
    const head =
      '# What the databases hold and no type can be bound to, why, and what of it would be secret.';
    files.set(NOT_SERVED, `${[head, ...draft.notServed.map(notServedSdl)].join('\n\n')}\n`);
  }
  return files;
}

/** The classes that something is marked with. */
export function usedClasses({ types, composites }: Draft): ReadonlySet<SuggestedClass> {
  const columns = [
    ...types.flatMap((type) => type.columns),
    ...composites.flatMap((each) => each.attributes),
  ];
  const marked = columns.filter((column) => column.field !== null && isMarkedSecret(column));
  return new Set(marked.flatMap(({ judgement }) => judgement?.secretClass ?? []));
}

/** Types by subject, the file's name: a table whose key is made of another's key stands in that one's file. */
function subjects(types: readonly TypeDraft[]): ReadonlyMap<string, readonly TypeDraft[]> {
  const files = new Map<string, TypeDraft[]>();
  for (const type of types) {
    const name = kebabCase(headOf(type, types, new Set()).name);
    const subject = `schema/${name}.graphql` === NOT_SERVED ? `${name}-type` : name;
    files.set(subject, [...(files.get(subject) ?? []), type]);
  }
  return files;
}

function headOf(type: TypeDraft, types: readonly TypeDraft[], seen: Set<TypeDraft>): TypeDraft {
  seen.add(type);
  const parent = type.table.foreignKeys.find(({ columns }) =>
    columns.every((name) => type.key.includes(name)),
  );
  const found = types.find(
    ({ source, table }) =>
      source === type.source && table.schema === parent?.schema && table.name === parent.table,
  );
  return found === undefined || seen.has(found) ? type : headOf(found, types, seen);
}

/**
 * The enums and composites that columns are of, those within composites first.
 * @param told names that are not to be told again; grows
 */
export function neededBy(
  columns: readonly ColumnDraft[],
  draft: Pick<Draft, 'enums' | 'composites'>,
  told: Set<string>,
): readonly string[] {
  return columns.flatMap(({ enumName, compositeName }) => {
    const name = enumName ?? compositeName;
    if (name === null || told.has(name)) return [];
    told.add(name);
    const composite = draft.composites.find((each) => each.name === compositeName);
    if (composite !== undefined)
      return [...neededBy(composite.attributes, draft, told), compositeSdl(composite)];
    return draft.enums.filter((each) => each.name === enumName).map(enumSdl);
  });
}
