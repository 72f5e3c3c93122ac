// A gateway in a process of its own. It loads everything, then reads from its standard input a line that says what to
// serve. It ends when its input closes. Its log is its standard error, one line of JSON each, beside whatever else comes there.
import { createInterface } from 'node:readline';
import type { Log } from '../../src/base/index.js';
import type { Config } from '../../src/config.js';
import { startGateway } from '../../src/main.js';
import { testSecrets } from './test-secrets.js';

/** The first line: a configuration whose sources are a list, since JSON has no maps. */
export interface ServeLine {
  readonly folder: string;
  readonly config: Omit<Config, 'sources'>;
  readonly sources: readonly [
    name: string,
    Config['sources'] extends ReadonlyMap<string, infer S> ? S : never,
  ][];
}

const write = (level: string) => (fields: object, message: string) =>
  void process.stderr.write(`${JSON.stringify({ level, message, ...fields })}\n`);
const log: Log = {
  debug: write('debug'),
  info: write('info'),
  warn: write('warn'),
  error: write('error'),
  child: () => log,
};

const lines = createInterface(process.stdin)[Symbol.asyncIterator]();
const first = await lines.next();
if (first.done !== true) {
  const { folder, config, sources } = JSON.parse(first.value) as ServeLine;
  const gateway = await startGateway({ ...config, sources: new Map(sources) }, testSecrets(folder), log);
  process.stdout.write(`${gateway.address}\n`);
  await lines.next();
  await gateway.close();
}
