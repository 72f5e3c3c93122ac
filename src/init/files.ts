import { kebabCase } from 'change-case';
import { configText, type ConfigTls } from './config-text.js';
import { isMarkedSecret, type Draft, type EnumDraft, type TypeDraft } from './draft.js';
import { policyText } from './policy.js';
import { enumSdl, notServedSdl, typeSdl } from './sdl.js';

/** Path within the deployment's folder → text. */
export type DraftFiles = ReadonlyMap<string, string>;

const NOT_SERVED = 'schema/not-served.graphql';

/** Every file of a new deployment. */
export function draftFiles(draft: Draft, tls: ConfigTls = {}): DraftFiles {
  const files = new Map<string, string>([
    ['cordon.yaml', configText(draft.sources, tls)],
    ['policy.yaml', policyText(usedClasses(draft))],
  ]);
  const enums = enumOwners(draft);
  for (const [subject, types] of subjects(draft.types)) {
    const parts = types.flatMap((type) => [...(enums.get(type) ?? []).map(enumSdl), typeSdl(type)]);
    files.set(`schema/${subject}.graphql`, `${parts.join('\n\n')}\n`);
  }
  if (draft.notServed.length > 0) {
    const head =
      '# What the databases hold and no type can be bound to, why, and what of it would be secret.';
    files.set(NOT_SERVED, `${[head, ...draft.notServed.map(notServedSdl)].join('\n\n')}\n`);
  }
  return files;
}

/** The classes that something is marked with. */
export function usedClasses({
  types,
}: Draft): ReadonlySet<NonNullable<TypeDraft['columns'][number]['judgement']>['secretClass']> {
  const marked = types.flatMap(({ columns }) =>
    columns.filter((column) => column.field !== null && isMarkedSecret(column)),
  );
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

/** Each enum with the first type that uses it. */
function enumOwners({ types, enums }: Draft): ReadonlyMap<TypeDraft, readonly EnumDraft[]> {
  const owners = new Map<TypeDraft, EnumDraft[]>();
  for (const each of enums) {
    const owner = types.find(({ columns }) => columns.some(({ enumName }) => enumName === each.name));
    if (owner !== undefined) owners.set(owner, [...(owners.get(owner) ?? []), each]);
  }
  return owners;
}
