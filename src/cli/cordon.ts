#!/usr/bin/env node
import { readFileSync } from 'node:fs';
import { Command, CommanderError } from 'commander';
import { packageFolder } from '../base/index.js';
import { checkCommand } from './check.js';
import { demoCommand } from './demo.js';
import { diffCommand } from './diff.js';
import { encryptColumnCommand } from './encrypt-column.js';
import { documentsCommand } from './documents.js';
import { explainCommand } from './explain.js';
import { reportFailure } from './failure.js';
import { grantsCommand } from './grants.js';
import { initCommand } from './init.js';
import { ledgerCommand } from './ledger.js';
import { proveCommand } from './prove.js';
import { schemaCommand } from './schema.js';
import { startCommand } from './start.js';
import { tokenCommand } from './token.js';
import { whyCommand } from './why.js';

/** `cordon`: exit code 0 for done, 1 for a failure or a finding, 2 for a command that is not understood. */

const { version } = JSON.parse(readFileSync(packageFolder('package.json'), 'utf8')) as { version: string };

const program = new Command('cordon')
  .description(
    'A GraphQL gateway that masks trade secrets by role and keeps a record of every field that leaves.',
  )
  .version(version)
  .showSuggestionAfterError()
  .showHelpAfterError('(add --help for what there is)')
  .configureHelp({ showGlobalOptions: false });

for (const command of [
  startCommand(),
  demoCommand(),
  initCommand(),
  checkCommand(),
  explainCommand(),
  diffCommand(),
  whyCommand(),
  schemaCommand(),
  grantsCommand(),
  documentsCommand(),
  proveCommand(),
  tokenCommand(),
  ledgerCommand(),
  encryptColumnCommand(),
])
  program.addCommand(command.copyInheritedSettings(program));

/** Commander ends the process by itself unless each command is told not to. */
function throwInsteadOfExit(command: Command): void {
  command.exitOverride();
  command.commands.forEach(throwInsteadOfExit);
}
throwInsteadOfExit(program);

// `cordon explain | head` closes our output early; what it asked for it has got.
process.stdout.on('error', ({ code }: NodeJS.ErrnoException) => process.exit(code === 'EPIPE' ? 0 : 1));

try {
  await program.parseAsync();
} catch (error) {
  process.exitCode = error instanceof CommanderError ? (error.exitCode === 0 ? 0 : 2) : reportFailure(error);
}
