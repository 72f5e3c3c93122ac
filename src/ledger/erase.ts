import type pg from 'pg';
import { actorScope } from './data-key.js';
import type { LedgerKeys } from './ledger-keys.js';
import { personHash } from './keyed-hashes.js';

/** What can be erased: everything that was recorded of a person, or of a source's records in a month (`2026-11`). */
export type Erasure = { readonly personId: string } | { readonly source: string; readonly month: string };

/**
 * Destroys data keys: what they encrypted is gone, every hash and proof stays. Running gateways forget the key within a
 * minute; what they record under it until then is erased with the rest. Old row versions and backups hold the wrapped
 * key until they are gone too.
 * @returns how many keys were destroyed
 */
export async function destroyDataKeys(
  control: Pick<pg.Pool, 'query'>,
  keys: LedgerKeys,
  erasure: Erasure,
): Promise<number> {
  const scope =
    'personId' in erasure
      ? actorScope(personHash(keys, erasure.personId))
      : `source:${erasure.source}:${erasure.month}`;
  const { rowCount } = await control.query(
    'UPDATE ledger.data_key SET wrapped = NULL WHERE scope = $1 AND wrapped IS NOT NULL',
    [scope],
  );
  return rowCount ?? 0;
}
