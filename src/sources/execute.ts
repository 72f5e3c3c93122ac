import DataLoader from 'dataloader';
import { randomBytes } from 'node:crypto';
import { bytesOf, CordonError, unpack, utf8AsText, type ByteText, type Tuple } from '../base/index.js';
import type { Descriptor } from '../ledger/index.js';
import type { CipherHole, Hole, Literal, Pack, PlanSlot, Statement } from '../plan/index.js';
import type { RowValue } from '../policy/index.js';
import type { Row } from './message-splitter.js';
import type { Patience, Source } from './source.js';

/** What fills the slots of a plan: all that belongs to the caller and the request. */
export interface Bindings {
  readonly literals: readonly Literal[];
  /** The values of a row rule, as PostgreSQL text, valid for the slot's type. */
  readonly rowValues: (value: RowValue, slot: Extract<PlanSlot, { kind: 'rows' }>) => readonly string[];
  /** Half of a mask's key for this caller's audience. */
  readonly maskKey: (coordinate: string, shared: boolean, pad: 'inner' | 'outer') => Buffer;
  readonly sealCursor: (tuple: Tuple, place: Uint8Array) => string;
  /**
   * The JSON of a value that is stored encrypted, from its record's key and its ciphertext; `null` where there is none.
   * @throws CordonError ENCRYPTED_VALUE_UNREADABLE
   */
  readonly openCipher: (hole: CipherHole, tuple: Tuple) => string;
}

/** Records that left, or join keys that were sent: packed keys by descriptor. */
export interface Keys {
  readonly descriptor: Descriptor;
  readonly packed: Buffer;
  /** Whether no key is in it twice; where it is not known, some may be. */
  readonly distinct: boolean;
}

/** A root field's JSON in UTF-8, complete, and whose records it holds. */
export interface RootResult {
  readonly body: ByteText;
  readonly keys: readonly Keys[];
}

/** A root field that failed: what had been sent to a source by then. */
export class RootFailure extends Error {
  readonly error: CordonError;
  readonly sent: readonly Keys[];

  constructor(error: CordonError, sent: readonly Keys[]) {
    super(error.code);
    this.error = error;
    this.sent = sent;
  }
}

const jsonNull = utf8AsText('null');

type RelationHole = Extract<Hole, { kind: 'relation' }>;

/**
 * Runs the statements of one request. Relations into other sources are fetched in batches, one per place in the
 * selection and level, and spliced into the holes that the outer statement left.
 */
export class Execution {
  readonly #sources: ReadonlyMap<string, Source>;
  readonly #bindings: Bindings;
  #madeNonce: string | null = null;
  readonly #maxBytes: number;
  readonly #patience: Patience | undefined;

  /** @param patience for as long as there is somebody who waits; without it, the sources' own limits hold alone */
  constructor(
    sources: ReadonlyMap<string, Source>,
    bindings: Bindings,
    maxBytes: number,
    patience?: Patience,
  ) {
    this.#sources = sources;
    this.#bindings = bindings;
    this.#maxBytes = maxBytes;
    this.#patience = patience;
  }

  /** Fresh for every request, so that no stored value can be taken for a hole. Most statements have none and need none. */
  get #nonce(): string {
    return (this.#madeNonce ??= randomBytes(16).toString('hex'));
  }

