import { existsSync, readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import type pg from 'pg';
import {
  deepFreeze,
  interpolate,
  loadOrCreateKeys,
  packageFolder,
  parseKey,
  ProblemsError,
  readYaml,
  Reporter,
  type Path,
  type Problem,
} from './base/index.js';
import {
  answerKeys,
  encryptionPlaces,
  keyForm,
  keyPlaces,
  missingKey,
  parseEnrolment,
  readColumnKeys,
  readKey,
  type EncryptionPlaces,
  type Environment,
  type KeyName,
  type KeyPlaces,
} from './config-keys.js';
import { databaseConnection } from './database-connection.js';
import { configFormFor, portForm, urlForm, type WrittenConfig } from './config-form.js';
import type { DocumentsConfig } from './documents/index.js';
import type { AnswerKeys } from './gateway/index.js';
import type { TlsFiles } from './http/index.js';
import type { IssuerConfig } from './identity/index.js';
import { ledgerKeys, loadOrCreateLedgerKeys, type LedgerKeys, type LedgerOptions } from './ledger/index.js';
import { readLimits, type Limits } from './limits.js';
import { readObserving, type Observing } from './observing.js';
import type { ColumnKeys, SourceConfig } from './sources/index.js';
import { writtenPasswords } from './written-passwords.js';

/** Where the gateway listens, and to whom. */
export interface Listen {
  readonly host: string;
  readonly port: number;
  /** Files of a certificate and its key, where the gateway speaks TLS itself. */
  readonly tls?: TlsFiles;
  /** Proxies whose X-Forwarded-For is taken. */
  readonly trustedProxies?: readonly string[];
  /** Whose pages may read answers. */
  readonly origins?: readonly string[];
}

/** Everything a gateway is told at start, checked and frozen. */
export interface Config extends Observing {
  readonly listen: Listen;
  readonly schemaFolder: string;
  readonly policyFile: string;
  readonly migrationsFolder: string;
  readonly sources: ReadonlyMap<string, SourceConfig>;
  readonly control: pg.ClientConfig;
  /** Outside the database: last seals of this gateway's writers. */
  readonly ledgerFolder: string;
  /** Times of the ledger, where its own defaults do not fit. */
  readonly ledger?: Pick<LedgerOptions, 'leaseMs' | 'deadlineMs'>;
  readonly issuers: readonly IssuerConfig[];
  /** Names of the keys of encrypted columns. */
  readonly encryptionKeys: readonly string[];
  readonly documents?: DocumentsConfig;
  readonly limits: Limits;
  /** Processes on one port that what each person may is divided among; one unless given. */
  readonly sharedBy?: number;
}

/** A configuration as it was read from its file. */
export interface LoadedConfig extends Config {
  readonly file: string;
  readonly workers: number;
  readonly keys: KeyPlaces;
  readonly encryption: EncryptionPlaces;
  readonly warnings: readonly Problem[];
}

/** The secrets a gateway needs besides its configuration. */
export interface Secrets {
  readonly ledger: LedgerKeys;
  readonly answers: AnswerKeys;
  /** Of encrypted columns, by name. */
  readonly columns: ReadonlyMap<string, ColumnKeys>;
}

/**
 * Reads cordon.yaml. Every `${NAME}` is taken from the environment, and relative paths are the file's own.
 * @throws ProblemsError with every mistake, each with its line
 */
export function loadConfig(file: string, environment: Environment = process.env): LoadedConfig {
  const { problems, content } = readYaml(readText(file), file);
  if (content === null) throw new ProblemsError(problems);
  const report = new Reporter(file, content, 'The configuration', problems);
  const value = interpolate(content.value, (name, path) => {
    const found = environment[name] ?? '';
    if (found === '') report.add(path, missingVariable, `The environment variable ${name} is not set.`);
    return found;
  });
  const written = report.check(configFormFor(value), value, []);
  const port = portForm.optional().safeParse(environment['PORT'] === '' ? undefined : environment['PORT']);
  if (!port.success)
    report.add(['listen'], 'INVALID_VARIABLE', 'PORT in the environment is not a port, 0 to 65535.');
  const config = written && build(written, file, report);
  if (config === undefined || report.problems.length > 0) throw new ProblemsError(withoutEchoes(report));
  const listen = { ...config.listen, port: port.data ?? config.listen.port };
  return deepFreeze({
    ...config,
    listen,
    warnings: writtenPasswords(content.value, [...config.sources.keys()], report),
  });
}

const missingVariable = 'MISSING_VARIABLE';

function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    const message = `The configuration cannot be read (${(error as NodeJS.ErrnoException).code ?? 'unknown'}); name another with --config.`;
    throw new ProblemsError([{ file, line: 0, code: 'MISSING_FILE', message }]);
  }
}

/** By line, less what a missing variable has made wrong as well. */
function withoutEchoes({ problems }: Reporter): readonly Problem[] {
  const unset = new Set(problems.filter(({ code }) => code === missingVariable).map(({ line }) => line));
  return problems
    .filter(({ code, line }) => code !== 'INVALID_VALUE' || !unset.has(line))
    .toSorted((a, b) => a.line - b.line);
}

