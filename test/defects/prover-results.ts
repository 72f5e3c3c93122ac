import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { DeploymentName } from './deployments.js';

/** Where the prover saw a defect first. */
export interface Sighting {
  readonly caller: string;
  readonly channel: string;
  readonly detail: string;
  /** The number of the case, of those of the caller. */
  readonly case: number;
  readonly operation: string;
  readonly variables: Readonly<Record<string, unknown>>;
}

/** One run of the prover. */
export interface ProverRun {
  readonly deployment: DeploymentName;
  /** Null: all. */
  readonly roles: readonly string[] | null;
  readonly seed: string;
  /** Pairs for each role that the run was to have. */
  readonly cases: number;
  /** Pairs that it had, of all its callers, when it ended. */
  readonly pairs: number;
  readonly found: Sighting | null;
}

/** What test/defects/prover-results.json keeps: runs by the name of the defect, and runs without any. */
export interface ProverResults {
  readonly defects: Readonly<Record<string, ProverRun>>;
  readonly without: readonly ProverRun[];
}

/** @param folder of the repository */
export const resultsFile = (folder: string): string => join(folder, 'test/defects/prover-results.json');

export function readResults(folder: string): ProverResults {
  return JSON.parse(readFileSync(resultsFile(folder), 'utf8')) as ProverResults;
}
