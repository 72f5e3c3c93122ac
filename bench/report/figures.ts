import type { LedgerRates } from '../rig/ledger-rates.js';
import type { Starts } from '../rig/start.js';
import type { WideView } from '../rig/wide-view.js';
import { ratios, ratiosOfP99, type Results } from './results.js';
import { median } from './statistics.js';

/** What the design aims at for a figure. */
type Bound = { readonly atMost: number } | { readonly atLeast: number };

/** Something that was measured, by itself or over all of a run. */
export interface Figure {
  /** For programs. */
  readonly key: string;
  /** For people, with the unit and what it was measured over. */
  readonly name: string;
  /** Round by round. */
  readonly values: readonly number[];
  readonly bound: Bound | null;
}

/** The middle of the rounds, and whether it is what the design aims at; null where it aims at nothing. */
export function holdFigure({ values, bound }: Figure): {
  readonly value: number;
  readonly target: number | null;
  readonly met: boolean | null;
} {
  const value = median(values);
  if (bound === null) return { value, target: null, met: null };
  return 'atMost' in bound
    ? { value, target: bound.atMost, met: value <= bound.atMost }
    : { value, target: bound.atLeast, met: value >= bound.atLeast };
}

/** Those who answer GraphQL as Cordon does; `limit` answers nothing but its statements. */
const graphqlPeers = ['handbuilt', 'mercurius', 'postgraphile'];

function waiting(results: Results): readonly Figure[] {
  return ['list', 'flat', 'one'].flatMap((name) => {
    const workload = results.get(name);
    const best = graphqlPeers
      .filter((peer) => workload?.has(peer))
      .map((peer) => ({ peer, p99Ms: median((workload?.get(peer) ?? []).map(({ p99Ms }) => p99Ms)) }))
      .filter(({ p99Ms }) => Number.isFinite(p99Ms))
      .sort((a, b) => a.p99Ms - b.p99Ms)[0];
    if (workload === undefined || best === undefined) return [];
    const values = ratiosOfP99(workload, best.peer);
    return [{ key: `p99_${name}`, name: `p99 of ${name}, of ${best.peer}'s`, values, bound: { atMost: 1 } }];
  });
}

/** What follows from the workloads' measurements. */
export function figuresOfResults(results: Results, sizes: Sizes): readonly Figure[] {
  const grown = results.get('growth');
  const history = results.get('audit')?.get('cordon');
  const { customers, entries } = sizes;
  const growth: Figure = {
    key: 'growth_cost',
    name: `cost of one customer at ${counted(customers * 10)}, of that at ${counted(customers)}`,
    values: grown === undefined ? [] : ratios(grown, 'a tenth').map((each) => 1 / each),
    bound: { atMost: 1.15 },
  };
  const audit: Figure = {
    key: 'audit_p50_ms',
    name: `who saw a record, at ${counted(entries)} entries, ms at the median`,
    values: history?.map(({ p50Ms }) => p50Ms).filter(Number.isFinite) ?? [],
    bound: { atMost: 20 },
  };
  // One that was run and answered nothing in time is told of, as not met.
  return [
    ...waiting(results),
    ...(grown === undefined ? [] : [growth]),
    ...(history === undefined ? [] : [audit]),
  ];
}

/** What the run was about. */
export interface Sizes {
  readonly customers: number;
  readonly entries: number;
}

export const counted = (value: number): string => value.toLocaleString('en');

export function figuresOfLedger(rates: LedgerRates): readonly Figure[] {
  return [
    {
      key: 'ledger_append_per_s',
      name: `durable entries a second from one process, over ${counted(rates.appendedEntries)}`,
      values: rates.appended,
      bound: { atLeast: 5000 },
    },
    {
      key: 'ledger_verify_per_s',
      name: `entries verified a second, over ${counted(rates.verifiedEntries)}`,
      values: rates.verified,
      bound: { atLeast: 150_000 },
    },
  ];
}

export function figuresOfWideView({ types, milliseconds, megabytes }: WideView): readonly Figure[] {
  return [
    { key: 'view_ms', name: `a view of ${types} types, ms`, values: milliseconds, bound: { atMost: 60 } },
    { key: 'view_mb', name: `a view of ${types} types, MB`, values: megabytes, bound: { atMost: 5 } },
  ];
}

export function figuresOfStarts({ running, fromNothing }: Starts): readonly Figure[] {
  const all: readonly Figure[] = [
    {
      key: 'ready_running_s',
      name: 'ready against a running database, s',
      values: running,
      bound: { atMost: 1.5 },
    },
    {
      key: 'ready_nothing_s',
      name: 'ready from nothing, with the demo and its PostgreSQL, s',
      values: fromNothing,
      bound: { atMost: 8 },
    },
  ];
  return all.filter(({ values }) => values.length > 0);
}

/** @param residentBytes of Cordon's process, once the run's load is over */
export function figureOfMemory(residentBytes: number): Figure {
  const values = [residentBytes / 1e6];
  return {
    key: 'cordon_resident_mb',
    name: "resident after the run's load, MB",
    values,
    bound: { atMost: 200 },
  };
}
