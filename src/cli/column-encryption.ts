import type pg from 'pg';
import { ident, integer, join, param, render, sql, type Sql, type Tuple } from '../base/index.js';
import type { ColumnField, Encryption, TypeModel } from '../model/index.js';
import { equalsOf, keyText, toPgText, tupleBehind } from '../plan/index.js';
import type { ColumnCipher } from '../sources/index.js';

/** An encrypted column, and what fills it. */
export interface EncryptedColumn {
  readonly type: TypeModel;
  readonly field: ColumnField;
  readonly encryption: Encryption;
  /** The column that holds the values in clear; null where only the key is to change. */
  readonly from: string | null;
}

/** What may become of a row; the last three are for a person to look at, and nothing is written. */
export const outcomes = [
  'encrypted',
  'rotated',
  'unchanged',
  'empty',
  'differing',
  'unreadable',
  'invalid',
] as const;
export type Outcome = (typeof outcomes)[number];

export interface RowOutcome {
  readonly outcome: Outcome;
  /** The record's key, as PostgreSQL text. */
  readonly record: Tuple;
}

/** A row before it is written: what becomes of it, and its new ciphertext where it gets one. */
interface Judged extends RowOutcome {
  readonly sealed: Buffer | null;
}

/**
 * Encrypts a column batch by batch, in the order of the key. A batch is one transaction, and rows that are encrypted
 * already are left as they are, so that a run may end anywhere and the next goes on. Of a row only its ciphertext is ever
 * sent: parameters may be logged.
 */
export class ColumnEncryption {
  readonly #client: pg.ClientBase;
  readonly #column: EncryptedColumn;
  readonly #cipher: ColumnCipher;
  #after: Tuple | null = null;

  /** @param client whose session has the settings that values are printed under */
  constructor(client: pg.ClientBase, column: EncryptedColumn, cipher: ColumnCipher) {
    this.#client = client;
    this.#column = column;
    this.#cipher = cipher;
  }

  async count(): Promise<number> {
    const rows = await this.#run(sql`select pg_catalog.count(*)::pg_catalog.text from ${this.#table}`, {});
    return Number(rows[0]?.[0] ?? 0);
  }

  /** Looks at the next rows, and writes what there is to write unless `dry`. Empty behind the last row. */
  async next(size: number, dry: boolean): Promise<readonly RowOutcome[]> {
    await this.#client.query(dry ? 'begin read only' : 'begin');
    try {
      const judged = (await this.#read(size, dry)).map((row) => this.#judge(row));
      if (!dry) await this.#write(judged);
      await this.#client.query('commit');
      this.#after = judged.at(-1)?.record ?? this.#after;
      return judged;
    } catch (error) {
      // The connection may be gone; the first error says so.
      await this.#client.query('rollback').catch(() => undefined);
      throw error;
    }
  }

  /** `[…key, ciphertext, clear value]` of each row, locked until the batch is written. */
  #read(size: number, dry: boolean): Promise<readonly Row[]> {
    const { type, field, from } = this.#column;
    const keys = type.key.map(({ name }) => ident('t', name));
    const texts = type.key.map(({ name, type: { kind } }) => keyText(ident('t', name), kind));
    const clear = from === null ? sql`null` : sql`${ident('t', from)}::pg_catalog.text`;
    const pairs = type.key.map(({ name, type: of }, i) => ({
      type: of,
      left: ident('t', name),
      right: param({ id: `after ${i}` }, of.cast),
    }));
    const behind = this.#after === null ? sql`` : sql` where ${tupleBehind(pairs)}`;
    return this.#run(
      sql`select ${join(texts, sql`, `)}, ${ident('t', field.column.name)}, ${clear} from ${this.#table}${behind} order by ${join(keys, sql`, `)} limit ${integer(size)}${dry ? sql`` : sql` for update of "t"`}`,
      Object.fromEntries((this.#after ?? []).map((value, i) => [`after ${i}`, value])),
    );
  }

  #judge(row: Row): Judged {
    const { field, encryption } = this.#column;
    const record = row.slice(0, -2) as Tuple;
    const [stored, clear] = row.slice(-2) as [Buffer | null, string | null];
    const place = { coordinate: field.coordinate, record };
    const judged = (outcome: Outcome, text: string | null = null): Judged => ({
      outcome,
      record,
      sealed: text === null ? null : this.#cipher.seal(encryption.key, text, place),
    });
    if (stored === null) {
      if (clear === null) return judged('empty');
      return toPgText(clear, encryption.plainType) === clear ? judged('encrypted', clear) : judged('invalid');
    }
    const opened = this.#cipher.open(encryption.key, stored, place);
    if (opened === null) return judged('unreadable');
    // Which of the two is right is not for a command to say.
    if (clear !== null && clear !== opened.text) return judged('differing');
    return opened.current ? judged('unchanged') : judged('rotated', opened.text);
  }

  async #write(judged: readonly Judged[]): Promise<void> {
    const changed = judged.filter(({ sealed }) => sealed !== null);
    if (changed.length === 0) return;
    const { type, field } = this.#column;
    const keys = type.key.map(({ type: { cast } }, i) => param({ id: `key ${i}` }, `${cast}[]`));
    const names = [...keys.keys()].map((i) => ident(`key ${i}`));
    const same = type.key.map(
      (column, i) => sql`${ident('t', column.name)} ${equalsOf(column.type)} ${ident('v', `key ${i}`)}`,
    );
    const rows = await this.#run(
      sql`update ${this.#table} set ${ident(field.column.name)} = ${ident('v', 'sealed')} from unnest(${join([...keys, param({ id: 'sealed' }, 'pg_catalog.bytea[]')], sql`, `)}) as v(${join([...names, ident('sealed')], sql`, `)}) where ${join(same, sql` and `)} returning true`,
      {
        sealed: changed.map(({ sealed }) => sealed),
        ...Object.fromEntries(type.key.map((_, i) => [`key ${i}`, changed.map(({ record }) => record[i])])),
      },
    );
    if (rows.length !== changed.length)
      throw new Error(`${changed.length} rows were to be written and ${rows.length} were`);
  }

  get #table(): Sql<never> {
    const { schema, table } = this.#column.type;
    return sql`${ident(schema, table)} as "t"`;
  }

  async #run(statement: Sql, values: Readonly<Record<string, unknown>>): Promise<readonly Row[]> {
    const { text, slots } = render(statement);
    const result = await this.#client.query<(string | Buffer | null)[]>({
      text,
      values: slots.map(({ id }) => values[id]),
      rowMode: 'array',
    });
    return result.rows;
  }
}

type Row = readonly (string | Buffer | null)[];
