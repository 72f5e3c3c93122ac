import { CordonError, type ErrorCode } from '../base/index.js';
import type { ColumnField } from '../model/index.js';
import type { FieldAccess, GuardedField, TypeAccess } from '../view/index.js';
import { guardSite, type GuardedSites } from './aggregate-guard.js';
import type { Collected } from './collect.js';
import type { Withheld } from './plan.js';
import type { PageArguments } from './selection.js';

/** The decided tree of `aggregate` and `groupBy`. */

export type Compute = 'countDistinct' | 'sum' | 'avg' | 'min' | 'max';

interface Typename {
  readonly kind: 'typename';
  readonly name: string;
  readonly typeName: string;
}

export type ValueEntry =
  | Typename
  | {
      readonly kind: 'value';
      readonly name: string;
      readonly field: ColumnField;
      /** Null where the values themselves are clear. */
      readonly guard: GuardedField | null;
    };

export type AggregateEntry =
  | Typename
  | { readonly kind: 'count'; readonly name: string }
  | {
      readonly kind: 'values';
      readonly name: string;
      readonly compute: Compute;
      readonly entries: readonly ValueEntry[];
    };

export type KeyEntry =
  Typename | { readonly kind: 'key'; readonly name: string; readonly field: ColumnField };

export type GroupEntry =
  | Typename
  | { readonly kind: 'keys'; readonly name: string; readonly entries: readonly KeyEntry[] }
  | { readonly kind: 'aggregate'; readonly name: string; readonly entries: readonly AggregateEntry[] };

/** All records that match as one group. */
export interface AggregateItem {
  readonly kind: 'aggregate';
  readonly name: string;
  readonly entries: readonly AggregateEntry[];
}

export interface GroupsItem {
  readonly kind: 'groups';
  readonly name: string;
  readonly by: readonly ColumnField[];
  readonly page: PageArguments;
  readonly entries: readonly GroupEntry[];
}

/** The connection that aggregates stand in. */
export interface AggregateSite {
  readonly field: Collected;
  readonly access: TypeAccess;
  readonly page: PageArguments;
}

/** What deciding needs of the decider of the whole operation. */
export interface AggregateDecisions {
  /** Why a field that is clear everywhere by right is not clear now; null where it is. */
  readonly unclear: (access: FieldAccess) => ErrorCode | null;
  /** Why a field that filters and orders act on cannot be used by them now; null where it can. */
  readonly unusable: (access: FieldAccess) => ErrorCode | null;
  /** Notes that a field is given out, as it is read. */
  readonly give: (access: FieldAccess, type: TypeAccess, path: readonly string[]) => void;
  readonly pageOf: (field: Collected) => PageArguments | null;
  readonly withheld: Withheld[];
}

/** Decides the aggregates of an operation. */
export class AggregateDecider {
  readonly #decisions: AggregateDecisions;
  readonly #guarded: GuardedSites = new Map();

  constructor(decisions: AggregateDecisions) {
    this.#decisions = decisions;
  }

  /** @throws CordonError with a condition's code, AGGREGATE_GUARDED or BAD_USER_INPUT */
  item(child: Collected, site: AggregateSite, path: readonly string[]): AggregateItem | GroupsItem {
    const name = child.responseName;
    const children = child.children ?? [];
    if (child.definition.name === 'aggregate')
      return { kind: 'aggregate', name, entries: this.#aggregate(children, site, [], path) };
    const page = this.#decisions.pageOf(child);
    if (page === null) throw new Error('groups without a page');
    const by = page.shape.order.flatMap(({ field }) => field ?? []);
    for (const field of by) this.#require(field, site.access, this.#decisions.unusable);
    const here = [...path, '*'];
    return {
      kind: 'groups',
      name,
      by,
      page,
      entries: children.map((each) => this.#groupEntry(each, site, by, here)),
    };
  }

  #groupEntry(
    child: Collected,
    site: AggregateSite,
    by: readonly ColumnField[],
    path: readonly string[],
  ): GroupEntry {
    const name = child.responseName;
    const children = child.children ?? [];
    switch (child.definition.name) {
      case 'keys':
        return {
          kind: 'keys',
          name,
          entries: children.map((each) => this.#key(each, site, by, [...path, name])),
        };
      case 'aggregate':
        return { kind: 'aggregate', name, entries: this.#aggregate(children, site, by, [...path, name]) };
      default:
        return typename(child);
    }
  }

  #key(
    child: Collected,
    { access }: AggregateSite,
    by: readonly ColumnField[],
    path: readonly string[],
  ): KeyEntry {
    const entry = keyEntry(child, by);
    const given = entry.kind === 'key' ? access.fields.get(entry.field.name) : undefined;
    if (given !== undefined) this.#decisions.give(given, access, [...path, entry.name]);
    return entry;
  }

  #aggregate(
    children: readonly Collected[],
    site: AggregateSite,
    by: readonly ColumnField[],
    path: readonly string[],
  ): AggregateEntry[] {
    return children.map((child): AggregateEntry => {
      const name = child.responseName;
      if (child.definition.name === 'count') return { kind: 'count', name };
      if (child.children === null) return typename(child);
      const compute = child.definition.name as Compute;
      const entries = child.children.map((each) => this.#value(each, site, by, [...path, name]));
      return { kind: 'values', name, compute, entries };
    });
  }

  #value(
    child: Collected,
    site: AggregateSite,
    by: readonly ColumnField[],
    path: readonly string[],
  ): ValueEntry {
    const { access } = site;
    const name = child.responseName;
    const guard = access.guarded.get(child.definition.name);
    if (guard !== undefined) {
      guardSite(site, by, this.#guarded);
      this.#decisions.withheld.push({ path: [...path, name], code: 'GROUP_TOO_SMALL' });
      return { kind: 'value', name, field: guard.field, guard };
    }
    const field = access.fields.get(child.definition.name)?.field;
    if (field?.kind !== 'column') return typename(child);
    this.#require(field, access, this.#decisions.unclear);
    return { kind: 'value', name, field, guard: null };
  }

  /**
   * What is computed acts on the values, so they must be clear; what is grouped by acts on them or on what is read, so no
   * condition may be unmet: results are never quietly changed.
   */
  #require(
    { name, coordinate }: ColumnField,
    { fields }: TypeAccess,
    reasonAgainst: AggregateDecisions['unclear'],
  ): void {
    const access = fields.get(name);
    const code = access === undefined ? 'DENIED' : reasonAgainst(access);
    if (code !== null) throw new CordonError(code, { detail: `used in an aggregate: ${coordinate}` });
  }
}

function typename(child: Collected): Typename {
  return { kind: 'typename', name: child.responseName, typeName: child.parent.name };
}

function keyEntry(child: Collected, by: readonly ColumnField[]): KeyEntry {
  if (child.definition.name === '__typename') return typename(child);
  const field = by.find(({ name }) => name === child.definition.name);
  if (field !== undefined) return { kind: 'key', name: child.responseName, field };
  throw new CordonError('BAD_USER_INPUT', {
    message: `"keys" asks for "${child.definition.name}", which argument "by" of "groupBy" does not name.`,
  });
}
