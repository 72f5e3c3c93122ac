import type { ErrorCode } from '../base/index.js';

/** The parts of a request's time, one after the other; together they are the whole of it. */
export const stages = [
  'identify',
  'body',
  'view',
  'document',
  'clearance',
  'plan',
  'sources',
  'ledger',
  'send',
] as const;
export type Stage = (typeof stages)[number];

/** What a finished answer says of itself: codes and counts, and nothing that a caller sent or a database holds. */
export interface Answered {
  readonly outcome: 'RELEASED' | 'PARTIAL' | 'REFUSED' | 'FAILED';
  /** First error's code, or null. */
  readonly code: string | null;
  readonly body: { readonly length: number };
  readonly disclosures: readonly { readonly descriptor: DecidedCells; readonly count: number }[];
}

/** The decisions of a disclosure, by class. */
export interface DecidedCells {
  readonly cells: readonly { readonly decision: string; readonly secretClass: string | null }[];
}

export function recordsOf({ disclosures }: Answered): number {
  return disclosures.reduce((sum, { count }) => sum + count, 0);
}

/** What clearance found of a class. */
export type ClassResult = { readonly met: true } | { readonly met: false; readonly code: ErrorCode };

/**
 * Told how one request goes on. It is told of stages, codes, names of the configuration and counts, and never of a value, a
 * name or a text that came with the request.
 */
export interface Watch {
  /** A stage begins; the one before it is over, however it ended. */
  enter(stage: Stage): void;
  /** A statement is about to ask for a connection; null where nobody wants to know. */
  statement(source: string): StatementWatch | null;
  cleared(results: ReadonlyMap<string, ClassResult>): void;
  answered(answer: Answered): void;
  /** It ended without an entry. */
  refused(code: ErrorCode, status: number): void;
}

export interface StatementWatch {
  /** It has its connection. */
  connected(): void;
  /** @param code null where it gave its rows */
  ended(code: ErrorCode | null): void;
}

/** The watch of every request where neither metrics nor traces are on: nothing is kept, and no clock is read. */
export const unwatched: Watch = Object.freeze({
  enter: () => undefined,
  statement: () => null,
  cleared: () => undefined,
  answered: () => undefined,
  refused: () => undefined,
});
