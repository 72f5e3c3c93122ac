import { closeSync, openSync } from 'node:fs';
import { Command, InvalidArgumentError, Option } from 'commander';
import {
  demoCallerNames,
  demoCallers,
  demoPlaces,
  demoReader,
  demoTour,
  mintToken,
  seedDemo,
  startDemo,
  type Demo,
  type DemoCallerName,
} from '../demo/index.js';
import { parseKey } from '../base/index.js';
import { boundHeapGrowth } from '../heap-growth.js';
import { demoFolder } from './deployment.js';
import { createLog } from './log.js';
import { portNumber } from './options.js';
import { print, progressLine } from './output.js';
import { addTlsOptions, connectionTo, type TlsOptions } from './tls-options.js';
import { untilStopped } from './until-stopped.js';

function size(value: string): number {
  const number = Number(value);
  if (!Number.isInteger(number) || number < 1 || number > 100)
    throw new InvalidArgumentError('The size is a whole number from 1 to 100.');
  return number;
}

interface DemoOptions {
  readonly folder: string;
  readonly port?: number;
  readonly size: number;
}

async function runDemo({ folder, port, size: times }: DemoOptions): Promise<void> {
  boundHeapGrowth();
  const began = performance.now();
  const stopped = untilStopped();
  const reload = reloadingAtHangup();
  const line = progressLine();
  const demo = await startDemo({
    folder,
    ...(port !== undefined && { port }),
    size: times,
    log: createLog('warn'),
    progress: (doing) => line.show(`${doing} …`),
  }).finally(() => line.done());
  const tokenCommand =
    folder === demoFolder ? 'npx cordon demo token' : `npx cordon demo token --folder ${folder}`;
  print(demoTour(demo.address, tokenCommand));
  const seconds = ((performance.now() - began) / 1000).toFixed(1);
  print(`ready ${demo.address}/graphql ${demo.address}/control (in ${seconds} s; stop with Ctrl-C)`);
  reload(demo);
  await stopped;
  await demo.stop();
}

/**
 * Takes SIGHUP as the order to load schema and policy anew, as `cordon start` does; but where it came because the terminal
 * was closed, as the order to stop.
 * @returns to be told what to reload, which is done at once where it was asked for by then
 */
function reloadingAtHangup(): (demo: Demo) => void {
  const hadTerminal = hasTerminal();
  let demo: Demo | null = null;
  let asked = false;
  const reload = async (from: Demo): Promise<void> => {
    const { ok } = await from.reload();
    print(ok ? 'Schema and policy were loaded anew.' : 'Nothing was loaded anew.');
  };
  process.on('SIGHUP', () => {
    if (hadTerminal && !hasTerminal()) process.kill(process.pid, 'SIGTERM');
    else if (demo === null) asked = true;
    else void reload(demo);
  });
  return (started) => {
    demo = started;
    if (asked) void reload(started);
  };
}

/** Whether the process has a terminal that can still be reached. */
function hasTerminal(): boolean {
  try {
    closeSync(openSync('/dev/tty', 'r'));
    return true;
  } catch {
    return false;
  }
}

function folderOption(): Option {
  return new Option('--folder <folder>', 'where its data is kept for the next start').default(demoFolder);
}

/** `cordon demo token <caller>`: the token alone, to be put into a command. */
function demoTokenCommand(): Command {
  return new Command('token')
    .description('print a token, good for an hour, for a caller of the demo')
    .argument('<caller>', demoCallerNames.join(', '), (value): DemoCallerName => {
      const found = demoCallerNames.find((name) => name === value);
      if (found === undefined)
        throw new InvalidArgumentError(`The callers are ${demoCallerNames.join(', ')}.`);
      return found;
    })
    .addOption(folderOption())
    .action(async (name: DemoCallerName, { folder }: { readonly folder: string }) => {
      print(await mintToken(demoPlaces(folder).keys, demoCallers[name]));
    });
}

function columnKey(value: string): Buffer {
  const key = parseKey(value);
  if (key === null) throw new InvalidArgumentError('A key is 32 bytes in base64: openssl rand -base64 32.');
  return key;
}

interface SeedCommandOptions
  extends Record<'crm' | 'sales' | 'control' | 'readerPassword', string>, TlsOptions {
  readonly columnKey: Buffer;
  readonly size: number;
}

/** `cordon demo seed`: the demo's data in databases of somebody else's, such as those of docker-compose.yml. */
function demoSeedCommand(): Command {
  const fromEnvironment = (flags: string, text: string, variable: string) =>
    new Option(flags, text).env(variable).makeOptionMandatory();
  const command = new Command('seed')
    .description('put the demo data into empty databases that run elsewhere; what is there already stays')
    .addOption(fromEnvironment('--crm <url>', 'the first customer database, as a superuser', 'DEMO_CRM_URL'))
    .addOption(fromEnvironment('--sales <url>', 'the second, as a superuser', 'DEMO_SALES_URL'))
    .addOption(fromEnvironment('--control <url>', 'the control database', 'DEMO_CONTROL_URL'))
    .addOption(
      fromEnvironment(
        '--reader-password <text>',
        `what the gateway signs in with, as ${demoReader}`,
        'DEMO_READER_PASSWORD',
      ),
    )
    .addOption(
      fromEnvironment(
        '--column-key <base64>',
        'what tax numbers are encrypted with; the gateway needs it as the key tax-id',
        'DEMO_COLUMN_KEY',
      ).argParser(columnKey),
    )
    .option('--size <times>', 'how much data: 1 is 2,000 customers and 20,000 orders, 100 the most', size, 1);
  return addTlsOptions(command).action(async (options: SeedCommandOptions) => {
    const line = progressLine();
    await seedDemo({
      ...options,
      crm: connectionTo(options.crm, '--crm', options),
      sales: connectionTo(options.sales, '--sales', options),
      control: connectionTo(options.control, '--control', options),
      log: createLog('warn'),
      progress: (doing) => line.show(`${doing} …`),
    }).finally(() => line.done());
    print('The demo data is in place.');
  });
}

/** `cordon demo`: everything on this machine, to be tried at once. */
export function demoCommand(): Command {
  return new Command('demo')
    .description(
      'start a gateway over two demo databases, with a PostgreSQL and an issuer of its own; it loads schema and policy anew at SIGHUP',
    )
    .addOption(folderOption())
    .option('-p, --port <number>', 'port, in place of PORT or 4000', portNumber)
    .option('--size <times>', 'how much data: 1 is 2,000 customers and 20,000 orders, 100 the most', size, 1)
    .action(runDemo)
    .addCommand(demoTokenCommand())
    .addCommand(demoSeedCommand());
}
