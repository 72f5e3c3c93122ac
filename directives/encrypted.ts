import { readOne, type Annotated, type Reading } from './reading.js';

/** A column that holds ciphertexts, which the gateway alone can open. */
export interface EncryptedDirective {
  /** The key, by its name in the configuration. */
  readonly key: string;
}

export const encryptedSdl = `"""
Stored encrypted, in a column of type bytea, and opened for cleared callers only. Each value is bound to its field and its
record, so that none can be put in the place of another.
"""
directive @encrypted(
  "The key, by its name under \`encryption\` in the configuration."
  key: String!
) on FIELD_DEFINITION`;

/** `@encrypted` of a field, or null. Whether the key is configured and the column fits is for the model to say. */
export function readEncrypted(node: Annotated): Reading<EncryptedDirective> | null {
  return readOne('encrypted', node, (written) => ({ key: written.text('key') }));
}
