import fc from 'fast-check';
import { constantCase } from 'change-case';
import type { ColumnField } from '../../src/model/index.js';
import type { Node } from './ask.js';
import { cellOf, compareStored, jsonOf, type StoredRow } from './stored.js';

/** A piece of an aggregate, and what it gives over rows. */
export interface Total {
  readonly text: string;
  readonly give: (rows: readonly StoredRow[]) => Node;
}

type Kind = ColumnField['column']['type']['kind'];

const numberKinds: readonly Kind[] = ['int2', 'int4', 'numeric', 'float4'];
/** Equal where their texts are, so that a group is known by the text of its key. */
const plainKinds: readonly Kind[] = ['int2', 'int4', 'text', 'varchar', 'date'];

const valuesOf = (field: ColumnField, rows: readonly StoredRow[]): readonly string[] =>
  rows.map((row) => cellOf(row, field.column)).filter((text) => text !== null);

/** A decimal, exactly: digits without the point, and how many stand behind it. */
function decimal(text: string): { readonly digits: bigint; readonly scale: number } {
  const [, mantissa = '', exponent = '0'] = /^([^e]+)(?:e(.+))?$/.exec(text) ?? [];
  const [whole = '', fraction = ''] = mantissa.split('.');
  const scale = fraction.length - Number(exponent);
  const digits = BigInt(whole + fraction);
  return scale < 0 ? { digits: digits * 10n ** BigInt(-scale), scale: 0 } : { digits, scale };
}

/** Without zeros at the end of its fraction. */
export const trimmed = (text: string): string => (text.includes('.') ? text.replace(/\.?0+$/, '') : text);

function sum(texts: readonly string[]): string | null {
  if (texts.length === 0) return null;
  const parts = texts.map(decimal);
  const scale = Math.max(...parts.map((part) => part.scale));
  const total = parts.reduce((all, part) => all + part.digits * 10n ** BigInt(scale - part.scale), 0n);
  const digits = String(total < 0n ? -total : total).padStart(scale + 1, '0');
  const written = scale === 0 ? digits : `${digits.slice(0, -scale)}.${digits.slice(-scale)}`;
  return trimmed(`${total < 0n ? '-' : ''}${written}`);
}

function extreme(field: ColumnField, sign: 1 | -1, rows: readonly StoredRow[]): string | null {
  const texts = valuesOf(field, rows);
  const [first] = texts;
  if (first === undefined) return null;
  return texts.reduce(
    (best, text) => (sign * compareStored(field.column, text, best) < 0 ? text : best),
    first,
  );
}

/** Of each field one value, in the form of the response; numbers are compared without zeros at their end. */
const perField = (
  name: string,
  fields: readonly ColumnField[],
  give: (field: ColumnField, rows: readonly StoredRow[]) => unknown,
): Total => ({
  text: `${name} { ${fields.map((field) => field.name).join(' ')} }`,
  give: (rows) => ({ [name]: Object.fromEntries(fields.map((field) => [field.name, give(field, rows)])) }),
});

const some = <Item>(items: readonly Item[]): fc.Arbitrary<Item[]> =>
  fc.subarray([...items], { minLength: 1, maxLength: Math.min(3, items.length) });

/** What may be asked of `aggregate` over these fields. */
function aggregates(fields: readonly ColumnField[]): fc.Arbitrary<Total[]> {
  const kinds = (wanted: readonly Kind[]) => fields.filter(({ column }) => wanted.includes(column.type.kind));
  const numbers = kinds(numberKinds).filter(({ type }) => type.name !== 'ID');
  const plain = kinds(plainKinds);
  const count = fc.constant<Total>({ text: 'count', give: (rows) => ({ count: rows.length }) });
  const choices = [count];
  if (numbers.length > 0)
    choices.push(
      some(numbers).map((each) => perField('sum', each, (field, rows) => sum(valuesOf(field, rows)))),
    );
  if (plain.length > 0) {
    choices.push(
      some(plain).map((each) =>
        perField('countDistinct', each, (field, rows) => new Set(valuesOf(field, rows)).size),
      ),
      some(plain).map((each) =>
        perField('min', each, (field, rows) => jsonOf(field, extreme(field, 1, rows))),
      ),
      some(plain).map((each) =>
        perField('max', each, (field, rows) => jsonOf(field, extreme(field, -1, rows))),
      ),
    );
  }
  return fc
    .array(fc.oneof(...choices), { minLength: 1, maxLength: 3 })
    .map((totals) =>
      totals.filter(({ text }, i) => totals.findIndex((each) => head(each) === text.split(' ')[0]) === i),
    );
}

const head = ({ text }: Total): string | undefined => text.split(' ')[0];

const textOf = (totals: readonly Total[]): string => totals.map(({ text }) => text).join(' ');
const giveAll = (totals: readonly Total[], rows: readonly StoredRow[]): Node =>
  Object.assign({}, ...totals.map(({ give }) => give(rows))) as Node;

/** Groups in the order of their keys, null last. */
function groups(by: readonly ColumnField[], rows: readonly StoredRow[]): StoredRow[][] {
  const found = new Map<string, StoredRow[]>();
  for (const row of rows) {
    const key = JSON.stringify(by.map(({ column }) => cellOf(row, column)));
    const group = found.get(key);
    if (group === undefined) found.set(key, [row]);
    else group.push(row);
  }
  const compare = (a: StoredRow, b: StoredRow): number => {
    for (const { column } of by) {
      const [left, right] = [cellOf(a, column), cellOf(b, column)];
      const order =
        left === null || right === null
          ? Number(left === null) - Number(right === null)
          : compareStored(column, left, right);
      if (order !== 0) return order;
    }
    return 0;
  };
  return [...found.values()].sort(([a], [b]) => compare(a!, b!));
}

/** `aggregate` and `groupBy` of a connection over these fields, which the caller has clear in every row. */
export function totals(fields: readonly ColumnField[]): fc.Arbitrary<Total> {
  const whole = aggregates(fields).map((each): Total => ({
    text: `aggregate { ${textOf(each)} }`,
    give: (rows) => ({ aggregate: giveAll(each, rows) }),
  }));
  const plain = fields.filter(({ column }) => plainKinds.includes(column.type.kind));
  if (plain.length === 0) return whole;
  const grouped = fc
    .tuple(
      fc.subarray(plain, { minLength: 1, maxLength: Math.min(2, plain.length) }),
      aggregates(fields),
      fc.nat({ max: 20 }),
    )
    .map(([by, each, first]): Total => {
      const names = by.map(({ name }) => name);
      return {
        text: `groupBy(by: [${names.map((name) => constantCase(name)).join(', ')}], first: ${first}) { keys { ${names.join(' ')} } aggregate { ${textOf(each)} } }`,
        give: (rows) => ({
          groupBy: groups(by, rows)
            .slice(0, first)
            .map((group) => ({
              keys: Object.fromEntries(
                by.map((field) => [field.name, jsonOf(field, cellOf(group[0]!, field.column))]),
              ),
              aggregate: giveAll(each, group),
            })),
        }),
      };
    });
  return fc.oneof(whole, grouped);
}

/** The response with its sums in the form in which they are computed here. */
export function withTrimmedSums(value: unknown, within = ''): unknown {
  if (Array.isArray(value)) return value.map((item) => withTrimmedSums(item, within));
  if (typeof value === 'object' && value !== null)
    return Object.fromEntries(
      Object.entries(value).map(([name, member]) => [
        name,
        withTrimmedSums(member, within === 'sum' ? within : name),
      ]),
    );
  return within === 'sum' && typeof value === 'string' ? trimmed(value) : value;
}
