import { constant, ident, join, render, sql, type Sql } from '../../base/index.js';
import type { Column, PgKind, PgType } from '../../catalog/index.js';

/** The extension of each type that is of one, as far as the embedded PostgreSQL has it. */
const extensions: Readonly<Record<string, string>> = {
  citext: 'citext',
  hstore: 'hstore',
  ltree: 'ltree',
  lquery: 'ltree',
  ltxtquery: 'ltree',
  cube: 'cube',
  seg: 'seg',
};

/** How PostgreSQL prints the types of a kind, without what is in parentheses, where it is not called like its kind. */
const printed: Partial<Readonly<Record<PgKind, string>>> = {
  bool: 'boolean',
  int2: 'smallint',
  int4: 'integer',
  int8: 'bigint',
  float4: 'real',
  float8: 'double precision',
  varchar: 'character varying',
  bpchar: 'character',
  char: '"char"',
  varbit: 'bit varying',
  timestamp: 'timestamp without time zone',
  timestamptz: 'timestamp with time zone',
  time: 'time without time zone',
  timetz: 'time with time zone',
};

/** Qualified name of a type, from what it is cast to: its schema and its name. */
function nameOf({ cast, schema }: PgType): readonly [schema: string, name: string] {
  const parts = [...cast.matchAll(/"((?:[^"]|"")+)"|([^".]+)/g)].map(
    ([, quoted, plain]) => quoted?.replaceAll('""', '"') ?? plain ?? '',
  );
  return [schema, parts.at(-1) ?? ''];
}

const textOf = (fragment: Sql): string => render(fragment).text;

/** `numeric(12,2)` without its parentheses, wherever they stand; and what is in them. */
function takeApart(display: string): { readonly name: string; readonly within: string } {
  const within = /\([\d,-]+\)/.exec(display)?.[0] ?? '';
  return { name: display.replace(within, '').replaceAll(/\s+/g, ' ').trim(), within };
}

/**
 * The types that columns need, in the order in which they can be made: extensions, enums, composites, ranges, domains.
 * What the catalogue does not say (the checks of a domain, the rules of a range) is not made.
 */
export class TypeStatements {
  readonly statements: string[] = [];
  /** What stands in for something that cannot be built here, as sentences. */
  readonly reasons: string[] = [];
  readonly #made = new Set<string>();
  readonly #schemas = new Set<string>(['pg_catalog', 'public']);

  schema(name: string): void {
    if (this.#schemas.has(name)) return;
    this.#schemas.add(name);
    this.statements.push(textOf(sql`CREATE SCHEMA ${ident(name)}`));
  }

  /** What a column is declared as; the type is made first, where it is not built in. */
  declare({ type }: Pick<Column, 'type'>): string {
    if (type.kind === 'array') return this.#array(type);
    if (type.schema !== 'pg_catalog' || type.kind === 'enum' || type.kind === 'composite') {
      this.#need(type);
      const own = textOf(ident(...nameOf(type)));
      return type.kind === 'extension' ? `${own}${takeApart(type.display).within}` : own;
    }
    const { name, within } = takeApart(type.display);
    const builtIn = printed[type.kind] ?? type.kind;
    if (name === builtIn || (['interval', 'range', 'multirange'].includes(type.kind) && !name.includes('.')))
      return type.display;
    // Printed otherwise: a domain, of which the catalogue says what is under it.
    return this.#domain(type, name, `${type.cast}${within}`);
  }

  #array(type: PgType): string {
    const { element } = type;
    if (element === null) return type.display;
    const { name, within } = takeApart(type.display);
    // `character varying(5)[]` says the length of the items, which the element's own type does not.
    const isPlain = name === `${printed[element.kind] ?? element.kind}[]`;
    if (isPlain && element.schema === 'pg_catalog') return type.display;
    return `${this.declare({ type: { ...element, display: `${element.display}${within}` } })}[]`;
  }

  #need(type: PgType): void {
    const [schema, name] = nameOf(type);
    const id = JSON.stringify([schema, name]);
    if (this.#made.has(id)) return;
    this.#made.add(id);
    this.schema(schema);
    if (type.kind === 'enum') {
      const labels = join(type.enumLabels.map(constant), sql`, `);
      this.statements.push(textOf(sql`CREATE TYPE ${ident(schema, name)} AS ENUM (${labels})`));
    } else if (type.kind === 'composite') {
      const attributes = [...type.attributes.values()].map(
        (attribute) => `${textOf(ident(attribute.name))} ${this.declare(attribute)}`,
      );
      this.statements.push(`CREATE TYPE ${textOf(ident(schema, name))} AS (${attributes.join(', ')})`);
    } else if (type.kind === 'range' || type.kind === 'multirange') this.#range(type, schema, name);
    else this.#extension(type, schema, name);
  }

  /** A range comes with its multirange, whose name is free to choose. */
  #range({ kind, element }: PgType, schema: string, name: string): void {
    if (element === null) return;
    const [range, multirange] = kind === 'range' ? [name, `${name} of many`] : [`${name} of one`, name];
    this.statements.push(
      `CREATE TYPE ${textOf(ident(schema, range))} AS RANGE (SUBTYPE = ${this.declare({ type: element })}, MULTIRANGE_TYPE_NAME = ${textOf(ident(schema, multirange))})`,
    );
  }

  #extension({ display }: PgType, schema: string, name: string): void {
    const extension = extensions[name];
    if (extension !== undefined) {
      // An extension makes all of its types at once.
      for (const [each, of] of Object.entries(extensions))
        if (of === extension) this.#made.add(JSON.stringify([schema, each]));
      this.statements.push(
        textOf(sql`CREATE EXTENSION IF NOT EXISTS ${ident(extension)} SCHEMA ${ident(schema)}`),
      );
      return;
    }
    this.reasons.push(
      `${display} is of an extension that the embedded PostgreSQL lacks: its columns hold text of the same name instead.`,
    );
    this.statements.push(textOf(sql`CREATE DOMAIN ${ident(schema, name)} AS pg_catalog.text`));
  }

  #domain(type: PgType, printedName: string, under: string): string {
    const parts = [...printedName.matchAll(/"((?:[^"]|"")+)"|([^".]+)/g)].map(
      ([, quoted, plain]) => quoted?.replaceAll('""', '"') ?? plain ?? '',
    );
    const [schema, name] = parts.length > 1 ? [parts[0] ?? '', parts[1] ?? ''] : ['public', parts[0] ?? ''];
    const own = textOf(ident(schema, name));
    const id = JSON.stringify([schema, name]);
    if (!this.#made.has(id)) {
      this.#made.add(id);
      this.schema(schema);
      this.statements.push(`CREATE DOMAIN ${own} AS ${under}`);
      this.reasons.push(
        `The checks of the domain ${printedName} are not in the catalogue: its columns hold any ${type.kind}.`,
      );
    }
    return own;
  }
}
