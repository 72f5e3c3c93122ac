import { z } from 'zod';
import { durationForm, integerForm, sizeForm, strictForm } from '../base/index.js';
import type { Role } from './policy.js';

/** What one caller may ask for, and how often. Each may be another for a role; the greatest of a caller's roles holds. */
export interface CallerLimits {
  /** Page sizes: at the root and below it where none is given, at most, and at most where no list is nested below. */
  readonly rootDefault: number;
  readonly nestedDefault: number;
  readonly max: number;
  readonly flatMax: number;
  /** Comparisons in one filter, and filters within it: each is a nesting of PostgreSQL's parser. */
  readonly filterTerms: number;
  /** Relations that a filter or an order goes through, one behind the other. */
  readonly filterRelationsDeep: number;
  /** Items of one list. */
  readonly listItems: number;
  readonly relationsDeep: number;
  /** Of a document, and of what its fragments come to. */
  readonly tokens: number;
  readonly directives: number;
  readonly aliases: number;
  readonly rootFields: number;
  /** Rows that an operation can reach. */
  readonly reach: number;
  /** Lists multiplied by their pages, and what is counted over all their records. */
  readonly cost: number;
  readonly bodyBytes: number;
  readonly responseBytes: number;
  /** Milliseconds of one statement; the source's own limit holds besides. */
  readonly statementMs: number;
  /** Milliseconds from a request's headers to the end of its statements. */
  readonly requestMs: number;
  /** Operations of one person at once, whichever tokens they send; of one partner token. */
  readonly atOnce: number;
  /** Operations of the same, sustained; ten seconds' worth of them may come together. */
  readonly requestsPerSecond: number;
}

const countForm = integerForm(1, 1_000_000).optional();
const timeForm = durationForm({ ms: '500ms', s: '5s', m: '1m' }).optional();

/** Keys of `limits:` that cordon.yaml has for all callers and policy.yaml for those of a role. */
export const callerLimitsShape = {
  page: strictForm({ root: countForm, nested: countForm, max: countForm, flat: countForm }).prefault({}),
  filterTerms: countForm,
  filterRelationsDeep: countForm,
  listItems: countForm,
  relationsDeep: countForm,
  tokens: countForm,
  directives: countForm,
  aliases: countForm,
  rootFields: countForm,
  reach: countForm,
  cost: countForm,
  body: sizeForm.optional(),
  response: sizeForm.optional(),
  statementTime: timeForm,
  requestTime: timeForm,
  atOnce: countForm,
  requestsPerSecond: countForm,
};

export const callerLimitsForm = strictForm(callerLimitsShape);

type Written = z.output<typeof callerLimitsForm>;

/** The limits that are written, by the names that the gateway has for them. */
export function writtenLimits(written: Written): Partial<CallerLimits> {
  const { page, body, response, statementTime, requestTime } = written;
  const { filterTerms, filterRelationsDeep, listItems, relationsDeep, tokens, directives } = written;
  const { aliases, rootFields, reach, cost, atOnce, requestsPerSecond } = written;
  const all = {
    rootDefault: page.root,
    nestedDefault: page.nested,
    max: page.max,
    flatMax: page.flat,
    filterTerms,
    filterRelationsDeep,
    listItems,
    relationsDeep,
    tokens,
    directives,
    aliases,
    rootFields,
    reach,
    cost,
    bodyBytes: body,
    responseBytes: response,
    statementMs: statementTime,
    requestMs: requestTime,
    atOnce,
    requestsPerSecond,
  };
  return Object.fromEntries(Object.entries(all).filter(([, limit]) => limit !== undefined));
}

/**
 * The limits of callers by their roles: of each limit the most generous that one of the roles has, where a role that does
 * not name it has the deployment's. Equal roles get the same object.
 */
export class LimitsByRole<Defaults extends CallerLimits> {
  /** Those of a caller none of whose roles has limits of its own. */
  readonly defaults: Defaults;
  readonly #roles: ReadonlyMap<string, Role>;
  readonly #known = new Map<string, CallerLimits>();

  constructor(defaults: Defaults, roles: ReadonlyMap<string, Role>) {
    this.defaults = defaults;
    this.#roles = roles;
  }

  /** @param names sorted, as a principal has them */
  of(names: readonly string[]): CallerLimits {
    const own = names.map((name) => this.#roles.get(name)?.limits);
    if (own.every((limits) => limits === undefined)) return this.defaults;
    const key = names.join('\n');
    let limits = this.#known.get(key);
    if (limits === undefined) {
      limits = merge(this.defaults, own);
      // Roles come from tokens, and their combinations could be many.
      if (this.#known.size >= 1000) this.#known.clear();
      this.#known.set(key, limits);
    }
    return limits;
  }

  /** The greatest that anybody has of one limit. */
  most(limit: keyof CallerLimits): number {
    const own = [...this.#roles.values()].map(({ limits }) => limits?.[limit] ?? 0);
    return Math.max(this.defaults[limit], ...own);
  }
}

function merge(defaults: CallerLimits, own: readonly (Partial<CallerLimits> | undefined)[]): CallerLimits {
  const names = limitNames(defaults);
  const merged = Object.fromEntries(
    names.map((name) => [name, Math.max(...own.map((limits) => limits?.[name] ?? defaults[name]))]),
  ) as unknown as { -readonly [Name in keyof CallerLimits]: CallerLimits[Name] };
  // A role that may have small pages only has small ones where none is asked for.
  merged.rootDefault = Math.min(merged.rootDefault, merged.max);
  merged.nestedDefault = Math.min(merged.nestedDefault, merged.max);
  return Object.freeze(merged);
}

function limitNames(limits: CallerLimits): readonly (keyof CallerLimits)[] {
  return Object.keys(limits) as (keyof CallerLimits)[];
}
