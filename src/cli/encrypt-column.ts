import { Command, InvalidArgumentError } from 'commander';
import pg from 'pg';
import { didYouMean } from '../base/index.js';
import type { Model } from '../model/index.js';
import type { EncryptedColumn, Outcome, RowOutcome } from './column-encryption.js';
import { configOption, openConfig, type ConfigOption } from './deployment.js';
import { CommandError } from './failure.js';
import { counted, print, printJson } from './output.js';
import { progressBar } from './progress-bar.js';
import { addTlsOptions, connectionTo, tlsFailureHere, type TlsOptions } from './tls-options.js';
import { untilStopped } from './until-stopped.js';

interface EncryptOptions extends ConfigOption, TlsOptions {
  readonly url: string;
  readonly from?: string;
  readonly batch: number;
  readonly dryRun?: boolean;
  readonly json?: boolean;
}

/** What a run came to. */
interface Tally {
  /** Whether it came to the last row. */
  complete: boolean;
  readonly counts: Record<Outcome, number>;
  /** The first rows that somebody must look at; keys are open to everyone. */
  readonly examples: RowOutcome[];
}

const maxExamples = 10;
const findings: readonly Outcome[] = ['differing', 'unreadable', 'invalid'];
const toDo: readonly Outcome[] = ['encrypted', 'rotated'];

function batchSize(value: string): number {
  const size = /^\d{1,6}$/.test(value) ? Number(value) : 0;
  if (size < 1 || size > 100_000) throw new InvalidArgumentError('Write a number of rows from 1 to 100000.');
  return size;
}

function requireEncrypted(model: Model, coordinate: string, from: string | null): EncryptedColumn {
  const all = [...model.types.values()].flatMap((type) =>
    [...type.fields.values()].flatMap((field) => {
      if (field.kind !== 'column' || field.encryption === undefined) return [];
      return [{ type, field, encryption: field.encryption, from }];
    }),
  );
  const found = all.find(({ field }) => field.coordinate === coordinate);
  if (found !== undefined) return found;
  const names = all.map(({ field }) => field.coordinate);
  const mend = names.length === 0 ? ' Mark one: @encrypted(key: "…").' : didYouMean(coordinate, names);
  throw new CommandError(`The schema has no encrypted field ${coordinate}.${mend}`);
}

/** Whether the database that is to be written has the columns, and clear values of the field's type. */
async function checkColumns(client: pg.Client, { type, field, from }: EncryptedColumn): Promise<void> {
  const { findTable, readCatalog } = await import('../catalog/index.js');
  const { scalarFits } = await import('../model/index.js');
  const table = findTable(await readCatalog(client, type.source), type.schema, type.table);
  const name = `"${type.schema}"."${type.table}"`;
  if (table?.columns.get(field.column.name)?.type.kind !== 'bytea')
    throw new CommandError(
      `${name} there has no column "${field.column.name}" of type bytea; is --url another database than ${type.source}?`,
    );
  if (from === null) return;
  const clear = table.columns.get(from);
  if (clear === undefined)
    throw new CommandError(`${name} has no column "${from}".${didYouMean(from, table.columns.keys())}`);
  if (field.type.kind !== 'scalar' || !scalarFits(field.type.name, clear.type.kind))
    throw new CommandError(
      `"${from}" is ${clear.type.display}, and ${field.coordinate} is ${field.type.name}.`,
    );
}

/** What went wrong in the database, by its code: its words could hold a value. */
function databaseFailure(error: unknown): unknown {
  if (error instanceof CommandError) return error;
  const { code, message } = error as NodeJS.ErrnoException;
  const insecure = tlsFailureHere({ code, message });
  if (insecure !== null) return new CommandError(`The database of --url cannot be reached: ${insecure}.`);
  if (typeof code !== 'string') return error;
  const mend =
    code === '42501'
      ? 'Name a role in --url that may select the key and both columns, and update the encrypted one.'
      : 'What is done stays; run it again to go on.';
  return new CommandError(`The database of --url failed (${code}). ${mend}`);
}

async function encryptAll(
  client: pg.Client,
  column: EncryptedColumn,
  options: EncryptOptions & { readonly stopped: () => boolean },
): Promise<Tally> {
  const { loadColumnKeys } = await import('../config.js');
  const { ColumnCipher } = await import('../sources/index.js');
  const { ColumnEncryption, outcomes } = await import('./column-encryption.js');
  const cipher = new ColumnCipher(loadColumnKeys(openConfig(options)));
  const work = new ColumnEncryption(client, column, cipher);
  const counts = Object.fromEntries(outcomes.map((outcome) => [outcome, 0])) as Tally['counts'];
  const tally: Tally = { complete: false, counts, examples: [] };
  const bar = progressBar(await work.count(), 'rows');
  try {
    for (let done = 0; !options.stopped();) {
      const rows = await work.next(options.batch, options.dryRun === true);
      for (const row of rows) {
        counts[row.outcome] += 1;
        if (findings.includes(row.outcome) && tally.examples.length < maxExamples)
          tally.examples.push({ outcome: row.outcome, record: row.record });
      }
      done += rows.length;
      bar.show(done);
      tally.complete = rows.length < options.batch;
      if (tally.complete) break;
    }
  } finally {
    bar.end();
  }
  return tally;
}

