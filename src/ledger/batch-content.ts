import { readPayload } from './batch.js';
import { dictionaryKinds, type DictionaryKind } from './dictionary.js';
import { decodeEntry, type Entry } from './entry.js';
import type { FaultKind } from './fault.js';
import { bytesText, MalformedError } from './form.js';
import { merkleRoot } from './merkle.js';
import type { RequestEntry } from './request-entry.js';
import type { Seal } from './seal.js';

/** A batch's entries, and what its seal says of them. */
export interface SealedPayload extends Pick<Seal, 'seq' | 'count' | 'root'> {
  readonly payload: Buffer;
}

/** Hashes by kind of text, each as `bytesText` has it. */
export type TextsByKind = Readonly<Record<DictionaryKind, readonly string[]>>;

/** All that verification has to know of a batch's entries: it can be told from them alone, and by another thread. */
export interface BatchContent {
  readonly entries: number;
  readonly faults: readonly ContentFault[];
  readonly announced: TextsByKind;
  /** Not announced before in the same batch. */
  readonly cited: TextsByKind;
  /** Ids of the data keys that requests cite, as `bytesText` has them. */
  readonly dataKeys: readonly string[];
  /** Entries that are a writer's start, as stored. */
  readonly starts: readonly Uint8Array[];
}

export interface ContentFault {
  readonly kind: FaultKind;
  readonly message: string;
}

/** Texts to be added to, in the same form. */
export type TextSets = Readonly<Record<DictionaryKind, Set<string>>>;
export const noTexts = (): TextSets => ({ descriptor: new Set(), schema: new Set(), policy: new Set() });
const asLists = (sets: TextSets): TextsByKind => ({
  descriptor: [...sets.descriptor],
  schema: [...sets.schema],
  policy: [...sets.policy],
});

/** Reads every entry, strictly, and hashes them up to the root. */
export function contentOf({ payload, seq, count, root }: SealedPayload): BatchContent {
  const reading = new Reading();
  const entries = reading.attempt('PAYLOAD_MALFORMED', () => readPayload(payload));
  if (entries === null) return reading.content(0);
  if (entries.length !== count)
    reading.fault('COUNT_MISMATCH', `${entries.length} entries where ${count} were sealed`);
  if (entries.length === 0 || !merkleRoot(entries).equals(root))
    reading.fault('ROOT_MISMATCH', 'the entries are not those that were sealed');
  entries.forEach((stored, index) => reading.entry(stored, seq === 0 && index === 0));
  return reading.content(entries.length);
}

class Reading {
  readonly #faults: ContentFault[] = [];
  readonly #announced = noTexts();
  readonly #cited = noTexts();
  readonly #dataKeys = new Set<string>();
  readonly #starts: Uint8Array[] = [];

  content(entries: number): BatchContent {
    return {
      entries,
      faults: this.#faults,
      announced: asLists(this.#announced),
      cited: asLists(this.#cited),
      dataKeys: [...this.#dataKeys],
      starts: this.#starts,
    };
  }

  fault(kind: FaultKind, message: string): void {
    this.#faults.push({ kind, message });
  }

  attempt<T>(kind: FaultKind, read: () => T): T | null {
    try {
      return read();
    } catch (error) {
      if (!(error instanceof MalformedError)) throw error;
      this.fault(kind, error.message);
      return null;
    }
  }

  entry(stored: Buffer, isFirst: boolean): void {
    const entry = this.attempt('ENTRY_MALFORMED', () => decodeEntry(stored));
    if (entry === null) return;
    if (isFirst !== (entry.kind === 'writer start'))
      this.fault('START_MISPLACED', 'a chain begins with its start, and has one');
    this.#note(entry, stored);
  }

  #note(entry: Entry, stored: Buffer): void {
    if (entry.kind === 'dictionary') this.#announced[entry.text.kind].add(bytesText(entry.text.hash));
    if (entry.kind === 'request') this.#request(entry);
    // A copy: what is handed to another thread takes all of its memory with it.
    if (entry.kind === 'writer start') this.#starts.push(new Uint8Array(stored));
  }

  #request({ actor, schemaVersion, policyVersion, disclosures }: RequestEntry): void {
    this.#cites('schema', schemaVersion);
    this.#cites('policy', policyVersion);
    this.#dataKeys.add(bytesText(actor.keyId));
    for (const { descriptor, keys } of disclosures) {
      this.#cites('descriptor', descriptor);
      if (keys !== null) this.#dataKeys.add(bytesText(keys.keyId));
    }
  }

  #cites(kind: DictionaryKind, hash: Uint8Array): void {
    const name = bytesText(hash);
    if (!this.#announced[kind].has(name)) this.#cited[kind].add(name);
  }
}

/** The texts of a batch that its chain has not announced: kind and hash. */
export function missingTexts(
  cited: TextsByKind,
  announced: TextSets,
): readonly (readonly [DictionaryKind, string])[] {
  return dictionaryKinds.flatMap((kind) =>
    cited[kind].filter((name) => !announced[kind].has(name)).map((name) => [kind, name] as const),
  );
}