  /** @throws RootFailure */
  async root(statement: Statement): Promise<RootResult> {
    const run = new RootRun();
    try {
      const rows = await this.#rows(statement, []);
      const [body] = await this.#fill(statement, rows.length === 0 ? [[null]] : rows, run);
      if (body === undefined || (statement.holes.length > 0 && body.includes(this.#nonce)))
        throw new CordonError('INTERNAL_ERROR', { detail: 'a hole was left open' });
      return { body, keys: run.keys };
    } catch (cause) {
      const error = cause instanceof CordonError ? cause : new CordonError('INTERNAL_ERROR', { cause });
      throw new RootFailure(error, run.sent);
    }
  }

  async #rows(statement: Statement, joins: readonly (readonly (string | null)[])[]): Promise<Row[]> {
    const source = this.#sources.get(statement.source);
    if (source === undefined)
      throw new CordonError('SOURCE_UNAVAILABLE', { detail: `no source ${statement.source}` });
    const values = statement.slots.map((slot) => this.#value(slot, joins));
    return source.run({ text: statement.text, name: statement.name, values }, this.#patience);
  }

  #value(slot: PlanSlot, joins: readonly (readonly (string | null)[])[]): unknown {
    switch (slot.kind) {
      case 'literal':
        return this.#bindings.literals[slot.index];
      case 'rows':
        return this.#bindings.rowValues(slot.value, slot);
      case 'mask':
        return this.#bindings.maskKey(slot.coordinate, slot.shared, slot.pad);
      case 'nonce':
        return this.#nonce;
      case 'join':
        return joins[slot.index];
    }
  }

  /** The rows' bodies with every hole filled; notes their record keys. */
  async #fill({ packs, holes }: Statement, rows: readonly Row[], run: RootRun): Promise<ByteText[]> {
    let size = 0;
    for (const row of rows) {
      size += row[0]?.length ?? 0;
      packs.forEach((pack, i) => run.note(pack, row[1 + i]));
    }
    if (size > this.#maxBytes) throw new CordonError('RESPONSE_TOO_LARGE');
    if (holes.length === 0) return rows.map((row) => row[0] ?? jsonNull);
    const fillings = await Promise.all(
      holes.map((hole, i) =>
        this.#fillings(
          hole,
          rows.map((row) => row[1 + packs.length + i] ?? null),
          run,
        ),
      ),
    );
    // Counted before it is put together: equal join keys are fetched once, but what they gave is put in again and again.
    for (const texts of fillings.flat()) for (const text of texts) size += text.length;
    if (size > this.#maxBytes) throw new CordonError('RESPONSE_TOO_LARGE');
    return rows.map((row, i) =>
      row[0] == null
        ? jsonNull
        : splice(
            row[0],
            this.#nonce,
            fillings.map((perRow) => perRow[i] ?? []),
          ),
    );
  }

  /** For each row, what goes into its occurrences of the hole, in their order. */
  async #fillings(hole: Hole, inputs: Row, run: RootRun): Promise<ByteText[][]> {
    const tuples = inputs.map((input) => (input === null ? [] : unpack(bytesOf(input), hole.layout)));
    if (hole.kind === 'cursor')
      return tuples.map((row) =>
        row.map((tuple) => utf8AsText(`"${this.#bindings.sealCursor(tuple, hole.place)}"`)),
      );
    if (hole.kind === 'cipher')
      return tuples.map((row) => row.map((tuple) => utf8AsText(this.#bindings.openCipher(hole, tuple))));
    const loader = this.#loader(hole, run);
    return Promise.all(tuples.map((row) => Promise.all(row.map((tuple) => loader.load(tuple)))));
  }

  /** One loader for one place in one request: equal join keys are fetched once, and nothing outlives the request. */
  #loader(hole: RelationHole, run: RootRun): DataLoader<Tuple, ByteText, string | null> {
    const batch = async (tuples: readonly Tuple[]): Promise<ByteText[]> => {
      run.send(hole.sent, tuples);
      const joins = hole.layout.map((_, column) => tuples.map((tuple) => tuple[column] ?? null));
      return this.#fill(hole.batch, await this.#rows(hole.batch, joins), run);
    };
    // Most join by one column, which is told apart as it is.
    const cacheKeyFn =
      hole.layout.length === 1 ? ([only = null]: Tuple) => only : (tuple: Tuple) => JSON.stringify(tuple);
    return new DataLoader(batch, { cacheKeyFn, maxBatchSize: 1000 });
  }
}

/** What one root field has asked for and received so far. */
class RootRun {
  readonly #sent: { readonly descriptor: Descriptor; readonly tuples: readonly Tuple[] }[] = [];
  readonly #received = new Map<Descriptor, { readonly parts: ByteText[]; readonly distinct: boolean }>();

  note({ descriptor, distinct }: Pack, packed: ByteText | null | undefined): void {
    if (packed == null) return;
    const known = this.#received.get(descriptor);
    if (known === undefined) this.#received.set(descriptor, { parts: [packed], distinct });
    else known.parts.push(packed);
  }

  /** Join keys leave one source for another, so the ledger hears of them when the other fails. */
  send(descriptor: Descriptor, tuples: readonly Tuple[]): void {
    this.#sent.push({ descriptor, tuples });
  }

  /** Asked for by what fails alone. */
  get sent(): Keys[] {
    return this.#sent.map(({ descriptor, tuples }) => ({
      descriptor,
      packed: packText(tuples),
      distinct: false,
    }));
  }

  get keys(): Keys[] {
    return [...this.#received].map(([descriptor, { parts, distinct }]) => ({
      descriptor,
      packed: bytesOf(...parts),
      distinct: distinct && parts.length === 1,
    }));
  }
}

/** Tuples in the packed form, every column as text. */
function packText(tuples: readonly Tuple[]): Buffer {
  return Buffer.concat(
    tuples.flat().flatMap((value) => {
      const text = value === null ? null : Buffer.from(value);
      const length = Buffer.alloc(4);
      length.writeInt32BE(text?.length ?? -1);
      return text === null ? [length] : [length, text];
    }),
  );
}

/**
 * Puts fillings into a body's holes: one split, one join.
 * @param fillings per hole, what goes into its occurrences in their order
 */
export function splice(body: ByteText, nonce: string, fillings: readonly (readonly ByteText[])[]): ByteText {
  const used = fillings.map(() => 0);
  const [head, ...pieces] = body.split(`"${nonce}`);
  const filled = pieces.map((piece) => {
    const end = piece.indexOf('"');
    const hole = Number(piece.slice(0, end));
    const value = fillings[hole]?.[used[hole] ?? 0];
    if (value === undefined) throw new CordonError('INTERNAL_ERROR', { detail: 'more holes than fillings' });
    used[hole] = (used[hole] ?? 0) + 1;
    return value + piece.slice(end + 1);
  });
  if (used.some((count, hole) => count !== fillings[hole]?.length))
    throw new CordonError('INTERNAL_ERROR', { detail: 'fewer holes than fillings' });
  return ((head ?? '') + filled.join('')) as ByteText;
}
