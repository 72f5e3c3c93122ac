import type pg from 'pg';
import type { IssuerConfig } from './identity/index.js';
import type { OperationLimits, PageLimits } from './plan/index.js';
import type { SourceConfig } from './sources/index.js';

export interface Limits extends PageLimits, OperationLimits {
  /** Tokens of a document. */
  readonly tokens: number;
  readonly bodyBytes: number;
  readonly responseBytes: number;
  readonly viewCacheBytes: number;
}

/** Everything a gateway is told at start, checked and frozen. */
export interface Config {
  readonly listen: { readonly host: string; readonly port: number };
  readonly schemaFolder: string;
  readonly policyFile: string;
  readonly migrationsFolder: string;
  readonly sources: ReadonlyMap<string, SourceConfig>;
  readonly control: pg.ClientConfig;
  /** Outside the database: last seals of this gateway's writers. */
  readonly ledgerFolder: string;
  readonly issuers: readonly IssuerConfig[];
  readonly limits: Limits;
}

export const defaultLimits: Limits = {
  rootDefault: 20,
  nestedDefault: 10,
  max: 100,
  flatMax: 1000,
  relationsDeep: 6,
  aliases: 60,
  rootFields: 20,
  reach: 10_000,
  tokens: 4000,
  bodyBytes: 100_000,
  responseBytes: 16 * 1024 * 1024,
  viewCacheBytes: 64 * 1024 * 1024,
};
