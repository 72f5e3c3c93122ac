import { generateKeyPairSync, randomUUID } from 'node:crypto';
import { rmSync, existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Clock } from '../base/index.js';
import { newChain, type Chain } from './batch.js';
import { issueCertificate, rawPublicKey } from './certificate.js';
import type { Predecessor } from './entry.js';
import type { LedgerKeys } from './ledger-keys.js';
import { DatabaseBehindError, NotRecordedError } from './outcome.js';
import { pendingWriterStart, type Pending } from './pending.js';
import { readSeal, sealHash } from './seal.js';
import { readLocalSeals } from './seal-folder.js';
import type { Session } from './session.js';
import { findSeal, insertWriter } from './writer-row.js';

export interface EnrolmentOptions {
  readonly keys: LedgerKeys;
  /** Of this gateway's last seals. */
  readonly folder: string;
  readonly clock: Clock;
  readonly boot: string;
  readonly leaseMs: number;
}

/** A writer that was registered and has written nothing yet. */
export interface Enrolment {
  readonly chain: Chain;
  /** The chain's first entry. */
  readonly start: Pending;
  /** Writers whose files in the folder are dispensable once the first entry is durable: it says what they say. */
  readonly succeeded: readonly string[];
}

/** A last seal of the folder, and what the database knows of it. */
export interface Tail extends Predecessor {
  readonly live: boolean;
}

/** Looks every last seal of the folder up. */
export async function lookUpTails(session: Session, folder: string): Promise<Tail[]> {
  const tails: Tail[] = [];
  for (const { writerId, stored } of readLocalSeals(folder)) {
    const seq = sequenceOf(writerId, stored);
    const { found, live } = await findSeal(session, { writerId, seq, stored });
    tails.push({ writerId, seq, seal: sealHash(stored), found, live });
  }
  return tails;
}

function sequenceOf(writerId: string, stored: Buffer): number {
  try {
    return readSeal(stored).seq;
  } catch (error) {
    // Not passed over: it may be all that is left to show that a tail is gone.
    throw new NotRecordedError(`the local file of the last seals of ${writerId} is damaged`, {
      cause: error,
    });
  }
}

/**
 * Registers a writer with a key of its own, certified by the enrolment key.
 * @param tails what `lookUpTails` found on this session
 * @throws DatabaseBehindError when the database lacks a seal that the folder remembers, unless the operator has said
 *   that this is known; then the gap becomes part of the chain's first entry
 */
export async function enrol(
  session: Session,
  options: EnrolmentOptions,
  tails: readonly Tail[],
): Promise<Enrolment> {
  const { keys, folder, clock, boot, leaseMs } = options;
  const missing = tails.filter(({ found }) => !found);
  if (missing.length > 0 && !existsSync(reopenFile(folder))) {
    throw new DatabaseBehindError(
      `the database lacks batches that were acknowledged by ${missing.map(({ writerId, seq }) => `${writerId} up to ${seq}`).join(', ')}`,
    );
  }
  const { privateKey, publicKey } = generateKeyPairSync('ed25519');
  const writerId = randomUUID();
  const enrolledAt = Math.max(0, Math.round(clock.now()));
  const certificate = issueCertificate(keys.enrolment, { writerId, boot, publicKey, enrolledAt });
  await insertWriter(session, { writerId, boot, publicKey: rawPublicKey(publicKey), certificate, leaseMs });
  // A writer that may still be running keeps its file, or the folder would forget what it acknowledges next.
  const predecessors = tails.filter(({ found, live }) => !found || !live);
  return {
    chain: newChain(writerId, privateKey, certificate),
    start: pendingWriterStart({ writerId, boot, predecessors }),
    succeeded: predecessors.map((tail) => tail.writerId),
  };
}

function reopenFile(folder: string): string {
  return join(folder, 'reopen-after-restore');
}

/** The operator's word that the database was restored from a backup: the next writer goes on with a signed gap. */
export function allowReopening(folder: string): void {
  writeFileSync(reopenFile(folder), '', { mode: 0o600 });
}

/** The word holds once. */
export function endReopening(folder: string): void {
  rmSync(reopenFile(folder), { force: true });
}
