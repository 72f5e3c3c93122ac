import pg from 'pg';
import type { Column } from '../../src/catalog/index.js';
import type { ColumnField, Model, RelationLink, TypeModel } from '../../src/model/index.js';
import type { TestGateway } from '../support/gateway.js';

/** A row as PostgreSQL prints it: column → text. */
export type StoredRow = Readonly<Record<string, string | null>>;

/** What the databases hold, read without the gateway. */
export interface Stored {
  /** The rows of the table that a relation goes through, in no order. */
  links(through: RelationLink): readonly StoredRow[];
  /** The rows of a type's table in the order of the key. */
  rows(type: string): readonly StoredRow[];
  /** The row whose column has this value; null where there is none, or no value. */
  find(type: string, column: string, value: string | null): StoredRow | null;
}

/** What a row has in a column. */
export function cellOf(row: StoredRow, { name }: Column): string | null {
  const text = row[name];
  if (text === undefined) throw new Error(`no column ${name}`);
  return text;
}

export async function readStored(gateway: TestGateway): Promise<Stored> {
  const tables = new Map<string, readonly StoredRow[]>();
  const links = new Map<string, readonly StoredRow[]>();
  for (const [source, { config }] of gateway.sources) {
    const client = new pg.Client({ ...config, types: { getTypeParser: () => (text: string) => text } });
    await client.connect();
    try {
      for (const type of typesOf(gateway.model, source)) {
        const order = type.key.map(({ name }) => `"${name}"`).join(', ');
        const { rows } = await client.query<StoredRow>(
          `select * from "${type.schema}"."${type.table}" order by ${order}`,
        );
        tables.set(type.name, rows);
        for (const field of type.fields.values()) {
          if (field.kind !== 'relation' || field.through === null) continue;
          const { schema, table } = field.through;
          const found = await client.query<StoredRow>(`select * from "${schema}"."${table}"`);
          links.set(`${schema}.${table}`, found.rows);
        }
      }
    } finally {
      await client.end();
    }
  }
  const rows = (type: string): readonly StoredRow[] => {
    const found = tables.get(type);
    if (found === undefined) throw new Error(`no type ${type}`);
    return found;
  };
  const indexes = new Map<string, ReadonlyMap<string | null | undefined, StoredRow>>();
  const index = (type: string, column: string) => {
    const name = `${type}.${column}`;
    const made = indexes.get(name) ?? new Map(rows(type).map((row) => [row[column], row]));
    indexes.set(name, made);
    return made;
  };
  return {
    rows,
    links: ({ schema, table }) => links.get(`${schema}.${table}`) ?? [],
    find: (type, column, value) => (value === null ? null : (index(type, column).get(value) ?? null)),
  };
}

function typesOf(model: Model, source: string): readonly TypeModel[] {
  return [...model.types.values()].filter((type) => type.source === source);
}

export function columnFields(type: TypeModel): readonly ColumnField[] {
  return [...type.fields.values()].filter((field) => field.kind === 'column');
}

/** A record's key, as the ledger has it. */
export function keyOf({ key }: TypeModel, row: StoredRow): readonly (string | null)[] {
  return key.map((column) => cellOf(row, column));
}

export const isRange = ({ column }: ColumnField): boolean => column.type.kind === 'range';

/** Whether records come in the order of it: of bytes, documents, ranges and lists they do not. */
export function isSorted(field: ColumnField): boolean {
  return !['Base64', 'JSON'].includes(field.type.name) && field.lists === 0 && !isRange(field);
}

/** Of an array whose items need no quotation marks. */
export function itemsOf(text: string): readonly (string | null)[] {
  const items = text === '{}' ? [] : text.slice(1, -1).split(',');
  return items.map((item) => (item === 'NULL' ? null : item));
}

/** A value as the response is to hold it: PostgreSQL's text in the JSON form of the field's type. */
export function jsonOf({ type, column, lists }: ColumnField, text: string | null): unknown {
  if (text === null) return null;
  if (lists > 0) return itemsOf(text);
  switch (type.name) {
    case 'Int':
    case 'Float':
      return Number(text);
    case 'LocalDateTime':
      return text.replace(' ', 'T');
    case 'Base64':
      return Buffer.from(text.slice(2), 'hex').toString('base64');
    case 'ID':
    case 'String':
    case 'BigInt':
    case 'Decimal':
    case 'Date':
    case 'Range':
      return text;
    case 'JSON':
      return JSON.parse(text) as unknown;
    default:
      throw new Error(`${type.name} of ${column.name} is not in these databases`);
  }
}

const numbers: ReadonlySet<string> = new Set(['int2', 'int4', 'numeric']);
const texts: ReadonlySet<string> = new Set(['varchar', 'text', 'date', 'timestamp']);

/** Less than, equal or greater as PostgreSQL has it, text by its UTF-8 bytes as the tests' cluster sorts it; no nulls. */
export function compareStored({ type: { kind } }: Column, a: string, b: string): number {
  if (numbers.has(kind)) return Number(a) - Number(b);
  if (kind === 'float4') return Math.fround(Number(a)) - Math.fround(Number(b));
  if (kind === 'citext') return Buffer.compare(Buffer.from(a.toLowerCase()), Buffer.from(b.toLowerCase()));
  if (texts.has(kind)) return Buffer.compare(Buffer.from(a), Buffer.from(b));
  throw new Error(`${kind} is not in these databases`);
}
