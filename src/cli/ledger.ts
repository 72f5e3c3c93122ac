import { Command } from 'commander';
import { configOption, openConfig, type ConfigOption } from './deployment.js';
import { threadsByDefault, threadsOption } from './options.js';
import { counted, print, printJson, progressLine } from './output.js';

interface VerifyOptions extends ConfigOption {
  readonly threads: number;
  readonly json?: boolean;
}

/** `cordon ledger verify`: the whole ledger, with no trust in the database that keeps it. */
function verifyCommand(): Command {
  return new Command('verify')
    .description(
      'check certificates, signatures, chains, roots, entries and data keys; exit code 1 for any fault',
    )
    .addOption(configOption())
    .option('--threads <number>', 'threads to read entries with, one a core', threadsOption, threadsByDefault)
    .option('--json', 'print { ok, entries, batches, size, faults }')
    .action(async (options: VerifyOptions) => {
      const { loadSecrets } = await import('../config.js');
      const { enrolmentPublicKey, verifyDatabase } = await import('../ledger/index.js');
      const config = openConfig(options);
      const { ledger } = loadSecrets(config);
      const line = progressLine();
      const result = await verifyDatabase(config.control, {
        enrolment: enrolmentPublicKey(ledger),
        wrapping: ledger.wrapping,
        folders: [config.ledgerFolder],
        threads: options.threads,
        progress: ({ entries, batches }) =>
          line.show(`${counted(entries, 'entry', 'entries')} in ${counted(batches, 'batch', 'batches')} …`),
      }).finally(() => line.done());
      if (!result.ok) process.exitCode = 1;
      if (options.json === true) {
        printJson(result);
        return;
      }
      for (const { kind, writerId, seq, message } of result.faults) {
        const where = writerId === null ? '' : ` ${writerId}${seq === null ? '' : ` batch ${seq}`}:`;
        print(`${kind}${where} ${message}`);
      }
      const seen = `${counted(result.entries, 'entry', 'entries')} in ${counted(result.batches, 'batch', 'batches')}`;
      print(
        result.ok
          ? `The ledger holds: ${seen}, no fault.`
          : `${counted(result.faults.length, 'fault')} in ${seen}.`,
      );
    });
}

export function ledgerCommand(): Command {
  return new Command('ledger').description('the record of what left').addCommand(verifyCommand());
}
