import {
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  randomBytes,
  type KeyObject,
} from 'node:crypto';
import {
  chmodSync,
  existsSync,
  linkSync,
  mkdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { subkey } from '../base/index.js';

/**
 * The secrets that make the ledger's database untrusted. They live outside it: whoever has only the database can
 * neither sign a batch nor read an encrypted part.
 */
export interface LedgerKeys {
  /** Ed25519; certifies writers. Auditors hold its public half. */
  readonly enrolment: KeyObject;
  /** 32 bytes; wraps data keys. */
  readonly wrapping: Buffer;
  /** Keyed hashes of what has too few values for a plain one. */
  readonly personHash: Buffer;
  readonly documentHash: Buffer;
  readonly variablesHash: Buffer;
  /** 8 bytes that name this set of secrets in entries, so that a rotation can be told; gives nothing of them away. */
  readonly version: Buffer;
}

/** As configured for a deployment: each from a file or the environment. */
export interface LedgerSecrets {
  /** PKCS #8 PEM of an Ed25519 private key. */
  readonly enrolment: string | Buffer;
  /** 32 random bytes: the key-encryption key. */
  readonly kek: Buffer;
  /** 32 random bytes: the root of the keyed hashes. */
  readonly indexRoot: Buffer;
}

/** @throws Error with one sentence when a secret has the wrong form; it never holds the secret */
export function ledgerKeys({ enrolment, kek, indexRoot }: LedgerSecrets): LedgerKeys {
  const key = createPrivateKey(enrolment);
  if (key.asymmetricKeyType !== 'ed25519')
    throw new Error('the enrolment key must be an Ed25519 private key');
  if (kek.length !== 32) throw new Error('the key-encryption key must be 32 bytes');
  if (indexRoot.length !== 32) throw new Error('the index root must be 32 bytes');
  return {
    enrolment: key,
    wrapping: subkey(kek, 'ledger', 'wrap', 1),
    personHash: subkey(indexRoot, 'ledger', 'person', 1),
    documentHash: subkey(indexRoot, 'ledger', 'document', 1),
    variablesHash: subkey(indexRoot, 'ledger', 'variables', 1),
    version: subkey(indexRoot, 'ledger', 'version', 1).subarray(0, 8),
  };
}

const files = { enrolment: 'enrolment.pem', kek: 'kek.key', indexRoot: 'index-root.key' } as const;
const publicFile = 'enrolment.pub.pem';

/**
 * The secrets in a folder, made there at the first start: `enrolment.pem`, `kek.key` and `index-root.key` (base64),
 * readable by their owner alone, and `enrolment.pub.pem`, which auditors are given.
 * @throws Error when some of the files are missing (a new key in place of a lost one would make the record
 *   unreadable without a word) or when others can read them
 */
export function loadOrCreateLedgerKeys(folder: string): LedgerKeys {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const paths = Object.values(files).map((name) => join(folder, name));
  const missing = paths.filter((path) => !existsSync(path));
  if (missing.length === paths.length) createSecrets(folder);
  else if (missing.length > 0) {
    throw new Error(`ledger keys are incomplete, restore them from their backup: ${missing.join(', ')}`);
  }
  for (const path of paths) {
    if ((statSync(path).mode & 0o077) !== 0) throw new Error(`others can read ${path}: chmod 600 it`);
  }
  const secret = (name: string) => Buffer.from(readFileSync(join(folder, name), 'utf8').trim(), 'base64');
  return ledgerKeys({
    enrolment: readFileSync(join(folder, files.enrolment)),
    kek: secret(files.kek),
    indexRoot: secret(files.indexRoot),
  });
}

/** The public half, for those who verify. */
export function enrolmentPublicKey(keys: LedgerKeys): KeyObject {
  return createPublicKey(keys.enrolment);
}

function createSecrets(folder: string): void {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519');
  place(folder, publicFile, publicKey.export({ type: 'spki', format: 'pem' }).toString(), 0o644);
  place(folder, files.kek, `${randomBytes(32).toString('base64')}\n`, 0o600);
  place(folder, files.indexRoot, `${randomBytes(32).toString('base64')}\n`, 0o600);
  place(folder, files.enrolment, privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(), 0o600);
}

/** Whole or not at all, and never over an existing file: two processes that start at once must end up with one key. */
function place(folder: string, name: string, text: string, mode: number): void {
  const temporary = join(folder, `.${name}.${String(process.pid)}`);
  writeFileSync(temporary, text, { mode, flush: true });
  chmodSync(temporary, mode);
  try {
    linkSync(temporary, join(folder, name));
  } finally {
    rmSync(temporary);
  }
}
