import type { Column, PgType } from '../../catalog/index.js';
import type { Model } from '../../model/index.js';
import type { RowMatch } from '../../policy/index.js';
import { fit } from './fit.js';
import { linkText } from './values.js';

/** So many values there are of whoever rows belong to. */
export const OWNERS = 6;

/** Every place where the policy compares what rows belong to. */
export function rowMatches(model: Model): readonly RowMatch[] {
  return [...model.policy.roles.values()].flatMap(({ rows, classes }) => [
    ...(rows.kind === 'limited' ? [rows.match] : []),
    ...[...classes.values()].flatMap(({ clear }) => (clear.kind === 'limited' ? [clear.match] : [])),
  ]);
}

const integers: Readonly<Record<string, bigint>> = { int2: 2n ** 15n, int4: 2n ** 31n, int8: 2n ** 63n };

/** What a token or a policy says, in the form of the column; null where it is no value of it. */
export function ownerText(value: string, type: PgType): string | null {
  const limit = integers[type.kind];
  if (limit !== undefined) {
    if (!/^-?\d{1,19}$/.test(value)) return null;
    const number = BigInt(value);
    return number >= -limit && number < limit ? String(number) : null;
  }
  if (type.kind === 'enum') return type.enumLabels.includes(value) ? value : null;
  if (type.kind === 'uuid')
    return /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/i.test(value) ? value.toLowerCase() : null;
  if (type.kind === 'bpchar') return value.replace(/ +$/, '');
  return value;
}

/** Values of a column by which rows belong to somebody: those that callers have, and those of the policy's own texts. */
export function ownerValues({ type }: Column, keys: readonly string[], model: Model): readonly string[] {
  const written = rowMatches(model)
    .flat()
    .filter(({ by }) => keys.includes(by))
    .flatMap(({ value }) => (value.kind === 'literal' ? value.values : []))
    .flatMap((text) => {
      const own = ownerText(text, type);
      return own !== null && fit(own, type) === own ? [own] : [];
    });
  return [...new Set([...Array.from({ length: OWNERS }, (_, i) => linkText(type, i + 1)), ...written])];
}
