import type { Ability, AskedConditions, RowAtom } from './abilities.js';
import type { Shortfall } from './compare.js';
import { conditionWords, maskWords, valueWords } from './words.js';

/** Abilities in the words of the policy. */

function atomsWords(rows: readonly RowAtom[]): string {
  const limiting = rows.filter(({ shared }) => !shared);
  if (limiting.length === 0) return 'all';
  return limiting.map(({ by, value }) => `${by} = ${valueWords(value)}`).join(' and ');
}

function askedWords(conditions: AskedConditions | null): string {
  if (conditions === null) return 'nothing';
  const { purpose, purposes } = conditions;
  return `${conditionWords(conditions)}${purpose ? ` (${purposes.join(' or ')})` : ''}`;
}

function nounOf({ kind, mask, aggregate }: Ability): string {
  switch (kind) {
    case 'NAME':
      return 'its name';
    case 'VALUE':
      return 'the value';
    case 'MASK':
      return mask === null ? 'a mask' : `the mask ${maskWords(mask)}`;
    case 'ANSWER':
      return 'an answer where a condition is not met';
    case 'AGGREGATE':
      return aggregate === null
        ? 'aggregates'
        : `aggregates over ${aggregate.minGroup} or more of ${aggregate.entity}`;
    case 'FILTER':
    case 'SORT':
    case 'GROUP':
    case 'RELATE':
      return kind;
  }
}

/** `the value, on rows account = $claims.accounts, under agreement nda` */
export function givenWords(ability: Ability): string {
  const rows = atomsWords(ability.rows);
  return [
    nounOf(ability),
    rows === 'all' ? '' : `on rows ${rows}`,
    ability.conditions === null ? '' : `under ${askedWords(ability.conditions)}`,
  ]
    .filter((words) => words !== '')
    .join(', ');
}

/** What whose rows are by a key is bound to, where that is all that differs. */
function bindingWords(rows: readonly RowAtom[]): string {
  return rows.map(({ by, binding }) => `${by}: ${binding}`).join(', ');
}

/** `conditions agreement nda → nothing` */
export function differenceWords(respect: Shortfall, from: Ability, to: Ability): string {
  const change = (say: (ability: Ability) => string): string => `${respect} ${say(from)} → ${say(to)}`;
  switch (respect) {
    case 'rows':
      return atomsWords(from.rows) === atomsWords(to.rows)
        ? `rows are told by other columns: ${bindingWords(from.rows)} → ${bindingWords(to.rows)}`
        : change(({ rows }) => atomsWords(rows));
    case 'data':
      return change(({ data }) => data);
    case 'conditions':
      return askedWords(from.conditions) === askedWords(to.conditions)
        ? change(({ conditions }) => `${askedWords(conditions)} for ${conditions?.secretClass ?? ''}`)
        : change(({ conditions }) => askedWords(conditions));
    case 'mask':
      return change(({ mask }) => (mask === null ? 'none' : maskWords(mask)));
    case 'aggregate':
      return change(nounOf);
  }
}
