import type { TestEntry, TestGateway } from '../support/gateway.js';

/** A response that must be an error, as it came. */
export interface RawResponse {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
}

/** Stands in whatever a test sends that must not come back. */
export const canary = 'CANARY-7fd1';

/** Sends anything at all: no content type and no token unless given. */
export async function send(
  address: string,
  request: {
    readonly method?: string;
    readonly path?: string;
    readonly headers?: Readonly<Record<string, string>>;
    readonly body?: string | Uint8Array;
  },
): Promise<RawResponse> {
  const { method = 'POST', path = '/graphql', headers = {}, body } = request;
  const response = await fetch(address + path, {
    method,
    headers,
    // Text would be sent as text/plain where no type is given.
    ...(body === undefined ? {} : { body: typeof body === 'string' ? Buffer.from(body) : body }),
  });
  return { status: response.status, headers: response.headers, text: await response.text() };
}

/** Holds a response to the form of every error: a code, a sentence, and nothing of what was sent, stored or run. */
export function expectError(response: RawResponse, status: number, code: string): void {
  const { errors, ...others } = JSON.parse(response.text) as { errors: Record<string, unknown>[] };
  expect({ status: response.status, codes: errors.map(({ extensions }) => extensions), others }).toEqual({
    status,
    codes: errors.map(() => ({ code })),
    others: {},
  });
  for (const error of errors) {
    expect(Object.keys(error)).toEqual(expect.arrayContaining(['message', 'extensions']));
    expect(['message', 'locations', 'extensions']).toEqual(expect.arrayContaining(Object.keys(error)));
    expect(error.message).toMatch(/^[A-Z].*\.$|^Syntax Error|^Cannot query|^Unknown/);
  }
  expect(response.text).not.toContain(canary);
  expect(response.text).not.toMatch(/\.[jt]s\b|\bat \/|node_modules|node:|select |pg_|SQLSTATE|stack/i);
  expect(response.headers.get('content-type')).toBe('application/json; charset=utf-8');
  expect(response.headers.get('cache-control')).toBe('private, no-store');
}

/** The entries that are added while something runs. */
export async function entriesOf(gateway: TestGateway, run: () => Promise<unknown>): Promise<TestEntry[]> {
  const before = (await gateway.entries()).length;
  await run();
  return (await gateway.entries()).slice(before);
}
