import { readOne, type Annotated, type Reading } from './reading.js';

/** The mark of a secret. */
export interface TradeSecretDirective {
  readonly secretClass: string;
  /** As written, such as `{ partial: { keepEnd: 2 } }`; null for the default of the field's type. */
  readonly mask: unknown;
  /** As written: HIDE, KEEP, or neither; null where it is not. */
  readonly nulls: string | null;
}

export const tradeSecretSdl = `"""
Marks a trade secret. On a type it is the default of the type's fields, and a caller for whom the class is hidden sees
neither the type nor any relation into it.
"""
directive @tradeSecret(
  "The secret class, by its name in the policy."
  class: SecretClass!
  "How it looks masked. Without one: a fixed run of characters for text, null for anything else."
  mask: MaskInput
  "What becomes of nulls masked."
  nulls: MaskNulls = HIDE
) on FIELD_DEFINITION | OBJECT`;

/** `@tradeSecret` of a type or field, or null. Whether the class exists and the mask fits is for the model to say. */
export function readTradeSecret(node: Annotated): Reading<TradeSecretDirective> | null {
  return readOne('tradeSecret', node, (written) => ({
    secretClass: written.name('class'),
    mask: written.anything('mask'),
    nulls: written.optionalName('nulls'),
  }));
}
