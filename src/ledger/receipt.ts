import type { KeyObject } from 'node:crypto';
import { encodeCanonical } from '../base/index.js';
import type { SealedBatch } from './batch.js';
import { openCertificate } from './certificate.js';
import type { Receipt } from './draft.js';
import { bytes, choice, decode, fields, list, MalformedError, natural } from './form.js';
import { HASH_BYTES, provesInclusion } from './merkle.js';
import { readSeal } from './seal.js';

/**
 * `[1, leaf, index, path, seal, certificate]`, behind its length and padded with zeros: every receipt is as long as the
 * longest, so that its length tells nothing of how much else was going on. No signature of its own: the seal's does.
 */
const RECEIPT_BYTES = 960;
const LENGTH_BYTES = 2;
const version = 1;

/** The receipt of one entry of a durable batch. */
export function receiptFor(batch: SealedBatch, index: number): Receipt {
  const leaf = batch.leaves[index];
  if (leaf === undefined) throw new Error('a receipt for no entry');
  const body = encodeCanonical([version, leaf, index, batch.tree.path(index), batch.seal, batch.certificate]);
  if (LENGTH_BYTES + body.length > RECEIPT_BYTES)
    throw new Error('a receipt that is longer than any should be');
  const padded = Buffer.alloc(RECEIPT_BYTES);
  padded.writeUInt16BE(body.length);
  padded.set(body, LENGTH_BYTES);
  return { header: padded.toString('base64url'), leaf: leaf.toString('hex') };
}

/** What a valid receipt proves: that this leaf was recorded, by whom and where in the chain. */
export interface ReceiptProof {
  /** Leaf hash, lower-case hex. */
  readonly leaf: string;
  readonly writerId: string;
  readonly seq: number;
  /** Place in the batch. */
  readonly index: number;
  /** Milliseconds since 1970. */
  readonly sealedAt: number;
}

/**
 * Checks a `Cordon-Receipt` with the enrolment key's public half and nothing else.
 * @throws MalformedError with the reason when it proves nothing
 */
export function verifyReceipt(header: string, enrolment: KeyObject): ReceiptProof {
  const [, leafField, indexField, pathField, sealField, certificateField] = unpad(header);
  const leaf = bytes(leafField, HASH_BYTES);
  const index = natural(indexField);
  const seal = readSeal(bytes(sealField));
  const writer = openCertificate(bytes(certificateField), enrolment);
  if (seal.writerId !== writer.writerId) throw new MalformedError('a seal of another writer');
  if (!seal.signedBy(writer.publicKey)) throw new MalformedError('a seal that the writer did not sign');
  const path = list(pathField, (hash) => bytes(hash, HASH_BYTES));
  if (!provesInclusion({ index, size: seal.count, leaf, path, root: seal.root })) {
    throw new MalformedError('a path that does not lead to the root');
  }
  return {
    leaf: leaf.toString('hex'),
    writerId: seal.writerId,
    seq: seal.seq,
    index,
    sealedAt: seal.sealedAt,
  };
}

function unpad(header: string): ReturnType<typeof fields> {
  const padded = Buffer.from(header, 'base64url');
  if (padded.length !== RECEIPT_BYTES || padded.toString('base64url') !== header) {
    throw new MalformedError('not a receipt');
  }
  const end = LENGTH_BYTES + padded.readUInt16BE();
  if (end > padded.length || padded.subarray(end).some((byte) => byte !== 0)) {
    throw new MalformedError('not a receipt');
  }
  const items = fields(decode(padded.subarray(LENGTH_BYTES, end)), 6);
  choice(items[0], [undefined, version]);
  return items;
}
