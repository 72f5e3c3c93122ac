import { buildASTSchema, parse } from 'graphql';
import { camelCase, pascalCase } from 'change-case';
import pluralize from 'pluralize';
import {
  generatedSuffixes,
  generatedTypes,
  NAME_LENGTH_MAX,
  preludeSdl,
  singleNameOf,
} from '../model/index.js';

/** GraphQL names made from names of a database: ASCII letters, digits and `_`, whatever stood there. */
function ascii(name: string): string {
  return name
    .normalize('NFKD')
    .replaceAll(/\p{M}/gu, '')
    .replaceAll('ı', 'i')
    .replaceAll('ß', 'ss')
    .replaceAll(/[^A-Za-z0-9]+/g, ' ')
    .trim();
}

/** `order_details` is `OrderDetail`; what has no letter at all gets `fallback`. */
export function typeNameFrom(fallback: string, ...parts: readonly string[]): string {
  const words = ascii(parts.join(' '))
    .split(' ')
    .filter((word) => word !== '');
  const last = words.pop();
  const name = pascalCase([...words, ...(last === undefined ? [] : [pluralize.singular(last)])].join(' '), {
    mergeAmbiguousCharacters: true,
  });
  return shortened(/^[A-Za-z]/.test(name) ? name : `${fallback}${name}`);
}

/** `credit_limit` is `creditLimit`, and stays the column's own where the gateway finds it so. */
export function fieldNameFrom(column: string): string {
  const name = camelCase(ascii(column), { mergeAmbiguousCharacters: true });
  const sound = /^[A-Za-z]/.test(name) ? name : `field${pascalCase(name)}`;
  return shortened(sound);
}

/** Room for what is appended to tell two names apart, or generated from them. */
const ROOM = 20;

function shortened(name: string): string {
  return name.slice(0, NAME_LENGTH_MAX - ROOM);
}

/** The first of the candidates that is free, else the last of them with a number; taken from then on. */
export function takeName(
  taken: Set<string>,
  candidates: readonly string[],
  isFree: (name: string) => boolean = () => true,
): string {
  const free = (name: string): boolean => !taken.has(name) && isFree(name);
  // Room for a number.
  const short = candidates.map((candidate) => candidate.slice(0, NAME_LENGTH_MAX - 4));
  let name = short.find(free);
  for (let number = 2; name === undefined; number++) {
    const numbered = `${short.at(-1) ?? 'name'}${number}`;
    if (free(numbered)) name = numbered;
  }
  taken.add(name);
  return name;
}

let reserved: ReadonlySet<string> | null = null;

/** Names of types that a deployment cannot have: GraphQL's, the directives', and those that are generated. */
export function reservedTypeNames(): ReadonlySet<string> {
  return (reserved ??= findReserved());
}

function findReserved(): ReadonlySet<string> {
  // Its names are the same for every policy.
  const prelude = preludeSdl({ classes: new Map(), rowKeys: [] }, []);
  const schema = buildASTSchema(parse(prelude), { assumeValidSDL: true });
  return new Set([
    ...Object.keys(schema.getTypeMap()),
    ...generatedTypes,
    'Query',
    'Mutation',
    'Subscription',
  ]);
}

/** Whether a type of that name would be taken for one that is generated for another: `CustomerFilter` beside `Customer`. */
export function isGeneratedFor(name: string, others: ReadonlySet<string>): boolean {
  return generatedSuffixes.some(
    (suffix) => name.endsWith(suffix) && others.has(name.slice(0, -suffix.length)),
  );
}

/** Whether neither the name would be taken for one that is generated for another, nor another for one generated for it. */
export function isApart(name: string, others: ReadonlySet<string>): boolean {
  return !isGeneratedFor(name, others) && !generatedSuffixes.some((suffix) => others.has(`${name}${suffix}`));
}

/** `customer_id` is about a customer; `reports_to` says no more than itself. */
export function withoutId(column: string): string {
  return column.replace(
    /(?<=[^_\s])(_|\s)?(id|Id|ID|uuid|key|fk)$/,
    (found, separator: string | undefined) =>
      separator === undefined && !/^(Id|ID)$/.test(found) ? found : '',
  );
}

/** Whether a column is called after a type: `customer_id` and `Customer`. */
export function isCalledAfter(column: string, type: string): boolean {
  return pluralize.singular(fieldNameFrom(withoutId(column))) === singleNameOf(type);
}
