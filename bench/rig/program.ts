import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

/** A process of the benchmark's own, spoken with one message at a time. It ends when the benchmark does. */
export interface Program {
  /** Its next message. */
  next(): Promise<object>;
  ask(message: object): Promise<object>;
  /** Closes the channel, which such programs take as the sign to end, and waits for that. */
  end(): Promise<void>;
}

/** The benchmark's own file of this name, compiled. */
export function ownFile(name: string): string {
  return join(fileURLToPath(import.meta.url), '../..', `${name}.js`);
}

/**
 * @param file a program that speaks over the process channel
 * @param argument what it is told at its start
 * @param observed whether it is asked for its usage and profiles
 * @param node the binary that runs it
 */
export function startProgram(
  file: string,
  argument: object,
  { observed = false, node = process.execPath } = {},
): Program {
  const child: ChildProcess = fork(file, [JSON.stringify(argument)], {
    execArgv: observed ? ['--import', pathToFileURL(ownFile('rig/observed')).href] : [],
    execPath: node,
    // What each takes for the sign to leave out its checks for developers.
    env: { ...process.env, NODE_ENV: 'production', GRAPHILE_ENV: 'production' },
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  const exit = once(child, 'exit');
  const next = async (): Promise<object> => {
    const gone = new AbortController();
    try {
      return await Promise.race([
        once(child, 'message', gone).then(([message]) => message as object),
        exit.then(() => Promise.reject(new Error(`${file} ended by itself`))),
      ]);
    } finally {
      gone.abort();
    }
  };
  return {
    next,
    ask: (message) => {
      child.send(message);
      return next();
    },
    end: async () => {
      if (child.connected) child.disconnect();
      await exit;
    },
  };
}
