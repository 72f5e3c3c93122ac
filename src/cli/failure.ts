import { CordonError, formatProblem, ProblemsError } from '../base/index.js';
import { tlsFailure } from '../database-connection.js';

/** A command that cannot do what was asked: one sentence that says why and what to do. */
export class CommandError extends Error {
  override readonly name = 'CommandError';
}

/** What a failure comes to for the person at the terminal. Only a defect shows a stack. */
async function explain(error: unknown): Promise<string> {
  if (error instanceof ProblemsError) {
    const count = error.problems.length;
    return [...error.problems.map(formatProblem), `${count} problem${count === 1 ? '' : 's'}.`].join('\n');
  }
  if (error instanceof CordonError) return [error.message, error.detail].filter(Boolean).join(' ');
  if (error instanceof CommandError) return error.message;
  // Parts that most commands do without, and no command should have to load for what may befall another.
  const { EmbeddedError } = await import('../embedded/index.js');
  const { RecordError } = await import('../governance/index.js');
  if (error instanceof EmbeddedError || error instanceof RecordError) return error.message;
  const { code, message, stack } = error as NodeJS.ErrnoException;
  const insecure = tlsFailure({ code, message });
  if (insecure !== null) return `A database of the configuration cannot be reached: ${insecure}.`;
  // Of the operating system or a database: its code and words say enough to the operator.
  return code === undefined ? (stack ?? message) : `${message} (${code})`;
}

/** Says what failed on standard error. @returns the exit code */
export async function reportFailure(error: unknown): Promise<1> {
  process.stderr.write(`${await explain(error)}\n`);
  return 1;
}
