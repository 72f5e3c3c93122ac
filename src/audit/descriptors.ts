import { sha256 } from '../base/index.js';
import { readDescriptor, type Descriptor } from '../ledger/index.js';
import { run, type Database } from './database.js';

/** Copies of what the chain announced, each held to its hash. */
interface StoredDescriptor {
  readonly hash: Buffer;
  readonly body: Buffer;
}

function genuine(rows: readonly StoredDescriptor[]): readonly StoredDescriptor[] {
  return rows.filter(({ hash, body }) => sha256(body).equals(hash));
}

/**
 * The descriptors with these hashes, by hash in hex; what is missing, or is not what its hash says, is not among them.
 * @throws CordonError LEDGER_UNAVAILABLE
 */
export async function readDescriptors(
  database: Database,
  hashes: readonly Buffer[],
): Promise<ReadonlyMap<string, Descriptor>> {
  const { rows } = await run<StoredDescriptor>(
    database,
    'SELECT hash, body FROM audit.descriptor WHERE hash = ANY($1::bytea[])',
    [hashes],
  );
  return new Map(genuine(rows).map(({ hash, body }) => [hash.toString('hex'), readDescriptor(body)]));
}

/** Every descriptor of a type. */
export async function descriptorsOfType(database: Database, type: string): Promise<readonly Descriptor[]> {
  const { rows } = await run<StoredDescriptor>(
    database,
    'SELECT hash, body FROM audit.descriptor WHERE type = $1',
    [type],
  );
  return genuine(rows).map(({ body }) => readDescriptor(body));
}

/**
 * Whether its keys are those of records of its type. Join keys that went to a source which then failed stand under the
 * type that was asked for, with the relation of the type that asked.
 */
export function namesRecords({ type, keyLayout, cells }: Descriptor): boolean {
  return (
    keyLayout.length > 0 &&
    cells.some(({ coordinates }) => coordinates.some((coordinate) => coordinate.startsWith(`${type}.`)))
  );
}
