import type pg from 'pg';
import type { Clock, Log } from '../base/index.js';
import { loadAgreements, type AgreementFact } from './agreements.js';
import { createLocalCopy, type LocalCopy } from './local-copy.js';
import { loadTokens, type TokenRecord } from './tokens.js';
import { loadTrainings, type TrainingFact } from './trainings.js';

/** Everything that a request is checked against, of one moment. */
export interface Records {
  /** By hash, in hex. */
  readonly tokens: ReadonlyMap<string, TokenRecord>;
  /** By id. */
  readonly agreements: ReadonlyMap<string, AgreementFact>;
  readonly agreementsOfOrganisation: ReadonlyMap<string, readonly AgreementFact[]>;
  readonly agreementsOfPerson: ReadonlyMap<string, readonly AgreementFact[]>;
  readonly trainingsOfPerson: ReadonlyMap<string, readonly TrainingFact[]>;
}

function groupBy<T>(
  items: Iterable<T>,
  keyOf: (item: T) => string | null,
): ReadonlyMap<string, readonly T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const key = keyOf(item);
    if (key === null) continue;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [item]);
    else group.push(item);
  }
  return groups;
}

async function loadRecords(client: pg.ClientBase): Promise<Records> {
  const tokens = await loadTokens(client);
  const agreements = await loadAgreements(client);
  const trainings = await loadTrainings(client);
  return {
    tokens,
    agreements,
    agreementsOfOrganisation: groupBy(agreements.values(), ({ organisation }) => organisation),
    agreementsOfPerson: groupBy(agreements.values(), ({ person }) => person),
    trainingsOfPerson: groupBy(trainings, ({ person }) => person),
  };
}

/** The copy that partner tokens and facts are read from: one for a gateway. */
export function createRecordsCopy(options: {
  readonly control: pg.ClientConfig;
  readonly clock: Clock;
  readonly log: Log;
}): LocalCopy<Records> {
  return createLocalCopy({ ...options, load: loadRecords });
}
