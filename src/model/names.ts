import { camelCase, constantCase, snakeCase } from 'change-case';
import pluralize from 'pluralize';

/** The column of a field that names none: `creditLimit` is `credit_limit`, `_id` stays `_id`. */
export function columnNameOf(field: string): string {
  return snakeCase(field, { prefixCharacters: '_', suffixCharacters: '_' });
}

/** Root field for one record: `OrderLine` is `orderLine`. */
export function singleNameOf(type: string): string {
  return camelCase(type);
}

/** Root field for the list: `OrderLine` is `orderLines`. */
export function pluralNameOf(type: string): string {
  return pluralize(singleNameOf(type));
}

/**
 * The GraphQL value of a database label that is not itself a name: `in progress` is `IN_PROGRESS`, `1st` is `_1ST`. Of a
 * label in other letters than those of GraphQL it is no name either.
 */
export function enumValueOf(label: string): string {
  return constantCase(label).replace(/^(?=\d)/, '_');
}

/** Names longer than this are cut off by PostgreSQL, and two of them could become one. */
export const NAME_LENGTH_MAX = 63;

/** What the views generate beside the deployment's own types: `CustomerConnection`, `StringFilter`. */
export const generatedSuffixes = [
  ...([
    'Connection',
    'Edge',
    'Where',
    'OrderBy',
    'Filter',
    'ListFilter',
    'RangeFilter',
    'BoundsFilter',
    'Aggregate',
    'AggregateDistinct',
  ] as const),
  ...(['AggregateNumbers', 'AggregateValues', 'AggregateGroup', 'AggregateKeys', 'AggregateBy'] as const),
] as const;

/** Types of which each view has one. */
export const generatedTypes = [
  'PageInfo',
  'SortDirection',
  'NullFilter',
  'EmptyFilter',
  'OrderedStringFilter',
  'JSONAt',
] as const;

/** What the views add to each type's filter, beside its fields. */
export const whereKeywords = ['and', 'or', 'not'] as const;