async function withWriter<T>(
  connection: pg.ClientConfig,
  work: (client: pg.Client) => Promise<T>,
): Promise<T> {
  const { sessionSettings, startupOptions, verifySettings } = await import('../sources/index.js');
  // Record keys are bound in the form that the gateway's sessions print; the tables' triggers keep their search path.
  const { search_path: _path, default_transaction_read_only: _readOnly, ...settings } = sessionSettings;
  const client = new pg.Client({
    ...connection,
    options: startupOptions(settings),
    application_name: 'cordon-encrypt-column',
  });
  // A lost connection is met by the statement that needs it.
  client.on('error', () => undefined);
  try {
    await client.connect();
    await verifySettings(client, settings);
    return await work(client);
  } catch (error) {
    throw databaseFailure(error);
  } finally {
    await client.end().catch(() => undefined);
  }
}

function show(coordinate: string, dry: boolean, { complete, counts, examples }: Tally): void {
  const rows = Object.values(counts).reduce((sum, count) => sum + count, 0);
  const would = dry ? ' to be' : '';
  const words: Readonly<Record<Outcome, string>> = {
    encrypted: `${would} encrypted`,
    rotated: `${would} encrypted anew, by the current key`,
    unchanged: ' encrypted by the current key already',
    empty: ' without a value',
    differing:
      ' encrypted with another value than stands in clear: set the encrypted column of these to null where the clear one is right, and run it again',
    unreadable:
      ' that do not open with any key of this name: their key is missing under "old", or they were altered or moved',
    invalid: ' whose clear value is none of the type of the field',
  };
  print(`${coordinate}: ${counted(rows, 'row')}${dry ? ', nothing written' : ''}`);
  for (const [outcome, count] of Object.entries(counts) as [Outcome, number][])
    if (count > 0) print(`  ${count.toLocaleString('en')}${words[outcome]}`);
  for (const { outcome, record } of examples) print(`  ${outcome}: ${JSON.stringify(record)}`);
  if (!complete) print('Stopped before the last row; what is done stays, and running it again goes on.');
}

/** `cordon encrypt-column`: fills a column of ciphertexts from one in clear, or moves it to the current key. */
export function encryptColumnCommand(): Command {
  const command: Command = new Command('encrypt-column')
    .description(
      'fill an encrypted column from one in clear, or bring it to the current key; may be stopped and run again, and prints no value',
    )
    .argument('<field>', 'an @encrypted field: Customer.taxId')
    .requiredOption(
      '--url <url>',
      "the source's database, as a role that may write; ${NAME} in it is taken from the environment",
    )
    .option(
      '--from <column>',
      'the column with the values in clear; without it only the key is brought up to date',
    )
    .option('--batch <rows>', 'rows of one transaction', batchSize, 1000)
    .option(
      '--dry-run',
      'say what would be done, and write nothing; exit code 1 where anything is to be done',
    )
    .addOption(configOption())
    .option('--json', 'print { field, dryRun, complete, rows, counts, examples }');
  return addTlsOptions(command).action(async (coordinate: string, options: EncryptOptions) => {
    const { urlOf } = await import('../config.js');
    const { readModel } = await import('../main.js');
    const url = urlOf(options.url);
    if (url === null)
      command.error(
        'error: --url takes postgres://user:${PASSWORD}@host:port/database, with its variables set. See --help.',
        { exitCode: 2 },
      );
    const connection = connectionTo(url, '--url', options);
    let stopping = false;
    void untilStopped().then(() => (stopping = true));
    const { model } = await readModel(openConfig(options));
    const column = requireEncrypted(model, coordinate, options.from ?? null);
    const tally = await withWriter(connection, async (client) => {
      await checkColumns(client, column);
      return encryptAll(client, column, { ...options, stopped: () => stopping });
    });
    const { complete, counts, examples } = tally;
    const dryRun = options.dryRun === true;
    const left = dryRun ? [...findings, ...toDo] : findings;
    if (!complete || left.some((outcome) => counts[outcome] > 0)) process.exitCode = 1;
    if (options.json !== true) show(coordinate, dryRun, tally);
    else {
      const rows = Object.values(counts).reduce((sum, count) => sum + count, 0);
      printJson({ field: coordinate, dryRun, complete, rows, counts, examples });
    }
  });
}
