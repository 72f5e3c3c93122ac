/** What a GraphQL request asks. */
export interface Asked {
  readonly query: string;
  readonly variables?: object;
}

/**
 * The bytes of a whole request, as latin1 text.
 * @param token of whoever asks
 * @param more headers beside those that every request has
 */
export function postOf(
  path: string,
  asked: Asked,
  token: string,
  more: Readonly<Record<string, string>> = {},
): string {
  const body = JSON.stringify(asked);
  const headers = {
    host: '127.0.0.1',
    authorization: `Bearer ${token}`,
    ...more,
    'content-type': 'application/json',
    'content-length': String(Buffer.byteLength(body)),
  };
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  return `POST ${path} HTTP/1.1\r\n${lines.join('')}\r\n${body}`;
}
