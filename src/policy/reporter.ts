import { didYouMean, Reporter, type Path, type Problem, type YamlText } from '../base/index.js';

/** Gathers the problems of one policy file. */
export class PolicyReporter extends Reporter {
  constructor(file: string, text: YamlText, found: readonly Problem[]) {
    super(file, text, 'The policy', found);
  }

  unknownClass(path: Path, name: string, known: Iterable<string>): void {
    this.add(path, 'UNKNOWN_CLASS', `There is no secret class "${name}".${didYouMean(name, known)}`);
  }

  unknownRole(path: Path, name: string, known: Iterable<string>): void {
    this.add(path, 'UNKNOWN_ROLE', `There is no role "${name}".${didYouMean(name, known)}`);
  }
}