function build(written: WrittenConfig, file: string, report: Reporter): Omit<LoadedConfig, 'warnings'> {
  const folder = dirname(resolve(file));
  const existing = (path: Path, name: string) => {
    const place = resolve(folder, name);
    if (!existsSync(place)) report.add(path, 'MISSING_FILE', `There is no ${place}.`);
    return place;
  };
  for (const name of Object.keys(written.sources))
    if (!/^[A-Za-z_]\w*$/.test(name)) {
      const message = `The source "${name}" becomes a name in SDL: letters, digits and _ only.`;
      report.add(['sources', name], 'INVALID_NAME', message);
    }
  return {
    file,
    workers: written.workers,
    listen: readListen(written.listen, existing),
    schemaFolder: existing(['schema'], written.schema),
    policyFile: existing(['policy'], written.policy),
    migrationsFolder: packageFolder('migrations'),
    sources: new Map(
      Object.entries(written.sources).map(
        ([name, { url, tls, pool, statementTimeout, connectTimeout, ...rest }]) => [
          name,
          {
            name,
            connection: databaseConnection({ url, tls }, folder, ['sources', name], report),
            poolSize: pool,
            statementTimeoutMs: statementTimeout,
            connectTimeoutMs: connectTimeout,
            ...(rest.queue !== undefined && { maxWaiting: rest.queue }),
            ...(rest.acceptParameterLogging && { acceptParameterLogging: true }),
          },
        ],
      ),
    ),
    control: databaseConnection(written.control, folder, ['control'], report),
    keys: keyPlaces(written.keys, folder, (path) => report.lineOf(path)),
    encryptionKeys: Object.keys(written.encryption),
    encryption: encryptionPlaces(written.encryption, folder, (path) => report.lineOf(path)),
    ledgerFolder: resolve(folder, written.ledger.folder),
    issuers: written.issuers,
    ...(written.documents === undefined
      ? {}
      : {
          documents: {
            manifest: existing(['documents', 'file'], written.documents.file),
            required: written.documents.required,
            written: { file, line: report.lineOf(['documents', 'required']) },
          },
        }),
    limits: readLimits(written.limits, report),
    ...readObserving(written, report),
  };
}

function readListen(
  { host, port, tls, trustedProxies, origins }: WrittenConfig['listen'],
  existing: (path: Path, name: string) => string,
): Listen {
  return {
    host,
    port,
    ...(tls !== undefined && {
      tls: {
        cert: existing(['listen', 'tls', 'cert'], tls.cert),
        key: existing(['listen', 'tls', 'key'], tls.key),
      },
    }),
    ...(trustedProxies !== undefined && { trustedProxies }),
    ...(origins !== undefined && { origins }),
  };
}

const invalidKey = (file: string, line: number, message: string): Problem => ({
  file,
  line,
  code: 'INVALID_KEY',
  message,
});

/**
 * Opens the keys that a configuration names; a folder without keys gets its own, once.
 * @throws ProblemsError when one is missing or malformed; no message holds any of it
 */
export function loadSecrets(
  config: Pick<LoadedConfig, 'file' | 'keys' | 'encryption'>,
  environment: Environment = process.env,
): Secrets {
  const { file, keys } = config;
  if ('folder' in keys) {
    const columns = loadColumnKeys(config, environment);
    try {
      const answers = loadOrCreateKeys(keys.folder, { mask: 'mask.key', cursor: 'cursor.key' });
      return { ledger: loadOrCreateLedgerKeys(keys.folder), answers: answerKeys(answers), columns };
    } catch (error) {
      const message = `The keys cannot be used: ${(error as Error).message}.`;
      throw new ProblemsError([invalidKey(file, keys.line, message)]);
    }
  }
  const problems: Problem[] = [];
  const read = (name: KeyName): Buffer => {
    const place = keys[name];
    const text = readKey(place, environment);
    const key = name === 'enrolment' ? parseEnrolment(text) : parseKey(text);
    const form =
      name === 'enrolment' ? 'an Ed25519 private key in PEM (openssl genpkey -algorithm ed25519)' : keyForm;
    if (key === null) problems.push(invalidKey(file, place.line, missingKey(name, place, form)));
    return key ?? Buffer.alloc(0);
  };
  const [enrolment, kek, indexRoot, mask, cursor] = [
    read('enrolment'),
    read('kek'),
    read('indexRoot'),
    read('mask'),
    read('cursor'),
  ];
  const columns = readColumnKeys(config.encryption, environment, (line, message) =>
    problems.push(invalidKey(file, line, message)),
  );
  if (problems.length > 0) throw new ProblemsError(problems);
  return {
    ledger: ledgerKeys({ enrolment, kek, indexRoot }),
    answers: answerKeys({ mask, cursor }),
    columns,
  };
}

/**
 * The keys of encrypted columns alone.
 * @throws ProblemsError when one is missing or malformed
 */
export function loadColumnKeys(
  { file, encryption }: Pick<LoadedConfig, 'file' | 'encryption'>,
  environment: Environment = process.env,
): Secrets['columns'] {
  const problems: Problem[] = [];
  const columns = readColumnKeys(encryption, environment, (line, message) =>
    problems.push(invalidKey(file, line, message)),
  );
  if (problems.length > 0) throw new ProblemsError(problems);
  return columns;
}

/**
 * A URL as a command is given it, with every `${NAME}` from the environment: no password need stand on a command line,
 * where others see it. Null where it is none, or names a variable that is not set.
 */
export function urlOf(written: string, environment: Environment = process.env): string | null {
  const url = urlForm.safeParse(interpolate(written, (name) => environment[name] ?? ''));
  return url.data ?? null;
}

export const logLevels = ['debug', 'info', 'warn', 'error', 'silent'] as const;
export type LogLevel = (typeof logLevels)[number];

/** What `LOG` in the environment asks for; another word than a level is taken for none. */
export function logLevel(fallback: LogLevel, environment: Environment = process.env): LogLevel {
  return logLevels.find((level) => level === environment['LOG']) ?? fallback;
}
