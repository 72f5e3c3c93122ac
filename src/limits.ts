import type { Reporter } from './base/index.js';
import type { WrittenConfig } from './config-form.js';
import type { ArgumentLimits, OperationLimits } from './plan/index.js';

/** What one request may ask for, and what is kept for the next. */
export interface Limits extends ArgumentLimits, OperationLimits {
  /** Tokens of a document. */
  readonly tokens: number;
  readonly bodyBytes: number;
  readonly responseBytes: number;
  readonly viewCacheBytes: number;
}

export const defaultLimits: Limits = {
  rootDefault: 20,
  nestedDefault: 10,
  max: 100,
  flatMax: 1000,
  filterTerms: 50,
  filterRelationsDeep: 3,
  listItems: 500,
  relationsDeep: 6,
  aliases: 60,
  rootFields: 20,
  reach: 10_000,
  tokens: 4000,
  bodyBytes: 100_000,
  responseBytes: 16 * 1024 * 1024,
  viewCacheBytes: 64 * 1024 * 1024,
};

/** The limits as written, and the defaults of those that are not. */
export function readLimits({ page, ...written }: WrittenConfig['limits'], report: Reporter): Limits {
  const { rootDefault, nestedDefault, max, flatMax, ...limits } = defaultLimits;
  const most = page.max ?? max;
  for (const each of ['root', 'nested'] as const)
    if ((page[each] ?? 0) > most) {
      const message = `"limits.page.${each}" is over "limits.page.max", which is ${most}.`;
      report.add(['limits', 'page', each], 'INVALID_VALUE', message);
    }
  return {
    rootDefault: page.root ?? Math.min(rootDefault, most),
    nestedDefault: page.nested ?? Math.min(nestedDefault, most),
    max: most,
    flatMax: page.flat ?? flatMax,
    filterTerms: written.filterTerms ?? limits.filterTerms,
    filterRelationsDeep: written.filterRelationsDeep ?? limits.filterRelationsDeep,
    listItems: written.listItems ?? limits.listItems,
    relationsDeep: written.relationsDeep ?? limits.relationsDeep,
    aliases: written.aliases ?? limits.aliases,
    rootFields: written.rootFields ?? limits.rootFields,
    reach: written.reach ?? limits.reach,
    tokens: written.tokens ?? limits.tokens,
    bodyBytes: written.body ?? limits.bodyBytes,
    responseBytes: written.response ?? limits.responseBytes,
    viewCacheBytes: written.viewCache ?? limits.viewCacheBytes,
  };
}
