import type { Masking } from '../masks/index.js';
import type { RowCondition, RowValue, SecretClass } from '../policy/index.js';

/** The policy in the words it is written in, for people who read what it comes to. */

/** `$claims.accounts` */
export function valueWords(value: RowValue): string {
  switch (value.kind) {
    case 'subject':
      return '$subject';
    case 'claim':
      return `$claims.${value.name}`;
    case 'literal':
      return value.values.join('|');
  }
}

/** `account = $claims.accounts`; `all` for every row that the role sees. */
export function rowWords(condition: RowCondition): string {
  if (condition.length === 0) return 'all';
  return condition
    .flatMap((match) => match.map(({ by, value }) => `${by} = ${valueWords(value)}`))
    .join(' and ');
}

/** `agreement nda, training trade-secrets, a purpose, MFA within 15 min`; empty for none. */
export function conditionWords({
  agreement,
  training,
  purpose,
  mfaWithinSeconds,
}: SecretClass['conditions']): string {
  return [
    agreement === null ? '' : `agreement ${agreement}`,
    training === null ? '' : `training ${training}`,
    purpose ? 'a purpose' : '',
    mfaWithinSeconds === null ? '' : `MFA within ${mfaWithinSeconds / 60} min`,
  ]
    .filter((words) => words !== '')
    .join(', ');
}

/** `partial(keepStart: 0, keepEnd: 2)`, `email`; `redact, nulls kept`. */
export function maskWords({ mask: { name, ...settings }, nulls }: Masking): string {
  const given = Object.entries(settings).map(([key, value]) => `${key}: ${String(value)}`);
  const words = given.length === 0 ? name : `${name}(${given.join(', ')})`;
  return nulls === 'keep' ? `${words}, nulls kept` : words;
}
