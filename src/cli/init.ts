import { resolve } from 'node:path';
import { Command, InvalidArgumentError } from 'commander';
import { GraphQLError } from 'graphql';
import pg from 'pg';
import type { Problem } from '../base/index.js';
import type { Change, ConfigTls, Draft, ReadSource } from '../init/index.js';
import { CommandError } from './failure.js';
import { holdsDeployment, readDeploymentSdl, readSnapshot, writeDeployment } from './init-folder.js';
import { counted, print, printJson, progressLine } from './output.js';
import { addTlsOptions, connectionTo, tlsFailureHere, writtenTls, type TlsOptions } from './tls-options.js';
import { changeText, setUpJson, setUpText } from './init-words.js';

export interface NamedUrl {
  readonly name: string;
  readonly url: string;
}

interface InitOptions extends TlsOptions {
  readonly source: readonly NamedUrl[];
  readonly out: string;
  readonly json?: boolean;
}

/** `crm=postgres://…`; the URL, which may hold a password, is in no message. */
function namedUrl(value: string, before: readonly NamedUrl[] | undefined): readonly NamedUrl[] {
  const [, name, url] = /^([^=]*)=(.*)$/s.exec(value) ?? [];
  if (name === undefined || url === undefined || !/^(?!_)[A-Za-z]\w*$/.test(name))
    throw new InvalidArgumentError('Write a name of letters, digits and _, and the URL: crm=postgres://….');
  if (
    !/^postgres(ql)?:$/.test(URL.canParse(url) ? new URL(url).protocol : '') ||
    new URL(url).pathname.length < 2
  )
    throw new InvalidArgumentError(
      `The URL of ${name} is not understood: postgres://user@host:port/database.`,
    );
  if (before?.some((each) => each.name === name) === true)
    throw new InvalidArgumentError(`The source ${name} is named twice.`);
  return [...(before ?? []), { name, url }];
}

const CONNECT_TIMEOUT_MS = 5000;

/** @throws CommandError where the source cannot be read or has nothing in it */
async function read(
  { name, url }: NamedUrl,
  tls: TlsOptions,
  show: (text: string) => void,
): Promise<ReadSource> {
  const { readSource } = await import('../init/index.js');
  const connection = connectionTo(url, `The URL of ${name}`, tls);
  const client = new pg.Client({ ...connection, connectionTimeoutMillis: CONNECT_TIMEOUT_MS });
  // Said where the statement fails; without a listener it would end the process first.
  client.on('error', () => undefined);
  try {
    show(`${name}: connecting`);
    await client.connect();
    const source = await readSource(client, name, (table, done, all) => {
      show(`${name}: sampling ${table} (${done + 1} of ${all})`);
    });
    if (source.catalog.tables.length > 0) return source;
  } catch (error) {
    throw new CommandError(unreadable(name, error as NodeJS.ErrnoException));
  } finally {
    await client.end().catch(() => undefined);
  }
  throw new CommandError(
    `The source ${name} has no tables outside of the system's schemas; is its database the right one?`,
  );
}

/** By the code alone: words of a database can hold anything. */
function unreadable(name: string, { code, message }: NodeJS.ErrnoException): string {
  const insecure = tlsFailureHere({ code, message });
  if (insecure !== null) return `The source ${name} cannot be read: ${insecure}.`;
  const shown = code ?? 'no answer';
  if (code === '28P01' || code === '28000')
    return `The source ${name} refuses this user or password (${shown}); correct the URL.`;
  if (code === '3D000') return `The source ${name} has no database of that name (${shown}); correct the URL.`;
  return `The source ${name} cannot be read (${shown}); start its database, or correct the URL.`;
}

/** Compares what is there with the databases. */
async function compare(folder: string, draft: Draft): Promise<readonly Change[]> {
  const { diffDraft, readExisting } = await import('../init/index.js');
  try {
    return diffDraft(draft, readExisting(readDeploymentSdl(folder)), readSnapshot(folder));
  } catch (error) {
    if (!(error instanceof GraphQLError)) throw error;
    const place = `${error.source?.name ?? 'schema'}:${error.locations?.[0]?.line ?? 0}`;
    throw new CommandError(`${place} SDL_SYNTAX ${error.message}`);
  }
}

/** Holds what is to be written against the catalogues, as every start will. */
async function checkFiles(
  files: ReadonlyMap<string, string>,
  sources: readonly ReadSource[],
): Promise<readonly Problem[]> {
  const { loadModel } = await import('../model/index.js');
  const { parsePolicy } = await import('../policy/index.js');
  const policy = parsePolicy(files.get('policy.yaml') ?? '', 'policy.yaml');
  if ('problems' in policy) return policy.problems;
  const sdl = [...files]
    .filter(([name]) => name.endsWith('.graphql'))
    .map(([file, text]) => ({ file, text }));
  const loaded = loadModel({ sdl, policy: policy.policy, catalogs: sources.map(({ catalog }) => catalog) });
  return 'problems' in loaded ? loaded.problems : [];
}

/** As the configuration will be told, from wherever it stands. */
function configTls(options: TlsOptions): ConfigTls {
  const { ca, ...accepted } = writtenTls(options);
  return { ...accepted, ...(ca !== undefined && { ca: resolve(ca) }) };
}

async function init({ source, out, json, ...tls }: InitOptions): Promise<void> {
  const { buildDraft, draftFiles, snapshotText, takeSnapshot } = await import('../init/index.js');
  const progress = progressLine();
  const sources: ReadSource[] = [];
  try {
    for (const each of source)
      sources.push(
        await read(each, tls, (text) => {
          progress.show(text);
        }),
      );
  } finally {
    progress.done();
  }
  const draft = buildDraft(sources);
  if (holdsDeployment(out)) {
    const changes = await compare(out, draft);
    if (changes.length > 0) process.exitCode = 1;
    if (json === true) printJson({ ok: changes.length === 0, folder: out, changes });
    else
      print(
        changes.length === 0
          ? `Nothing has changed since ${out} was written.`
          : changes.map(changeText).join('\n\n'),
      );
    return;
  }
  if (draft.types.length === 0)
    throw new CommandError(
      `Nothing can be served: ${counted(draft.notServed.length, 'table')} without a key. ${draft.notServed[0]?.reason ?? ''}`,
    );
  const files = draftFiles(draft, configTls(tls));
  const problems = await checkFiles(files, sources);
  writeDeployment(out, files, snapshotText(takeSnapshot(draft)));
  if (problems.length > 0) process.exitCode = 1;
  const setUp = { folder: out, files: [...files.keys()], draft, sources: source, problems };
  if (json === true) printJson(setUpJson(setUp));
  else print(setUpText(setUp));
}

/** `cordon init`: from databases to a deployment that starts. */
export function initCommand(): Command {
  const command = new Command('init')
    .description(
      'write a deployment from databases: schema with suggested marks, policy, configuration. Where one is there, nothing is written: what changed in the databases since is printed; exit code 1 for any change',
    )
    .requiredOption(
      '-s, --source <name=url>',
      'a database, crm=postgres://user@host/crm; may be repeated',
      namedUrl,
    )
    .option('-o, --out <folder>', 'folder of the deployment', 'cordon');
  return addTlsOptions(command)
    .option(
      '--json',
      'print { ok, folder, files, types, marked, keys, notServed, environment, problems }, or { ok, folder, changes }',
    )
    .addHelpText(
      'after',
      `
At most 200 rows of each table are looked at, in a transaction that reads only; no value is kept or written. A role that may
not read a table is no hindrance: that table is judged by names, types and comments.`,
    )
    .action(init);
}
