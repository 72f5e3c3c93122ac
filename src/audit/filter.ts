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

/** A record's key, packed, and as its values read when they are unpacked again. */
interface RecordForm {
  readonly packed: Buffer;
  readonly tuple: string;
}

/** Tuples are compared as this. */
export const tupleText = (tuple: Tuple): string => JSON.stringify(tuple);

/** The record's key in every form that a descriptor of its type has had; none where it cannot be a key of the type. */
export async function recordForms(
  { type, key }: RecordName,
  database: Database,
): Promise<readonly RecordForm[]> {
  const layouts = (await descriptorsOfType(database, type))
    .filter(namesRecords)
    .map(({ keyLayout }) => keyLayout);
  const distinct = new Map(layouts.map((layout) => [layout.join(), layout]));
  return [...distinct.values()].flatMap((layout) => {
    const packed = pack(key, layout);
    return packed === null
      ? []
      : unpack(packed, layout).map((tuple) => ({ packed, tuple: tupleText(tuple) }));
  });
}

async function recordTokens(
  record: RecordName,
  database: Database,
  keyRing: KeyRing,
): Promise<readonly string[]> {
  const sources = new Set((await descriptorsOfType(database, record.type)).map(({ source }) => source));
  const keys = (await Promise.all([...sources].map((source) => keyRing.ofSource(source)))).flat();
  const forms = await recordForms(record, database);
  return keys.flatMap((key) => forms.map(({ packed }) => String(recordToken(key, record.type, packed))));
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

/**
 * Entries that may answer the filter, newest first: each has every part of it, though perhaps in different disclosures.
 * @param upTo the first of them is not newer than this one, which may be among them
 * @throws CordonError LEDGER_UNAVAILABLE
 */
export async function findEntries(
  filter: AccessFilter,
  upTo: EntryPlace | null,
  limit: number,
  { database, keyRing }: { readonly database: Database; readonly keyRing: KeyRing },
): Promise<readonly EntryPlace[]> {
  const values: unknown[] = [limit];
  const slot = (value: unknown): string => `$${values.push(value)}`;
  const conditions = ['true'];
  const { person, organisation, record, outcome, from, to } = filter;
  if (person !== undefined) {
    const actors = (await keyRing.idsOfPerson(person)).map((id) => String(prefix64(id)));
    conditions.push(`actor = ANY(${slot(actors)}::bigint[])`);
  }
  if (organisation !== undefined) conditions.push(`organisation = ${slot(organisation)}`);
  if (outcome !== undefined) conditions.push(`outcome = ${slot(outcome)}`);
  if (from !== undefined) conditions.push(`at >= ${slot(from)}::bigint`);
  if (to !== undefined) conditions.push(`at < ${slot(to)}::bigint`);
  if (asksData(filter))
    conditions.push(`descriptors && ${slot(await descriptorTokens(filter, database))}::bigint[]`);
  if (record !== undefined)
    conditions.push(`records && ${slot(await recordTokens(record, database, keyRing))}::bigint[]`);
  if (upTo !== null) {
    const place = [upTo.at, upTo.writerId, upTo.seq, upTo.position].map(slot);
    conditions.push(
      `(at, writer_id, seq, position) <= (${place[0]}::bigint, ${place[1]}::uuid, ${place[2]}::bigint, ${place[3]}::integer)`,
    );
  }
  const { rows } = await run<IndexRow>(
    database,
    `SELECT at, writer_id, seq, position FROM audit.entry WHERE ${conditions.join(' AND ')}
      ORDER BY at DESC, writer_id DESC, seq DESC, position DESC LIMIT $1`,
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
