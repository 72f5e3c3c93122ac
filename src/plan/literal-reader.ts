import { CordonError } from '../base/index.js';
import { itemType, type PgType } from '../catalog/index.js';
import type { ColumnField } from '../model/index.js';
import type { Literal } from './argument-shape.js';
import type { Collected } from './collect.js';
import type { CallerLimits } from '../policy/index.js';
import { toPgText } from './input-value.js';

/** What arguments may ask for. */
export type ArgumentLimits = Pick<
  CallerLimits,
  'rootDefault' | 'nestedDefault' | 'max' | 'flatMax' | 'filterTerms' | 'filterRelationsDeep' | 'listItems'
>;

/** Takes the values of one field's arguments: each checked, kept as a literal, and named by its place when it is wrong. */
export class LiteralReader {
  readonly literals: Literal[] = [];
  readonly limits: ArgumentLimits;
  readonly #field: Collected;

  constructor(field: Collected, limits: ArgumentLimits) {
    this.#field = field;
    this.limits = limits;
  }

  add(literal: Literal): number {
    return this.literals.push(literal) - 1;
  }

  wrong(path: readonly string[], reason: string): CordonError {
    return new CordonError('BAD_USER_INPUT', { message: `${this.#argument(path)} ${reason}.` });
  }

  tooLarge(path: readonly string[], limit: string): CordonError {
    return new CordonError('OPERATION_TOO_LARGE', {
      message: `${this.#argument(path)} is over the limit of ${limit}.`,
    });
  }

  value(value: unknown, { column, type }: ColumnField, path: readonly string[]): string {
    const item = itemType(column.type);
    // Ranges are written as such, whatever the field gives them out as.
    const isRange = item.kind === 'range' || item.kind === 'multirange';
    return this.valueOf(value, item, isRange ? 'Range' : type.name, path);
  }

  /** @param name of what is to be written */
  valueOf(value: unknown, type: PgType, name: string, path: readonly string[]): string {
    const text = toPgText(value, type);
    if (text === undefined) throw this.wrong(path, `is not a valid ${name}`);
    return text;
  }

  items(items: readonly unknown[], field: ColumnField, path: readonly string[]): readonly string[] {
    return this.itemsOf(items, path, (item, here) => this.value(item, field, here));
  }

  /** @param read reads one of them */
  itemsOf(
    items: readonly unknown[],
    path: readonly string[],
    read: (item: unknown, path: readonly string[]) => string,
  ): readonly string[] {
    const { listItems } = this.limits;
    if (items.length > listItems) throw this.tooLarge(path, `${listItems} items in a list`);
    return items.map((item, i) => read(item, [...path, String(i)]));
  }

  #argument(path: readonly string[]): string {
    return `Argument "${path.join('.')}" of "${this.#field.definition.name}"`;
  }
}
