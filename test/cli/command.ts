import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { compiled } from '../support/compiled.js';

const program = compiled('src/cli/cordon.ts');

export interface Finished {
  /** Null where a signal ended it. */
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunningCommand {
  readonly processId: number;
  /** Lines of standard output up to and with the first that begins so. @throws with standard error, when it ends before */
  until(beginning: string): Promise<readonly string[]>;
  /** What it has written to standard error so far. */
  errors(): string;
  kill(signal: NodeJS.Signals): Promise<Finished>;
}

interface Place {
  readonly cwd: string;
  readonly env?: Readonly<Record<string, string>>;
}

function launch(args: readonly string[], { cwd, env = {} }: Place) {
  const child = spawn(process.execPath, [program, ...args], {
    cwd,
    env: { ...process.env, NO_COLOR: '1', PORT: '', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const output = { stdout: '', stderr: '' };
  child.stdout.on('data', (chunk: Buffer) => (output.stdout += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (output.stderr += chunk.toString()));
  const finished = once(child, 'close').then(([code]): Finished => ({
    code: code as number | null,
    ...output,
  }));
  return { child, finished, output };
}

/** Runs a command to its end. */
export function run(args: readonly string[], place: Place): Promise<Finished> {
  return launch(args, place).finished;
}

/** Starts a command that stays, such as a gateway. */
export function start(args: readonly string[], place: Place): RunningCommand {
  const { child, finished, output } = launch(args, place);
  const lines = createInterface(child.stdout)[Symbol.asyncIterator]();
  return {
    processId: child.pid!,
    until: async (beginning) => {
      const seen: string[] = [];
      for (;;) {
        const { value, done } = await lines.next();
        if (done === true) throw new Error(`it ended before "${beginning}": ${output.stderr}`);
        seen.push(value);
        if (value.startsWith(beginning)) return seen;
      }
    },
    errors: () => output.stderr,
    kill: (signal) => {
      child.kill(signal);
      return finished;
    },
  };
}
