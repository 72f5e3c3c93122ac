import { mkdir, rm } from 'node:fs/promises';
import { run, start } from '../cli/command.js';
import { testFolder } from '../support/test-folders.js';

/** The demo, started by its command, as frontends of other people meet it. */
export interface DemoServer {
  /** Of customer data. */
  readonly url: string;
  token(caller: string): Promise<string>;
  /** What `cordon schema` prints for a role, for code generators. */
  schema(role: string): Promise<string>;
  stop(): Promise<void>;
}

export async function startDemoServer(name: string): Promise<DemoServer> {
  const cwd = testFolder(name);
  await mkdir(cwd, { recursive: true, mode: 0o711 });
  const demo = start(['demo', '--port', '0'], { cwd });
  const printed = await demo.until('ready ');
  const url = /http:\/\/\S+\/graphql/.exec(printed.at(-1) ?? '')?.[0] ?? '';
  const says = async (...args: string[]): Promise<string> => {
    const { code, stdout, stderr } = await run(args, { cwd });
    if (code !== 0) throw new Error(stderr);
    return stdout;
  };
  return {
    url,
    token: async (caller) => (await says('demo', 'token', caller)).trim(),
    schema: (role) => says('schema', '--role', role),
    stop: async () => {
      await demo.kill('SIGTERM');
      await rm(cwd, { recursive: true, force: true });
    },
  };
}
