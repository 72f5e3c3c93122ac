import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { chmodSync, mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { enrolmentPublicKey, ledgerKeys, loadOrCreateLedgerKeys } from '../../src/ledger/index.js';

describe('ledger keys in a folder', () => {
  let root: string;
  let folder: string;
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'cordon-test-keys-'));
    folder = join(root, 'keys');
  });
  afterEach(() => rmSync(root, { recursive: true }));

  it('are made once, and the same ever after', () => {
    const made = loadOrCreateLedgerKeys(folder);
    const loaded = loadOrCreateLedgerKeys(folder);
    expect(loaded.wrapping).toEqual(made.wrapping);
    expect(loaded.personHash).toEqual(made.personHash);
    expect(enrolmentPublicKey(loaded).equals(enrolmentPublicKey(made))).toBe(true);
  });

  it('are readable by their owner alone', () => {
    loadOrCreateLedgerKeys(folder);
    expect(statSync(folder).mode & 0o777).toBe(0o700);
    const modes = readdirSync(folder).map((name) => [name, statSync(join(folder, name)).mode & 0o777]);
    expect(Object.fromEntries(modes)).toEqual({
      'enrolment.pem': 0o600,
      'enrolment.pub.pem': 0o644,
      'index-root.key': 0o600,
      'kek.key': 0o600,
    });
  });

  it('are refused when others can read one', () => {
    loadOrCreateLedgerKeys(folder);
    chmodSync(join(folder, 'kek.key'), 0o640);
    expect(() => loadOrCreateLedgerKeys(folder)).toThrow('chmod 600');
  });

  it('are not made anew in place of one that is lost', () => {
    loadOrCreateLedgerKeys(folder);
    rmSync(join(folder, 'kek.key'));
    expect(() => loadOrCreateLedgerKeys(folder)).toThrow('kek.key');
    expect(readdirSync(folder)).not.toContain('kek.key');
  });
});

describe('ledger keys from a configuration', () => {
  const pem = (type: 'ed25519' | 'x25519') => {
    const pair = type === 'ed25519' ? generateKeyPairSync('ed25519') : generateKeyPairSync('x25519');
    return pair.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
  };
  const [kek, indexRoot] = [randomBytes(32), randomBytes(32)];

  it('never use a secret itself, nor one for two purposes', () => {
    const keys = ledgerKeys({ enrolment: pem('ed25519'), kek, indexRoot });
    const derived = [keys.wrapping, keys.personHash, keys.documentHash, keys.variablesHash];
    const distinct = new Set([kek, indexRoot, ...derived].map((key) => key.toString('hex')));
    expect(distinct.size).toBe(6);
  });

  it.each([
    ['a key of another kind', { enrolment: pem('x25519'), kek, indexRoot }],
    ['a short key-encryption key', { enrolment: pem('ed25519'), kek: randomBytes(16), indexRoot }],
    ['a short index root', { enrolment: pem('ed25519'), kek, indexRoot: randomBytes(31) }],
  ])('refuse %s', (_, secrets) => {
    expect(() => ledgerKeys(secrets)).toThrow('must be');
  });
});
