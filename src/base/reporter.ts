import type { z } from 'zod';
import type { Problem } from './problem.js';
import type { Path, YamlText } from './yaml.js';

/** Gathers the problems of one YAML file, each on the line of the path it is about. */
export class Reporter {
  readonly problems: Problem[];
  readonly #file: string;
  readonly #text: YamlText;
  readonly #whole: string;

  /**
   * @param whole what the file is called in a sentence: `The policy`
   * @param found problems that its reading has given
   */
  constructor(file: string, text: YamlText, whole: string, found: readonly Problem[]) {
    this.problems = [...found];
    this.#file = file;
    this.#text = text;
    this.#whole = whole;
  }

  lineOf(path: Path): number {
    return this.#text.lineOf(path);
  }

  /** A problem of this file, for those who keep it elsewhere than among the problems. */
  problem(path: Path, code: string, message: string): Problem {
    return { file: this.#file, line: this.lineOf(path), code, message };
  }

  add(path: Path, code: string, message: string): void {
    this.problems.push(this.problem(path, code, message));
  }

  /** The value in its checked form; or undefined, and everything that is wrong with it is reported. */
  check<Form extends z.ZodType>(form: Form, value: unknown, path: Path): z.output<Form> | undefined {
    const result = form.safeParse(value);
    if (result.success) return result.data;
    for (const issue of result.error.issues) this.#explain(issue, path);
    return undefined;
  }

  #explain(issue: z.core.$ZodIssue, path: Path): void {
    const at: Path = [...path, ...issue.path.map((step) => (typeof step === 'number' ? step : String(step)))];
    const name = at.length === 0 ? this.#whole : `"${at.join('.')}"`;
    if (issue.code === 'unrecognized_keys') {
      const sentences = issue.message.split('\n');
      issue.keys.forEach((key, i) => {
        this.add([...at, key], 'UNKNOWN_KEY', sentences[i] ?? issue.message);
      });
    } else if (this.#text.has(at))
      this.add(at, 'INVALID_VALUE', `${name} is not understood: ${issue.message}.`);
    else this.add(at, 'MISSING_KEY', `${name} is missing: ${issue.message}.`);
  }
}
