import {
  Kind,
  UniqueDirectivesPerLocationRule,
  UniqueEnumValueNamesRule,
  UniqueFieldDefinitionNamesRule,
  UniqueInputFieldNamesRule,
  UniqueTypeNamesRule,
} from 'graphql';
import type { DocumentNode, GraphQLSchema } from 'graphql';
// The one function of graphql-js that validates SDL and keeps the places; its public callers join all messages into one.
import { validateSDL } from 'graphql/validation/validate.js';
import type { Definitions } from './definitions.js';
import type { Report } from './report.js';

type SdlRule = NonNullable<Parameters<typeof validateSDL>[2]>[number];

/**
 * The rules of the GraphQL specification that SDL of types and enums can break. Arguments are checked by the readers of the
 * directives, and names of types where the fields are bound, which say more about the mend.
 */
const rules: readonly (readonly [rule: SdlRule, code: string, mend: string])[] = [
  // Of the prelude's names; two types of one name do not come this far.
  [UniqueTypeNamesRule, 'RESERVED_NAME', 'Call it something else.'],
  [UniqueFieldDefinitionNamesRule, 'DUPLICATE_FIELD', 'Remove or rename one of them.'],
  [UniqueEnumValueNamesRule, 'DUPLICATE_ENUM_VALUE', 'Remove one of them.'],
  [UniqueInputFieldNamesRule, 'DUPLICATE_ARGUMENT', 'Keep one of them.'],
  [UniqueDirectivesPerLocationRule, 'DUPLICATE_DIRECTIVE', 'Keep one of them.'],
];

/** Validates types and enums as SDL that stands on the prelude. */
export function validateSdl(definitions: Definitions, prelude: GraphQLSchema, report: Report): void {
  const document: DocumentNode = {
    kind: Kind.DOCUMENT,
    definitions: [...definitions.enums, ...definitions.objects],
  };
  for (const [rule, code, mend] of rules) {
    for (const { message, nodes } of validateSDL(document, prelude, [rule])) {
      // Of a pair the second is the one too many.
      const node = nodes?.at(-1);
      if (node !== undefined) report.problem(node, code, `${message} ${mend}`);
    }
  }
}
