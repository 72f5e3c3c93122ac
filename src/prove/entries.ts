import pg from 'pg';
import {
  decodeBatch,
  decodeEntry,
  openKeyRing,
  openLedgerReader,
  openRequest,
  type LedgerKeys,
  type OpenedRequest,
} from '../ledger/index.js';

/** What an entry says that must be so in both ledgers, as one text; and by what request it is known. */
export interface ComparableEntry {
  /** The request's justification, which names it in both ledgers. */
  readonly id: string;
  readonly text: string;
}

const hex = (bytes: Uint8Array | null): string | null =>
  bytes === null ? null : Buffer.from(bytes).toString('hex');

/** Everything but times, nonces, durations, and the numbers that a request and its batch were given. */
function comparable({ entry, actor, recordKeys }: OpenedRequest): string {
  const { endpoint, roles, assertedRoles, purpose, reliedOn, outcome, code, reason, rows, bytes } = entry;
  return JSON.stringify({
    endpoint,
    roles,
    assertedRoles,
    purpose,
    reliedOn,
    outcome,
    code,
    reason,
    rows,
    bytes,
    organisation: entry.organisation,
    authTime: entry.authTime,
    authMethods: entry.authMethods,
    document: hex(entry.documentHash),
    variables: hex(entry.variablesHash),
    schema: hex(entry.schemaVersion),
    policy: hex(entry.policyVersion),
    actor,
    disclosures: entry.disclosures.map(({ descriptor, count }, i) => {
      const keys = recordKeys[i] ?? null;
      return [hex(descriptor), count, typeof keys === 'string' ? keys : hex(keys)];
    }),
  });
}

/** Reads the requests that a ledger has entered, each once. */
export class EntryReader {
  readonly #control: pg.ClientConfig;
  readonly #keys: LedgerKeys;
  /** Last batch read, by writer. */
  readonly #read = new Map<string, number>();

  constructor(control: pg.ClientConfig, keys: LedgerKeys) {
    this.#control = control;
    this.#keys = keys;
  }

  /** Those since it was last asked, by their ids. */
  async next(): Promise<ReadonlyMap<string, string>> {
    const reader = await openLedgerReader(this.#control);
    const pool = new pg.Pool({ ...this.#control, max: 1 });
    const ring = openKeyRing(pool, this.#keys);
    const found = new Map<string, string>();
    try {
      for await (const row of reader.batches()) {
        if (row.seq <= (this.#read.get(row.writerId) ?? -1)) continue;
        this.#read.set(row.writerId, row.seq);
        const { seal, entries } = decodeBatch(row);
        for (const [index, bytes] of entries.entries()) {
          const entry = decodeEntry(bytes);
          if (entry.kind !== 'request') continue;
          const opened = await openRequest(entry, seal, index, ring);
          const id = typeof opened.actor === 'string' ? null : opened.actor.justification;
          if (id !== null) found.set(id, comparable(opened));
        }
      }
      return found;
    } finally {
      await reader.close();
      await pool.end();
    }
  }
}
