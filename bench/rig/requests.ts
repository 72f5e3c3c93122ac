import type { Caller } from '../deployment/callers.js';
import type { Lane, ServerName } from '../scenarios/index.js';
import { postOf } from './post.js';

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
  const asked = { query: lane.document, variables: variablesOf(lane, key, told) };
  return postOf(pathOf(lane.server), asked, tokens.get(caller) ?? '', caller.headers);
}
