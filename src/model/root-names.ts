import { NAME_LENGTH_MAX, pluralNameOf, singleNameOf } from './names.js';
import type { Report } from './report.js';
import type { TypeDraft } from './draft.js';

/** The two root fields of a type. */
export interface RootNames {
  readonly single: string;
  readonly plural: string;
}

export function rootNamesOf({ name, bound }: TypeDraft): RootNames {
  return { single: singleNameOf(name), plural: bound?.plural ?? pluralNameOf(name) };
}

/** Whether all root fields are called differently, so that each query has one meaning. */
export function checkRootNames(types: readonly TypeDraft[], report: Report): void {
  const owners = new Map<string, string>();
  for (const type of types) {
    const { single, plural } = rootNamesOf(type);
    if (single === plural) {
      const message = `${type.name} is called "${single}" in the plural too; name the list: @table(…, plural: "…").`;
      report.problem(type.node, 'ROOT_NAME_CLASH', message);
    }
    for (const name of new Set([single, plural])) {
      const owner = owners.get(name);
      if (owner !== undefined) {
        const message = `"${name}" is a root field of ${owner} and of ${type.name}; name one of the lists: @table(…, plural: "…").`;
        report.problem(type.node, 'ROOT_NAME_CLASH', message);
      } else owners.set(name, type.name);
      if (name.length > NAME_LENGTH_MAX) {
        const message = `The root field "${name}" is ${name.length} characters long; PostgreSQL keeps ${NAME_LENGTH_MAX} apart. Shorten it with @table(…, plural: "…").`;
        report.problem(type.node, 'NAME_TOO_LONG', message);
      }
    }
  }
}
