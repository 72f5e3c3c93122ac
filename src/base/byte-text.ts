declare const brand: unique symbol;

/**
 * Bytes as text, a character for each, that are only put together and passed on. Making such a text of bytes, and bytes of it,
 * is copying, where UTF-8 is read and written sign by sign; and a text is young memory, collected where it is made, where
 * buffers lie beside the heap and have all of it collected when there are many.
 */
export type ByteText = string & { readonly [brand]: true };

/** The bytes of a buffer. */
export function bytesAsText(bytes: Buffer, start = 0, end = bytes.length): ByteText {
  return bytes.toString('latin1', start, end) as ByteText;
}

/** The bytes of a text in UTF-8. */
export function utf8AsText(text: string): ByteText {
  return bytesAsText(Buffer.from(text));
}

/** Texts of bytes behind each other, as bytes: each is copied once. */
export function bytesOf(...texts: readonly ByteText[]): Buffer {
  const bytes = Buffer.allocUnsafe(texts.reduce((length, text) => length + text.length, 0));
  let at = 0;
  for (const text of texts) at += bytes.write(text, at, 'latin1');
  return bytes;
}
