import type { Answer } from '../gateways/client.js';
import type { Channel } from '../oracles/compare.js';
import type { OfferedCounts } from './features.js';

/** Something that a caller could learn of what is hidden from them, made as small as it could be. */
export interface Violation {
  readonly caller: string;
  readonly roles: readonly string[];
  readonly channel: Channel;
  /** What differs: `customers.nodes.0.name`, a header, a column. */
  readonly detail: string;
  /** Which twins tell it, and the seed that made them and everything that was asked. */
  readonly twins: readonly [string, string];
  readonly seed: string;
  readonly case: number;
  readonly operation: string;
  readonly variables: Readonly<Record<string, unknown>>;
  readonly purpose: string | null;
  /** Of the first twin and of the other; empty where neither was answered by itself. */
  readonly answers: readonly Pick<Answer, 'status' | 'body'>[];
}

/** What a run has come to. */
export interface ProveReport {
  /** Nothing was found, and what was run shows something. */
  readonly ok: boolean;
  readonly seed: string;
  /** Pairs of answers that were compared, by role. */
  readonly pairs: Readonly<Record<string, number>>;
  /** How often each was tried, of those that the deployment has. */
  readonly features: OfferedCounts;
  readonly violations: readonly Violation[];
  /** Pairs that said nothing: a timeout, or a machine under load. */
  readonly inconclusive: number;
  /** Differences that were there once, and not when asked again. */
  readonly unrepeated: number;
  /** Columns that statements must not name, and how many of them a name tells apart; the sum over callers. */
  readonly columns: { readonly hidden: number; readonly judged: number };
  /** Callers from whom nothing is hidden: there is nothing to be shown. */
  readonly seesAll: readonly string[];
  /** Callers on whose twins even somebody who sees everything saw no difference: their part of the run is void. */
  readonly invalid: readonly string[];
  readonly seconds: number;
}
