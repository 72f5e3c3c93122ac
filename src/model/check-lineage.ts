import type { FieldDefinitionNode } from 'graphql';
import { problemAt } from '../../directives/index.js';
import { columnId, type ColumnName, type Lineage } from '../catalog/index.js';
import type { FieldsDraft } from './draft.js';
import type { ColumnField, Mark } from './model.js';
import type { Report } from './report.js';

/** Where the values of a source's columns come from, and what the gateway's role may read of it. */
export interface SourceLineage {
  readonly source: string;
  readonly lineage: Lineage;
  /** Ids of columns. */
  readonly readable: ReadonlySet<string>;
}

type SecretMark = Extract<Mark, { readonly kind: 'secret' }>;

/** A field, and the column that it gives out. */
interface Exposed {
  readonly field: ColumnField;
  readonly node: FieldDefinitionNode;
}

/** Masks of which nothing of the value can be told. */
const silent: ReadonlySet<SecretMark['mask']['name']> = new Set(['nullify', 'constant', 'redact'] as const);

/**
 * Warns of secrets that leave by another way than the field that marks them: through a database view, a partition or a
 * generated column whose field bears a weaker mark, and through views that no type is bound to and the gateway's role may
 * read.
 */
export function checkLineage(
  types: readonly FieldsDraft[],
  sources: readonly SourceLineage[],
  report: Report,
): void {
  for (const source of sources) new Ways(types, source).report(report);
}

/** The ways by which the values of one source's columns come into others. */
class Ways {
  readonly #source: SourceLineage;
  readonly #exposed = new Map<string, Exposed[]>();
  readonly #behind = new Map<string, readonly ColumnName[]>();
  readonly #boundTables = new Set<string>();

  constructor(types: readonly FieldsDraft[], source: SourceLineage) {
    this.#source = source;
    for (const { bound, fields } of types) {
      if (bound?.source !== source.source) continue;
      const { schema, name } = bound.table;
      this.#boundTables.add(JSON.stringify([schema, name]));
      for (const { field, node } of fields.values())
        if (field?.kind === 'column')
          add(this.#exposed, columnId(schema, name, field.column.name), { field, node });
    }
    for (const { schema, table, columns } of source.lineage)
      for (const [column, behind] of columns) {
        const id = columnId(schema, table, column);
        this.#behind.set(id, [...(this.#behind.get(id) ?? []), ...behind]);
      }
  }

  report(report: Report): void {
    for (const [id, fields] of this.#exposed)
      for (const { field, node } of fields) {
        for (const { path, secret } of this.#secretsBehind(id)) {
          const weakness = weakerThan(secret.mark, field.mark);
          if (weakness === null) continue;
          report.warn(
            problemAt(node, 'SECRET_BY_ANOTHER_WAY', `${path}; ${field.coordinate} ${weakness}. ${mend}`),
          );
        }
        if (field.mark.kind === 'open') this.#reportCopies(id, field, node, report);
      }
    this.#reportUnbound(report);
  }

  /** An open column of which a copy is secret. */
  #reportCopies(id: string, field: ColumnField, node: FieldDefinitionNode, report: Report): void {
    for (const copy of this.#copiesOf(id))
      for (const { field: secret } of this.#exposed.get(copy) ?? []) {
        if (secret.mark.kind === 'open') continue;
        const path = `${nameOf(copy)}, which ${secret.coordinate} marks ${secret.mark.secretClass}, comes from ${nameOf(id)}`;
        const message = `${path}; ${field.coordinate} gives it to everyone. ${mend}`;
        report.warn(problemAt(node, 'SECRET_BY_ANOTHER_WAY', message));
      }
  }

  /** One warning for each view, at the first of the fields whose secrets it gives. */
  #reportUnbound(report: Report): void {
    for (const { kind, schema, table, columns } of this.#source.lineage) {
      if (kind !== 'view' || this.#boundTables.has(JSON.stringify([schema, table]))) continue;
      const readable = [...columns.keys()]
        .map((column) => columnId(schema, table, column))
        .filter((id) => this.#source.readable.has(id));
      const found = readable.flatMap((id) => this.#secretsBehind(id));
      const [first] = found;
      if (first === undefined) continue;
      const paths = found.map(({ path }) => path).join('; ');
      const message = `${paths}. No type is bound to this database view, and the gateway's role may read it: REVOKE SELECT ON "${schema}"."${table}" from that role (cordon grants).`;
      report.warn(problemAt(first.node, 'SECRET_IN_VIEW', message));
    }
  }

  /** Secrets whose values come into a column, one for each class and column behind it. */
  #secretsBehind(id: string): readonly Secret[] {
    const found = new Map<string, Secret>();
    for (const [behind, { table, column }] of this.#closure(id)) {
      const own = this.#exposed.get(behind) ?? [];
      // Of a column that no field gives, what gives a copy of it says what it is.
      const saying =
        own.length > 0
          ? own
          : this.#copiesOf(behind).flatMap((each) => (each === id ? [] : (this.#exposed.get(each) ?? [])));
      for (const { field, node } of saying) {
        if (field.mark.kind === 'open') continue;
        const { secretClass } = field.mark;
        const key = JSON.stringify([behind, secretClass]);
        if (found.has(key)) continue;
        const path = `${nameOf(id)} comes from ${table}.${column}, which ${field.coordinate} marks ${secretClass}`;
        found.set(key, { path, secret: { ...field, mark: field.mark }, node });
      }
    }
    return [...found.values()];
  }

  /** Whatever is behind a column, at any remove. */
  #closure(id: string, into = new Map<string, ColumnName>()): ReadonlyMap<string, ColumnName> {
    for (const each of this.#behind.get(id) ?? []) {
      const next = columnId(each.schema, each.table, each.column);
      if (into.has(next)) continue;
      into.set(next, each);
      this.#closure(next, into);
    }
    return into;
  }

  /** Columns of others that come from this one alone: what marks those secret says so of it. */
  #copiesOf(id: string): readonly string[] {
    return [...this.#exposed.keys()].filter((each) => {
      const behind = this.#closure(each);
      return behind.size === 1 && behind.has(id);
    });
  }
}

type SecretField = ColumnField & { readonly mark: SecretMark };

/** A secret that comes into a column, and the way. */
interface Secret {
  readonly path: string;
  readonly secret: SecretField;
  readonly node: FieldDefinitionNode;
}

const mend = 'Mark it alike, or have it give something else.';

/** In what a mark is weaker than the secret's, to end a sentence; null where it is not. */
function weakerThan(secret: SecretMark, mark: Mark): string | null {
  if (mark.kind === 'open') return 'gives it to everyone';
  if (mark.secretClass !== secret.secretClass) return `marks it ${mark.secretClass}`;
  if (silent.has(mark.mask.name) || JSON.stringify(mark.mask) === JSON.stringify(secret.mask)) return null;
  const { name } = mark.mask;
  return name === secret.mask.name
    ? `masks it by another ${name}`
    : `masks it by ${name} rather than by ${secret.mask.name}`;
}

function nameOf(id: string): string {
  return (JSON.parse(id) as string[]).slice(1).join('.');
}

function add<Key, Value>(map: Map<Key, Value[]>, key: Key, value: Value): void {
  const values = map.get(key);
  if (values === undefined) map.set(key, [value]);
  else values.push(value);
}
