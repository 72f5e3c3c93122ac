import { CordonError, formatProblem, ProblemsError } from '../base/index.js';
import { tlsFailure } from '../database-connection.js';
import { EmbeddedError } from '../embedded/index.js';
import { RecordError } from '../governance/index.js';

/** A command that cannot do what was asked: one sentence that says why and what to do. */
export class CommandError extends Error {
  override readonly name = 'CommandError';
}

/** What a failure comes to for the person at the terminal. Only a defect shows a stack. */
function explain(error: unknown): string {
  if (error instanceof ProblemsError) {
    const count = error.problems.length;
    return [...error.problems.map(formatProblem), `${count} problem${count === 1 ? '' : 's'}.`].join('\n');
  }
  if (error instanceof CordonError) return [error.message, error.detail].filter(Boolean).join(' ');
  if (error instanceof CommandError || error instanceof EmbeddedError || error instanceof RecordError)
    return error.message;
  const { code, message, stack } = error as NodeJS.ErrnoException;
  const insecure = tlsFailure({ code, message });
  if (insecure !== null) return `A database of the configuration cannot be reached: ${insecure}.`;
  // Of the operating system or a database: its code and words say enough to the operator.
  return code === undefined ? (stack ?? message) : `${message} (${code})`;
}

/** Says what failed on standard error. @returns the exit code */
export function reportFailure(error: unknown): 1 {
  process.stderr.write(`${explain(error)}\n`);
  return 1;
}
