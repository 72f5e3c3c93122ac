import { Counter, Histogram, Registry, collectDefaultMetrics } from 'prom-client';
import { ERROR_TABLE, type ErrorCode } from '../base/index.js';
import { recordsOf, type Answered, type ClassResult, type Stage } from './watch.js';

/** Where a request came in. Whatever else is asked for shares one word, since callers choose it. */
export type Endpoint = 'data' | 'control' | 'other';
/** NONE: nobody waited for an answer, or none of an endpoint's was asked for. */
export type Ending = Answered['outcome'] | 'NONE';

/** Seconds; a stage of a small request takes some hundredths of a millisecond, and none more than its limits allow. */
const seconds = [1e-4, 2.5e-4, 5e-4, 1e-3, 2.5e-3, 5e-3, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];
const entries = [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024];

const sourceFailures: readonly ErrorCode[] = [
  'SOURCE_UNAVAILABLE',
  'SOURCE_TIMEOUT',
  'SOURCE_FAILED',
  'OVERLOADED',
];

/** Codes are our own, but an entry holds them as text: what is none of them shares one word too. */
function codeLabel(code: string | null): string {
  if (code === null) return 'OK';
  return code in ERROR_TABLE ? code : 'OTHER';
}

/**
 * What is counted and timed while requests run. Every label is of a fixed list, or a name that the operator has given a
 * source or a class: there are as many series as the configuration has room for, whatever callers send.
 */
export class Metrics {
  readonly registry = new Registry();
  running = 0;
  readonly #requests = this.#counter('cordon_requests_total', 'Requests, by what became of them', [
    'endpoint',
    'outcome',
    'code',
  ]);
  readonly #durations = this.#histogram(
    'cordon_request_duration_seconds',
    'From the first header to the last byte',
    ['endpoint', 'outcome'],
  );
  readonly #stages = this.#histogram('cordon_stage_duration_seconds', 'Time of a request in each stage', [
    'endpoint',
    'stage',
  ]);
  readonly #waits = this.#histogram('cordon_connection_wait_seconds', 'Until a statement had a connection', [
    'source',
  ]);
  readonly #statements = this.#histogram(
    'cordon_statement_duration_seconds',
    'From sending a statement to its rows',
    ['source'],
  );
  readonly #failures = this.#counter('cordon_statement_failures_total', 'Statements that gave no rows', [
    'source',
    'code',
  ]);
  readonly #clearance = this.#counter(
    'cordon_clearance_total',
    'Conditions of a class, as evaluated for a request',
    ['class', 'result'],
  );
  readonly #decisions = this.#counter(
    'cordon_class_decisions_total',
    'Answers in which a class was given so',
    ['class', 'decision'],
  );
  readonly #records = this.#counter('cordon_disclosed_records_total', 'Records entered as disclosed', []);
  readonly #bytes = this.#counter('cordon_response_bytes_total', 'Bytes of bodies that were entered', []);
  readonly #commits = this.#histogram(
    'cordon_ledger_commit_duration_seconds',
    'From sending a batch to its commit',
    [],
  );
  readonly #batches = new Histogram({
    name: 'cordon_ledger_batch_entries',
    help: 'Entries committed together',
    buckets: entries,
    registers: [this.registry],
  });

  constructor() {
    collectDefaultMetrics({ register: this.registry });
  }

  /**
   * Has what may come stand at 0: a count that begins with its first event has no increase by it, and an alarm on the
   * first failure would stay silent.
   */
  expect(sources: Iterable<string>): void {
    for (const source of sources) for (const code of sourceFailures) this.#failures.inc({ source, code }, 0);
    for (const endpoint of ['data', 'control'] as const) {
      this.#requests.inc({ endpoint, outcome: 'RELEASED', code: 'OK' }, 0);
      for (const [code, { status }] of Object.entries(ERROR_TABLE))
        this.#requests.inc({ endpoint, outcome: status >= 500 ? 'FAILED' : 'REFUSED', code }, 0);
    }
  }

  stage(endpoint: Endpoint, stage: Stage, milliseconds: number): void {
    this.#stages.observe({ endpoint, stage }, milliseconds / 1000);
  }

  request(endpoint: Endpoint, outcome: Ending, code: string | null, milliseconds: number): void {
    this.#requests.inc({ endpoint, outcome, code: outcome === 'NONE' ? 'NONE' : codeLabel(code) });
    this.#durations.observe({ endpoint, outcome }, milliseconds / 1000);
  }

  answer(answer: Answered): void {
    this.#records.inc(recordsOf(answer));
    this.#bytes.inc(answer.body.length);
    const counted = new Map<string, Set<string>>();
    for (const { descriptor } of answer.disclosures)
      for (const { decision, secretClass } of descriptor.cells) {
        if (secretClass === null) continue;
        const decisions = counted.get(secretClass) ?? new Set();
        counted.set(secretClass, decisions.add(decision));
      }
    for (const [name, decisions] of counted)
      for (const decision of decisions) this.#decisions.inc({ class: name, decision });
  }

  cleared(results: ReadonlyMap<string, ClassResult>): void {
    for (const [name, result] of results)
      this.#clearance.inc({ class: name, result: result.met ? 'MET' : result.code });
  }

  waited(source: string, milliseconds: number): void {
    this.#waits.observe({ source }, milliseconds / 1000);
  }

  statement(source: string, milliseconds: number): void {
    this.#statements.observe({ source }, milliseconds / 1000);
  }

  failure(source: string, code: ErrorCode): void {
    this.#failures.inc({ source, code });
  }

  batch(entriesInIt: number, nanoseconds: bigint): void {
    this.#batches.observe(entriesInIt);
    this.#commits.observe(Number(nanoseconds) / 1e9);
  }

  #counter<Label extends string>(name: string, help: string, labelNames: readonly Label[]): Counter<Label> {
    return new Counter({ name, help, labelNames, registers: [this.registry] });
  }

  #histogram<Label extends string>(
    name: string,
    help: string,
    labelNames: readonly Label[],
  ): Histogram<Label> {
    return new Histogram({ name, help, labelNames, buckets: seconds, registers: [this.registry] });
  }
}
