import { builtInType, type Column, type PgKind, type PgType } from './catalog.js';
import type { AttributeRow, TypeRow } from './statements.js';

/** Types of `pg_catalog` that hold data. */
const builtIn: ReadonlySet<string> = new Set<PgKind>([
  ...(['bool', 'int2', 'int4', 'int8', 'oid', 'numeric', 'money', 'float4', 'float8'] as const),
  ...(['text', 'varchar', 'bpchar', 'name', 'char', 'uuid', 'json', 'jsonb', 'xml', 'bytea'] as const),
  ...(['date', 'timestamp', 'timestamptz', 'time', 'timetz', 'interval', 'bit', 'varbit'] as const),
  ...(['inet', 'cidr', 'macaddr', 'macaddr8', 'tsvector', 'tsquery', 'pg_lsn'] as const),
  ...(['point', 'line', 'lseg', 'box', 'path', 'polygon', 'circle'] as const),
]);

/** Types of extensions whose output functions fail for no value. */
const ofExtensions: Readonly<Record<string, readonly string[]>> = {
  citext: ['citext'],
  hstore: ['hstore'],
  ltree: ['ltree', 'lquery', 'ltxtquery'],
  cube: ['cube'],
  seg: ['seg'],
  vector: ['vector', 'halfvec', 'sparsevec'],
};

/** An attribute or column whose type is asked for. */
type Typed = Pick<AttributeRow, 'type' | 'display' | 'loose_collation'>;

/** The types of a catalogue, put together from their parts. */
export class Types {
  readonly #rows: ReadonlyMap<number, TypeRow>;

  constructor(rows: readonly TypeRow[]) {
    this.#rows = new Map(rows.map((row) => [row.oid, row]));
  }

  /** The type of a column. */
  of(typed: Typed): PgType {
    return this.#of(typed, []);
  }

  /** @param within the types that this one is a part of, for none may hold itself */
  #of({ type, display, loose_collation }: Typed, within: readonly number[]): PgType {
    const row = this.#underDomains(type);
    if (row === undefined || within.includes(row.oid)) return unsupported(display);
    // Such collations raise on patterns, and equal texts that differ have no total order.
    if (loose_collation !== null)
      return { ...unsupported(`${display} COLLATE ${quote(loose_collation)}`), ...placeOf(row) };
    const inner = [...within, row.oid];
    const element = row.element === null ? null : this.#element(row.element, inner);
    const found = { display, ...placeOf(row), enumLabels: row.labels, element: this.#known(row, element) };
    const kind = kindOf(row, element);
    const attributes = kind === 'composite' ? this.#attributes(row, inner) : new Map<string, never>();
    return kind === 'unsupported'
      ? { ...unsupported(display), ...placeOf(row) }
      : { kind, ...found, attributes };
  }

  #element(type: number, within: readonly number[]): PgType {
    const display = this.#rows.get(type)?.display ?? 'unknown';
    return this.#of({ type, display, loose_collation: null }, within);
  }

  /** Whatever is compared with a bound of a domain would have to be of that domain, whose checks may raise. */
  #known({ typtype, element }: TypeRow, type: PgType | null): PgType | null {
    const isDomain = element !== null && this.#rows.get(element)?.typtype === 'd';
    return isDomain && containers[typtype] !== undefined ? null : type;
  }

  #attributes({ attributes }: TypeRow, within: readonly number[]): ReadonlyMap<string, Column> {
    return new Map(
      attributes.map((attribute) => {
        const type = this.#of(attribute, within);
        return [attribute.name, { name: attribute.name, type, notNull: false, comment: null }];
      }),
    );
  }

  #underDomains(oid: number): TypeRow | undefined {
    let row = this.#rows.get(oid);
    while (row?.typtype === 'd') row = this.#rows.get(row.base);
    return row;
  }
}

const containers: Readonly<Record<string, PgKind>> = { r: 'range', m: 'multirange' };

/** Bounds whose text in a range is the same in every session: money goes by the locale. */
const unbounding: ReadonlySet<PgKind> = new Set(['unsupported', 'money', 'char', 'array', 'composite']);

/** Items that are arrays themselves are of a domain: how deep their lists are, their type does not say. */
const unlistable: ReadonlySet<PgKind> = new Set(['unsupported', 'array']);

function kindOf({ schema, name, typtype, extension }: TypeRow, element: PgType | null): PgKind {
  if (typtype === 'e') return 'enum';
  if (typtype === 'c') return 'composite';
  if (element !== null) {
    const container = containers[typtype];
    if (container === undefined) return unlistable.has(element.kind) ? 'unsupported' : 'array';
    return unbounding.has(element.kind) ? 'unsupported' : container;
  }
  if (schema === 'pg_catalog') return builtIn.has(name) ? (name as PgKind) : 'unsupported';
  if (extension === null || ofExtensions[extension]?.includes(name) !== true) return 'unsupported';
  return name === 'citext' ? 'citext' : 'extension';
}

function unsupported(display: string): PgType {
  return { ...builtInType('unsupported', display), cast: 'pg_catalog.text' };
}

function placeOf({ schema, name }: TypeRow): Pick<PgType, 'cast' | 'schema'> {
  const place = schema === 'pg_catalog' ? schema : quote(schema);
  const plain = schema === 'pg_catalog' && /^[a-z]\w*$/.test(name) && name !== 'char';
  const cast = `${place}.${plain ? name : quote(name)}`;
  return { cast, schema };
}

function quote(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}
