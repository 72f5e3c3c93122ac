import { pack, unpack, type Tuple } from '../base/index.js';
import { recordToken, type Cells, type KeyRing, type Outcome } from '../ledger/index.js';
import { run, type Database } from './database.js';
import { descriptorsOfType, namesRecords } from './descriptors.js';
import type { EntryPlace } from './ledger-entries.js';
import { prefix64 } from './prefix.js';

/** What an auditor asks for; every part that is there must hold. */
export interface AccessFilter {
  readonly person?: string;
  readonly organisation?: string;
  readonly type?: string;
  /** `Type.field` */
  readonly coordinate?: string;
  readonly record?: RecordName;
  readonly decision?: Cells['decision'];
  readonly outcome?: Outcome;
  /** Milliseconds since 1970. */
  readonly from?: number;
  /** Exclusive. */
  readonly to?: number;
}

/** A record by its key, in PostgreSQL's text form. */
export interface RecordName {
  readonly type: string;
  readonly key: readonly string[];
}

/** Whether only entries about some data are asked for. */
export function asksData({ type, coordinate, record, decision }: AccessFilter): boolean {
  return [type, coordinate, record, decision].some((part) => part !== undefined);
}

/** Tuples are compared as this. */
export const tupleText = (tuple: Tuple): string => JSON.stringify(tuple);

/** A filter in terms of the index, made once for all that is looked up by it. */
export interface IndexFilter {
  /** SQL over `audit.entry`, of which each must hold; slots from `$1`. */
  readonly conditions: readonly string[];
  readonly values: readonly unknown[];
  /** The record that the filter names, in every form that it may have in an entry, as `tupleText` has them. */
  readonly record: ReadonlySet<string>;
}

interface FilterParts {
  readonly database: Database;
  readonly keyRing: KeyRing;
}

/** A record, as entries and the index may name it; nothing where what is given cannot be a key of the type. */
async function namesOf(
  { type, key }: RecordName,
  { database, keyRing }: FilterParts,
): Promise<{ readonly record: ReadonlySet<string>; readonly tokens: readonly string[] }> {
  const descriptors = await descriptorsOfType(database, type);
  const layouts = descriptors.filter(namesRecords).map(({ keyLayout }) => keyLayout);
  const forms = [...new Map(layouts.map((layout) => [layout.join(), layout])).values()].flatMap((layout) => {
    const packed = pack(key, layout);
    return packed === null ? [] : [{ packed, tuples: unpack(packed, layout) }];
  });
  const sources = [...new Set(descriptors.map(({ source }) => source))];
  const keys = (await Promise.all(sources.map((source) => keyRing.ofSource(source)))).flat();
  return {
    record: new Set(forms.flatMap(({ tuples }) => tuples.map(tupleText))),
    tokens: keys.flatMap((each) => forms.map(({ packed }) => String(recordToken(each, type, packed)))),
  };
}

/** Descriptors with a group of cells for all of type, coordinate and decision. */
async function descriptorTokens(filter: AccessFilter, database: Database): Promise<readonly string[]> {
  const { rows } = await run<{ token: string }>(
    database,
    `SELECT DISTINCT d.token FROM audit.descriptor d JOIN audit.cells c ON c.descriptor = d.hash
      WHERE ($1::text IS NULL OR d.type = $1) AND ($2::text IS NULL OR c.coordinates @> ARRAY[$2::text])
        AND ($3::text IS NULL OR c.decision = $3)`,
    [filter.type ?? filter.record?.type ?? null, filter.coordinate ?? null, filter.decision ?? null],
  );
  return rows.map(({ token }) => token);
}

interface IndexRow {
  readonly at: string;
  readonly writer_id: string;
  readonly seq: string;
  readonly position: number;
}

function placeOf({ at, writer_id: writerId, seq, position }: IndexRow): EntryPlace {
  return { at: Number(at), writerId, seq: Number(seq), position };
}

/** @throws CordonError LEDGER_UNAVAILABLE */
export async function indexFilter(filter: AccessFilter, parts: FilterParts): Promise<IndexFilter> {
  const values: unknown[] = [];
  const conditions: string[] = [];
  const add = (value: unknown, condition: (slot: string) => string) =>
    conditions.push(condition(`$${values.push(value)}`));
  const { person, organisation, record, outcome, from, to } = filter;
  if (person !== undefined) {
    const actors = (await parts.keyRing.idsOfPerson(person)).map((id) => String(prefix64(id)));
    add(actors, (slot) => `actor = ANY(${slot}::bigint[])`);
  }
  if (organisation !== undefined) add(organisation, (slot) => `organisation = ${slot}`);
  if (outcome !== undefined) add(outcome, (slot) => `outcome = ${slot}`);
  if (from !== undefined) add(from, (slot) => `at >= ${slot}::bigint`);
  if (to !== undefined) add(to, (slot) => `at < ${slot}::bigint`);
  const names = record === undefined ? null : await namesOf(record, parts);
  if (names !== null) add(names.tokens, (slot) => `records && ${slot}::bigint[]`);
  // A token is of a record of its type: the type by itself says no more.
  const { type, coordinate, decision } = filter;
  if ([type, coordinate, decision].some((part) => part !== undefined))
    add(await descriptorTokens(filter, parts.database), (slot) => `descriptors && ${slot}::bigint[]`);
  return { conditions, values, record: names?.record ?? new Set() };
}

/**
 * Entries that may answer the filter, newest first: each has every part of it, though perhaps in different disclosures.
 * @param upTo the first of them is not newer than this one, which may be among them
 * @throws CordonError LEDGER_UNAVAILABLE
 */
export async function findEntries(
  filter: IndexFilter,
  upTo: EntryPlace | null,
  limit: number,
  database: Database,
): Promise<readonly EntryPlace[]> {
  const values = [...filter.values];
  const slot = (value: unknown): string => `$${values.push(value)}`;
  const conditions = ['true', ...filter.conditions];
  if (upTo !== null) {
    const place = [upTo.at, upTo.writerId, upTo.seq, upTo.position].map(slot);
    conditions.push(
      `(at, writer_id, seq, position) <= (${place[0]}::bigint, ${place[1]}::uuid, ${place[2]}::bigint, ${place[3]}::integer)`,
    );
  }
  const { rows } = await run<IndexRow>(
    database,
    `SELECT at, writer_id, seq, position FROM audit.entry WHERE ${conditions.join(' AND ')}
      ORDER BY at DESC, writer_id DESC, seq DESC, position DESC LIMIT ${slot(limit)}`,
    values,
  );
  return rows.map(placeOf);
}

/** Where an entry with this leaf hash may stand. */
export async function findLeaf(leaf: Buffer, database: Database): Promise<readonly EntryPlace[]> {
  const { rows } = await run<IndexRow>(
    database,
    'SELECT at, writer_id, seq, position FROM audit.entry WHERE leaf = $1::bigint',
    [String(prefix64(leaf))],
  );
  return rows.map(placeOf);
}
