import { placesOf, type Model } from '../model/index.js';
import type { CallerLimits, ControlRight } from '../policy/index.js';
import { standings, type Ability, type Standing } from './abilities.js';
import { includesKind, shortfalls } from './compare.js';
import { differenceWords, givenWords } from './ability-words.js';
import { diffLimits, type LimitChange } from './limits.js';

/** What a change of schema or policy does to one role at one coordinate; at least one of `gains` and `losses` has a line. */
export interface Change {
  readonly role: string;
  readonly coordinate: string;
  readonly before: Standing | null;
  readonly after: Standing | null;
  /** What the role is given that it was not: in words, each once. */
  readonly gains: readonly string[];
  readonly losses: readonly string[];
}

export interface Names {
  readonly added: readonly string[];
  readonly removed: readonly string[];
}

export interface ExposureDiff {
  readonly roles: Names;
  readonly types: Names;
  /** Coordinates of types that are in both. */
  readonly fields: Names;
  /** Parts of the control plane that roles may use. */
  readonly control: readonly {
    readonly role: string;
    readonly gains: readonly ControlRight[];
    readonly losses: readonly ControlRight[];
  }[];
  /** No gains: they say how much at once, and what is given is what it was. */
  readonly limits: readonly LimitChange[];
  /** By role, in the order of the policy, then by coordinate, in the order of the schema. */
  readonly changes: readonly Change[];
}

/** Whether anybody gets more than before, and be it a name. */
export function anyoneGains({ control, changes }: ExposureDiff): boolean {
  return [...control, ...changes].some(({ gains }) => gains.length > 0);
}

function namesOf(before: Iterable<string>, after: Iterable<string>): Names {
  const [old, now] = [new Set(before), new Set(after)];
  return {
    added: [...now].filter((name) => !old.has(name)),
    removed: [...old].filter((name) => !now.has(name)),
  };
}

const union = (after: Iterable<string>, before: Iterable<string>): readonly string[] => [
  ...new Set([...after, ...before]),
];

/**
 * What is given by these abilities and not by those, in words.
 * @param gained whether `those` are what was before
 */
function beyond(these: readonly Ability[], those: readonly Ability[], gained: boolean): readonly string[] {
  const words = these.flatMap((ability) => {
    const rivals = those
      .filter((other) => includesKind(other, ability))
      .map((other) => ({ other, short: shortfalls(other, ability) }));
    if (rivals.some(({ short }) => short.length === 0)) return [];
    const [nearest] = rivals
      .filter(({ other }) => other.kind === ability.kind)
      .toSorted((a, b) => a.short.length - b.short.length);
    if (nearest === undefined) return [givenWords(ability)];
    const [from, to] = gained ? [nearest.other, ability] : [ability, nearest.other];
    return nearest.short.map((respect) => differenceWords(respect, from, to));
  });
  return [...new Set(words)];
}

/** An answer goes with the name: it is told of only where the name was there before. */
function telling(abilities: readonly Ability[], others: readonly Ability[]): readonly Ability[] {
  const named = others.some(({ kind }) => kind === 'NAME');
  return abilities.filter(({ kind }) => kind !== 'ANSWER' || named);
}

function coordinatesOf(model: Model): readonly string[] {
  return [...model.types.values()].flatMap(({ fields }) =>
    [...placesOf(fields.values(), model.composites)].map(({ coordinate }) => coordinate),
  );
}

function changesOf(role: string, before: Model, after: Model): readonly Change[] {
  const [old, now] = [before, after].map((model) => {
    const found = model.policy.roles.get(role);
    return found === undefined ? new Map<string, Standing>() : standings(model, found);
  });
  return union(coordinatesOf(after), coordinatesOf(before)).flatMap((coordinate) => {
    const [was, is] = [old?.get(coordinate) ?? null, now?.get(coordinate) ?? null];
    const [had, has] = [was?.abilities ?? [], is?.abilities ?? []];
    const gains = beyond(telling(has, had), had, true);
    // What is other and neither more nor less counts as a gain, and is said once.
    const losses = beyond(telling(had, has), has, false).filter((words) => !gains.includes(words));
    return gains.length + losses.length === 0
      ? []
      : [{ role, coordinate, before: was, after: is, gains, losses }];
  });
}

/**
 * Compares what two versions of a deployment give, role by role: several roles of one caller give no more than each of
 * them does. Where it is not plain that something is no gain, it is called one.
 * @param limits the deployment's, which roles without limits of their own have
 */
export function diffExposure(before: Model, after: Model, limits: CallerLimits): ExposureDiff {
  const roles = union(after.policy.roles.keys(), before.policy.roles.keys());
  const shared = (model: Model, other: Model) =>
    coordinatesOf(model).filter((coordinate) => other.types.has(coordinate.split('.')[0] ?? ''));
  return {
    roles: namesOf(before.policy.roles.keys(), after.policy.roles.keys()),
    types: namesOf(before.types.keys(), after.types.keys()),
    fields: namesOf(shared(before, after), shared(after, before)),
    control: roles.flatMap((role) => {
      const rights = namesOf(
        before.policy.roles.get(role)?.control ?? [],
        after.policy.roles.get(role)?.control ?? [],
      );
      const [gains, losses] = [rights.added, rights.removed] as [ControlRight[], ControlRight[]];
      return gains.length + losses.length === 0 ? [] : [{ role, gains, losses }];
    }),
    limits: diffLimits(before.policy, after.policy, limits),
    changes: roles.flatMap((role) => changesOf(role, before, after)),
  };
}
