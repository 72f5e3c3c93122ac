import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { chmodSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { loadColumnKeys, loadConfig, loadSecrets, type Secrets } from '../../src/config.js';
import { deploymentFolder, problemsOf, type DeploymentFolder } from './deployment-folder.js';

let deployment: DeploymentFolder;

afterEach(() => deployment.remove());

function withKeys(keys: string): DeploymentFolder {
  deployment = deploymentFolder([
    'schema: schema',
    'policy: policy.yaml',
    'sources: {}',
    'control: { url: postgres://h/control }',
    `keys: ${keys}`,
    'ledger: { folder: ledger }',
  ]);
  return deployment;
}

function load(environment: Readonly<Record<string, string>> = {}): Secrets {
  return loadSecrets(loadConfig(deployment.file), environment);
}

const problems = (environment: Readonly<Record<string, string>> = {}): readonly string[] =>
  problemsOf(deployment.folder, () => load(environment));

describe('a folder of keys', () => {
  const keyFile = (name: string): string => join(deployment.folder, 'keys', name);

  beforeEach(() => withKeys('{ folder: keys }'));

  test('is filled at the first start, for its owner only, and kept', () => {
    const first = load();
    const names = readdirSync(keyFile('.')).sort();
    expect(names).toEqual([
      'cursor.key',
      'enrolment.pem',
      'enrolment.pub.pem',
      'index-root.key',
      'kek.key',
      'mask.key',
    ]);
    const secret = names.filter((name) => name !== 'enrolment.pub.pem');
    expect(secret.map((name) => statSync(keyFile(name)).mode & 0o777)).toEqual(secret.map(() => 0o600));
    expect(statSync(keyFile('.')).mode & 0o777).toBe(0o700);
    expect(first.answers.mask.equals(first.answers.cursor)).toBe(false);
    expect(load().answers).toEqual(first.answers);
  });

  test('that lost one key is not given another in its place', () => {
    load();
    rmSync(keyFile('mask.key'));
    expect(problems()).toEqual([
      'cordon.yaml:5 INVALID_KEY The keys cannot be used: the keys are incomplete, restore them from their backup: keys/mask.key.',
    ]);
  });

  test('that others can read is refused', () => {
    load();
    chmodSync(keyFile('cursor.key'), 0o640);
    expect(problems()).toEqual([
      'cordon.yaml:5 INVALID_KEY The keys cannot be used: others can read keys/cursor.key: chmod 600 it.',
    ]);
  });

  test('that holds something else than a key is refused, without showing it', () => {
    load();
    writeFileSync(keyFile('mask.key'), 'sesame');
    const [problem] = problems();
    expect(problem).toContain('keys/mask.key does not hold 32 bytes in base64');
    expect(problem).not.toContain('sesame');
  });

  test('with another key of pseudonyms has another version', () => {
    const { version } = load().answers;
    writeFileSync(keyFile('cursor.key'), randomBytes(32).toString('base64'));
    expect(load().answers.version).toBe(version);
    writeFileSync(keyFile('mask.key'), randomBytes(32).toString('base64'));
    expect(load().answers.version).not.toBe(version);
  });
});

describe('keys of encrypted columns', () => {
  const key = () => randomBytes(32).toString('base64');
  const environment = { TAX: key(), TAX_BEFORE: key() };
  const columns = (given: Readonly<Record<string, string>>) =>
    loadColumnKeys(loadConfig(deployment.file), given);

  beforeEach(() => {
    withKeys('{ folder: keys }');
    const config = readFileSync(deployment.file, 'utf8');
    const lines = [
      'encryption:',
      '  tax-id:',
      '    current: { env: TAX }',
      '    old:',
      '      - { env: TAX_BEFORE }',
      '      - { file: first.key }',
      '  margin: { current: { file: margin.key } }',
    ];
    deployment.write('cordon.yaml', `${config}\n${lines.join('\n')}`);
    deployment.write('margin.key', `${key()}\n`);
    deployment.write('first.key', key());
  });

  test('are read from their places, the current one first, and none is made', () => {
    const { encryptionKeys } = loadConfig(deployment.file);
    expect(encryptionKeys).toEqual(['tax-id', 'margin']);
    const found = columns(environment);
    expect(found.get('tax-id')!.current.toString('base64')).toBe(environment.TAX);
    expect(found.get('tax-id')!.old.map((each) => each.toString('base64'))).toEqual([
      environment.TAX_BEFORE,
      readFileSync(join(deployment.folder, 'first.key'), 'utf8'),
    ]);
    expect(found.get('margin')!.old).toEqual([]);
    expect(readdirSync(deployment.folder)).not.toContain('keys');
    expect(load(environment).columns).toEqual(found);
  });

  test('that are not there are named each with its line, by whoever asks for them', () => {
    rmSync(join(deployment.folder, 'margin.key'));
    deployment.write('first.key', 'sesame');
    const form = 'must hold 32 bytes in base64 (openssl rand -base64 32).';
    const expected = [
      `cordon.yaml:9 INVALID_KEY The key "tax-id" is not there: the variable TAX ${form}`,
      `cordon.yaml:12 INVALID_KEY The key "tax-id" is not there: first.key ${form}`,
      `cordon.yaml:13 INVALID_KEY The key "margin" is not there: margin.key ${form}`,
    ];
    const given = { TAX_BEFORE: environment.TAX_BEFORE };
    expect(problems(given)).toEqual(expected);
    expect(problemsOf(deployment.folder, () => columns(given))).toEqual(expected);
    // A gateway that does not start leaves no keys of its own behind.
    expect(readdirSync(deployment.folder)).not.toContain('keys');
  });

  test('are written as places', () => {
    const config = readFileSync(deployment.file, 'utf8');
    deployment.write('cordon.yaml', config.replace('current: { env: TAX }', `current: "${environment.TAX}"`));
    const found = problems(environment);
    expect(found).toEqual([
      'cordon.yaml:9 INVALID_VALUE "encryption.tax-id.current" is not understood: write { file: path } or { env: NAME }; a key itself is never written here.',
    ]);
  });
});

describe('a place for each key', () => {
  const pem = generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
  const key = (): string => randomBytes(32).toString('base64');
  const environment = { KEK: key(), INDEX_ROOT: key(), MASK: key() };

  beforeEach(() => {
    withKeys(
      '{ enrolment: { file: enrolment.pem }, kek: { env: KEK }, indexRoot: { env: INDEX_ROOT }, mask: { env: MASK }, cursor: { file: cursor.key } }',
    );
    deployment.write('enrolment.pem', pem);
    deployment.write('cursor.key', `${key()}\n`);
  });

  test('gives the keys, and makes none', () => {
    const { answers, ledger } = load(environment);
    expect(answers.mask.toString('base64')).toBe(environment.MASK);
    expect(answers.cursor.toString('base64')).toBe(
      readFileSync(join(deployment.folder, 'cursor.key'), 'utf8').trim(),
    );
    expect(ledger.enrolment.export({ type: 'pkcs8', format: 'pem' })).toBe(pem);
    expect(readdirSync(deployment.folder)).not.toContain('keys');
  });

  test('is told by name where it holds no key, and what to do', () => {
    rmSync(join(deployment.folder, 'cursor.key'));
    deployment.write('enrolment.pem', 'sesame');
    const found = problems({ ...environment, KEK: 'sesame', MASK: '' });
    expect(found).toEqual([
      'cordon.yaml:5 INVALID_KEY The key "enrolment" is not there: enrolment.pem must hold an Ed25519 private key in PEM (openssl genpkey -algorithm ed25519).',
      'cordon.yaml:5 INVALID_KEY The key "kek" is not there: the variable KEK must hold 32 bytes in base64 (openssl rand -base64 32).',
      'cordon.yaml:5 INVALID_KEY The key "mask" is not there: the variable MASK must hold 32 bytes in base64 (openssl rand -base64 32).',
      'cordon.yaml:5 INVALID_KEY The key "cursor" is not there: cursor.key must hold 32 bytes in base64 (openssl rand -base64 32).',
    ]);
  });
});
