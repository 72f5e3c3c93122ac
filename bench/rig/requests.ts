import type { Caller } from '../deployment/callers.js';
import type { Lane, ServerName } from '../scenarios/index.js';

/** A token for each caller, minted for this run. */
export type Tokens = ReadonlyMap<Caller, string>;

/** What a server said of itself when it was up. */
export interface Told {
  readonly port: number;
  /** Of `postgraphile`: what its cursors hold before the key. */
  readonly cursor?: readonly unknown[];
}

const pathOf = (server: ServerName): string => (server === 'cordonOnLedger' ? '/control' : '/graphql');

/** PostGraphile pages by cursors, and its keys are numbers. */
function variablesOf({ server, document }: Lane, key: number, { cursor = [] }: Told): object {
  if (server !== 'postgraphile') return { key: String(key) };
  if (!document.includes('$after')) return { id: key };
  return { after: Buffer.from(JSON.stringify([...cursor, key])).toString('base64') };
}

/** The bytes that ask a lane's question about a key, as latin1 text. */
export function requestOf(lane: Lane, key: number, caller: Caller, tokens: Tokens, told: Told): string {
  if (lane.server === 'limit') return `GET /${lane.document}?${key} HTTP/1.1\r\nhost: 127.0.0.1\r\n\r\n`;
  const body = JSON.stringify({ query: lane.document, variables: variablesOf(lane, key, told) });
  const headers = {
    host: '127.0.0.1',
    authorization: `Bearer ${tokens.get(caller) ?? ''}`,
    ...caller.headers,
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(body),
  };
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  return `POST ${pathOf(lane.server)} HTTP/1.1\r\n${lines.join('')}\r\n${body}`;
}
