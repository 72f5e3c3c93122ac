import { spawn, type ChildProcessByStdio } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import { compiled, repository } from './compiled.js';

/** A TypeScript program in a process of its own, for tests that kill it, stop it, or run it as another user. */
export interface Program {
  readonly child: ChildProcessByStdio<Writable, Readable, null>;
  /** Its next line of output; undefined when it ended without one. */
  nextLine(): Promise<string | undefined>;
  /** Closes its input, which such programs take as the sign to end, and waits for that. */
  end(): Promise<void>;
  /** Ends it as kill -9 does, and waits until it is gone. */
  kill(): Promise<void>;
}

/**
 * Starts a program of the sources or tests as it is.
 * @param file its path from the root of the repository: `test/embedded/fixtures/owner.ts`
 * @param options.as the user to run it as; the one that runs the tests unless given
 * @param options.env its whole environment; the tests' own unless given
 * @param options.output file descriptor for its standard error; the tests' own unless given
 * @param options.nodeOptions for the process itself: `--max-old-space-size=100`
 */
export function startProgram(
  file: string,
  args: readonly string[] = [],
  options: {
    as?: { uid: number; gid: number };
    env?: Readonly<Record<string, string>>;
    output?: number;
    nodeOptions?: readonly string[];
  } = {},
): Program {
  const { as, env = process.env, output = 'inherit', nodeOptions = [] } = options;
  const child = spawn(process.execPath, [...nodeOptions, compiled(file), ...args], {
    cwd: repository,
    env,
    stdio: ['pipe', 'pipe', output],
    ...as,
  }) as Program['child'];
  const exit = once(child, 'exit');
  const lines = createInterface(child.stdout)[Symbol.asyncIterator]();
  return {
    child,
    nextLine: async () => {
      const next = await lines.next();
      return next.done ? undefined : next.value;
    },
    end: async () => {
      child.stdin.end();
      await exit;
    },
    kill: async () => {
      child.kill('SIGKILL');
      await exit;
    },
  };
}
