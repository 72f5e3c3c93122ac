import type { z } from 'zod';
import { didYouMean, type Problem } from '../base/index.js';
import type { Path, YamlText } from './yaml.js';

/** Gathers the problems of one policy file, each on the line of the path it is about. */
export class Reporter {
  readonly problems: Problem[] = [];
  readonly #file: string;
  readonly #text: YamlText;

  constructor(file: string, text: YamlText) {
    this.#file = file;
    this.#text = text;
  }

  lineOf(path: Path): number {
    return this.#text.lineOf(path);
  }

  add(path: Path, code: string, message: string): void {
    this.problems.push({ file: this.#file, line: this.lineOf(path), code, message });
  }

  unknownClass(path: Path, name: string, known: Iterable<string>): void {
    this.add(path, 'UNKNOWN_CLASS', `There is no secret class "${name}".${didYouMean(name, known)}`);
  }

  unknownRole(path: Path, name: string, known: Iterable<string>): void {
    this.add(path, 'UNKNOWN_ROLE', `There is no role "${name}".${didYouMean(name, known)}`);
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
    const name = at.length === 0 ? 'The policy' : `"${at.join('.')}"`;
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
