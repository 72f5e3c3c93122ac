import { encodeCanonical, type Canonical } from '../base/index.js';
import { dictionaryKinds, dictionaryText, type DictionaryText } from './dictionary.js';
import { bytes, choice, decode, fields, list, MalformedError, natural, nullable, text } from './form.js';
import { HASH_BYTES } from './merkle.js';
import { readRequest, requestVersion, type RequestEntry } from './request-entry.js';
import { uuidBytes, uuidText } from './writer-id.js';

/**
 * The entries of a chain, each one leaf. An entry is a canonical array that begins with kind, version and 16 secret
 * random bytes; without those bytes a caller could guess an entry and find its hash in somebody's receipt. The bytes
 * as stored are what is hashed.
 */
export type Entry =
  | RequestEntry
  /** `[2, 1, secret, kind of text, body]`: what later entries refer to by the body's hash. */
  | { readonly kind: 'dictionary'; readonly text: DictionaryText }
  | UnknownCallersEntry
  | WriterStartEntry
  | AcceptedLoggingEntry;

/** `[3, 1, secret, recorded, from, network, [[code, count], …]]`: requests of a minute that no known principal made. */
export interface UnknownCallersEntry {
  readonly kind: 'unknown callers';
  readonly recordedAt: number;
  /** Milliseconds since 1970 of the first of them. */
  readonly from: number;
  /** Null for the networks beyond those that are counted one by one. */
  readonly network: string | null;
  readonly counts: readonly { readonly code: string; readonly count: number }[];
}

/** `[4, 1, secret, recorded, writer, boot, [[writer, seq, seal's hash, found], …]]`: the first entry of every chain. */
export interface WriterStartEntry {
  readonly kind: 'writer start';
  readonly recordedAt: number;
  readonly writerId: string;
  readonly boot: string;
  /** Last seals that this process's folder knew of writers before it; not found means that the database was behind. */
  readonly predecessors: readonly Predecessor[];
}

export interface Predecessor {
  readonly writerId: string;
  readonly seq: number;
  readonly seal: Buffer;
  readonly found: boolean;
}

/**
 * `[5, 1, secret, recorded, source, [setting, …]]`: from here on a gateway serves a source that has parameters in its log,
 * which its configuration accepts.
 */
export interface AcceptedLoggingEntry {
  readonly kind: 'accepted logging';
  readonly recordedAt: number;
  readonly source: string;
  /** The settings of PostgreSQL by which they come into the log. */
  readonly settings: readonly string[];
}

const SECRET_BYTES = 16;
const kinds = [
  undefined,
  'request',
  'dictionary',
  'unknown callers',
  'writer start',
  'accepted logging',
] as const;
const version = 1;

export function encodeDictionary(secret: Buffer, { kind, body }: DictionaryText): Uint8Array {
  return encodeCanonical([kinds.indexOf('dictionary'), version, secret, dictionaryKinds.indexOf(kind), body]);
}

export function encodeUnknownCallers(secret: Buffer, entry: Omit<UnknownCallersEntry, 'kind'>): Uint8Array {
  return encodeCanonical([
    kinds.indexOf('unknown callers'),
    version,
    secret,
    entry.recordedAt,
    entry.from,
    entry.network,
    entry.counts.map(({ code, count }) => [code, count]),
  ]);
}

export function encodeWriterStart(secret: Buffer, entry: Omit<WriterStartEntry, 'kind'>): Uint8Array {
  return encodeCanonical([
    kinds.indexOf('writer start'),
    version,
    secret,
    entry.recordedAt,
    uuidBytes(entry.writerId),
    uuidBytes(entry.boot),
    entry.predecessors.map(({ writerId, seq, seal, found }) => [uuidBytes(writerId), seq, seal, found]),
  ]);
}

export function encodeAcceptedLogging(secret: Buffer, entry: Omit<AcceptedLoggingEntry, 'kind'>): Uint8Array {
  return encodeCanonical([
    kinds.indexOf('accepted logging'),
    version,
    secret,
    entry.recordedAt,
    entry.source,
    entry.settings,
  ]);
}

/**
 * An entry from its stored bytes; what is encrypted in it stays so.
 * @throws MalformedError when the bytes are not a canonical entry of a known kind and version
 */
export function decodeEntry(stored: Uint8Array): Entry {
  const value = decode(stored);
  const [kind, form, secret] = list(value, (item) => item);
  bytes(secret, SECRET_BYTES);
  switch (choice(kind, kinds)) {
    case 'request':
      if (form !== requestVersion) throw new MalformedError('a request entry of unknown version');
      return readRequest(value);
    case 'dictionary':
      return readDictionary(expectVersion(form, value));
    case 'unknown callers':
      return readUnknownCallers(expectVersion(form, value));
    case 'writer start':
      return readWriterStart(expectVersion(form, value));
    case 'accepted logging':
      return readAcceptedLogging(expectVersion(form, value));
    case undefined:
      throw new MalformedError('an entry of no kind');
  }
}

function expectVersion(found: Canonical | undefined, value: Canonical): Canonical {
  if (found !== version) throw new MalformedError('an entry of unknown version');
  return value;
}

function readDictionary(value: Canonical): Entry {
  const [, , , kind, body] = fields(value, 5);
  return { kind: 'dictionary', text: dictionaryText(choice(kind, dictionaryKinds), bytes(body)) };
}

function readUnknownCallers(value: Canonical): UnknownCallersEntry {
  const [, , , recordedAt, from, network, counts] = fields(value, 7);
  return {
    kind: 'unknown callers',
    recordedAt: natural(recordedAt),
    from: natural(from),
    network: nullable(network, text),
    counts: list(counts, (item) => {
      const [code, count] = fields(item, 2);
      return { code: text(code), count: natural(count) };
    }),
  };
}

function readWriterStart(value: Canonical): WriterStartEntry {
  const [, , , recordedAt, writer, boot, predecessors] = fields(value, 7);
  return {
    kind: 'writer start',
    recordedAt: natural(recordedAt),
    writerId: uuidText(bytes(writer, 16)),
    boot: uuidText(bytes(boot, 16)),
    predecessors: list(predecessors, (item) => {
      const [id, seq, seal, found] = fields(item, 4);
      return {
        writerId: uuidText(bytes(id, 16)),
        seq: natural(seq),
        seal: bytes(seal, HASH_BYTES),
        found: found === true,
      };
    }),
  };
}

function readAcceptedLogging(value: Canonical): AcceptedLoggingEntry {
  const [, , , recordedAt, source, settings] = fields(value, 6);
  return {
    kind: 'accepted logging',
    recordedAt: natural(recordedAt),
    source: text(source),
    settings: list(settings, text),
  };
}
