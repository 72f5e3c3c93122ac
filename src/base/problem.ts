/** One mistake in what people wrote (SDL, policy, configuration), where it is and how to mend it. */
export interface Problem {
  readonly file: string;
  /** 1-based; 0 where the mistake is the absence of something. */
  readonly line: number;
  /** Stable, upper snake case: `UNKNOWN_CLASS`. */
  readonly code: string;
  /** What is wrong and what to do, in one or two sentences. */
  readonly message: string;
}

/** Every problem at once, so that a start fails once and not once per mistake. */
export class ProblemsError extends Error {
  override readonly name = 'ProblemsError';
  readonly problems: readonly Problem[];

  constructor(problems: readonly Problem[]) {
    super(problems.map(formatProblem).join('\n'));
    this.problems = problems;
  }
}

/** `file:line CODE message`, the form editors link to. */
export function formatProblem({ file, line, code, message }: Problem): string {
  return `${line > 0 ? `${file}:${line}` : file} ${code} ${message}`;
}
