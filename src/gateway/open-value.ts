import { CordonError, type Tuple } from '../base/index.js';
import { toPgText, type CipherHole } from '../plan/index.js';
import type { ColumnCipher } from '../sources/index.js';

/**
 * The JSON of a value that is stored encrypted; `null` where nothing is stored.
 * @param tuple the record's key, then the ciphertext as PostgreSQL prints bytes
 * @throws CordonError ENCRYPTED_VALUE_UNREADABLE: what does not open, or is no value of the field's type, is never given out
 */
export function openValue(
  cipher: ColumnCipher,
  { coordinate, encryption }: CipherHole,
  tuple: Tuple,
): string {
  const { key, plainType } = encryption;
  const stored = tuple.at(-1);
  if (stored == null) return 'null';
  const place = { coordinate, record: tuple.slice(0, -1) };
  const text = cipher.open(key, Buffer.from(stored.slice(2), 'hex'), place)?.text;
  if (text === undefined || toPgText(text, plainType) !== text)
    throw new CordonError('ENCRYPTED_VALUE_UNREADABLE', { detail: `a value of ${coordinate} does not open` });
  return plainType.kind === 'int4' ? text : JSON.stringify(text);
}
