import pg from 'pg';
import { unpack, type PackedLayout } from '../../base/index.js';
import {
  decodeBatch,
  decodeEntry,
  openKeyRing,
  openLedgerReader,
  openRequest,
  readDescriptor,
  type BatchRow,
  type KeyRing,
  type LedgerKeys,
  type OpenedRequest,
} from '../../ledger/index.js';

const hex = (bytes: Uint8Array | null): string | null =>
  bytes === null ? null : Buffer.from(bytes).toString('hex');

/** How the record keys of a disclosure are packed, by the hash of its descriptor. */
type Layouts = ReadonlyMap<string, PackedLayout>;

/** Records in an order that does not depend on where a database keeps them. */
function recordsOf(keys: OpenedRequest['recordKeys'][number], layout: PackedLayout | undefined): unknown {
  if (keys === null || typeof keys === 'string' || layout === undefined) return keys;
  return unpack(keys, layout)
    .map((tuple) => JSON.stringify(tuple))
    .sort();
}

/** Everything but times, nonces, durations, and the numbers that a request and its batch were given. */
function comparable({ entry, actor, recordKeys }: OpenedRequest, layouts: Layouts): string {
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
    disclosures: entry.disclosures
      .map(({ descriptor, count }, i) => {
        const name = descriptor.toString('hex');
        return JSON.stringify([name, count, recordsOf(recordKeys[i] ?? null, layouts.get(name))]);
      })
      .sort(),
  });
}

/** Reads the requests that a ledger has entered, each once. */
export class EntryReader {
  readonly #control: pg.ClientConfig;
  readonly #keys: LedgerKeys;
  /** Last batch read, by writer. */
  readonly #read = new Map<string, number>();
  readonly #layouts = new Map<string, PackedLayout>();

  constructor(control: pg.ClientConfig, keys: LedgerKeys) {
    this.#control = control;
    this.#keys = keys;
  }

  /** What entries since it was last asked say that must be so in both ledgers, by the justifications that name their requests. */
  async next(): Promise<ReadonlyMap<string, string>> {
    const reader = await openLedgerReader(this.#control);
    const pool = new pg.Pool({ ...this.#control, max: 1 });
    const ring = openKeyRing(pool, this.#keys);
    const found = new Map<string, string>();
    try {
      for (const { writerId } of await reader.writers())
        for await (const row of reader.batchesOf(writerId, this.#read.get(writerId) ?? -1)) {
          this.#read.set(writerId, row.seq);
          for (const [id, text] of await this.#entriesOf(row, ring)) found.set(id, text);
        }
      return found;
    } finally {
      await reader.close();
      await pool.end();
    }
  }

  async #entriesOf(row: BatchRow, ring: KeyRing): Promise<readonly (readonly [string, string])[]> {
    const { seal, entries } = decodeBatch(row);
    const found: (readonly [string, string])[] = [];
    for (const [index, bytes] of entries.entries()) {
      const entry = decodeEntry(bytes);
      if (entry.kind === 'dictionary' && entry.text.kind === 'descriptor')
        this.#layouts.set(entry.text.hash.toString('hex'), readDescriptor(entry.text.body).keyLayout);
      if (entry.kind !== 'request') continue;
      const opened = await openRequest(entry, seal, index, ring);
      const id = typeof opened.actor === 'string' ? null : opened.actor.justification;
      if (id !== null) found.push([id, comparable(opened, this.#layouts)]);
    }
    return found;
  }
}
