#!/usr/bin/env node
import { readFileSync } from 'node:fs';
import { Command, CommanderError } from 'commander';
import { packageFolder } from '../base/index.js';
import { reportFailure } from './failure.js';

/** `cordon`: exit code 0 for done, 1 for a failure or a finding, 2 for a command that is not understood. */

const { version } = JSON.parse(readFileSync(packageFolder('package.json'), 'utf8')) as { version: string };

const program = new Command('cordon')
  .description(
    'A GraphQL gateway that masks trade secrets by role and keeps a record of every field that leaves.',
  )
  .version(version)
  .showSuggestionAfterError()
  .showHelpAfterError('(add --help for what there is)')
  .configureHelp({ showGlobalOptions: false })
  // What stands behind the name of a command is that command's, also where one above has an option of the same name.
  .enablePositionalOptions()
  // Commander ends the process by itself otherwise.
  .exitOverride();

// What it does besides in development (graphql-js looks at every type for coming of another copy of itself) takes a tenth of
// the gateway's time. Set before anything is loaded that reads it.
process.env['NODE_ENV'] ??= 'production';

/** In the order of the help. Loading all of them takes longer than most of them take to run. */
const commands: Readonly<Record<string, () => Promise<Command>>> = {
  start: async () => (await import('./start.js')).startCommand(),
  demo: async () => (await import('./demo.js')).demoCommand(),
  init: async () => (await import('./init.js')).initCommand(),
  check: async () => (await import('./check.js')).checkCommand(),
  explain: async () => (await import('./explain.js')).explainCommand(),
  diff: async () => (await import('./diff.js')).diffCommand(),
  why: async () => (await import('./why.js')).whyCommand(),
  schema: async () => (await import('./schema.js')).schemaCommand(),
  grants: async () => (await import('./grants.js')).grantsCommand(),
  documents: async () => (await import('./documents.js')).documentsCommand(),
  prove: async () => (await import('./prove.js')).proveCommand(),
  token: async () => (await import('./token.js')).tokenCommand(),
  ledger: async () => (await import('./ledger.js')).ledgerCommand(),
  'encrypt-column': async () => (await import('./encrypt-column.js')).encryptColumnCommand(),
};

/** Commander hands settings down to commands that it makes itself alone. */
function inheritSettings(command: Command, from: Command): Command {
  command.copyInheritedSettings(from);
  command.commands.forEach((below) => inheritSettings(below, command));
  return command;
}

// Help and suggestions are of all of them.
const named = Object.entries(commands).filter(([name]) => name === process.argv[2]);
for (const [, load] of named.length > 0 ? named : Object.entries(commands))
  program.addCommand(inheritSettings(await load(), program));

// `cordon explain | head` closes our output early; what it asked for it has got.
process.stdout.on('error', ({ code }: NodeJS.ErrnoException) => process.exit(code === 'EPIPE' ? 0 : 1));

try {
  await program.parseAsync();
} catch (error) {
  if (error instanceof CommanderError) process.exitCode = error.exitCode === 0 ? 0 : 2;
  else process.exitCode = await reportFailure(error);
}
