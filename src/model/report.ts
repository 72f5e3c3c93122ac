import type { ASTNode } from 'graphql';
import { problemAt } from '../../directives/index.js';
import type { Problem } from '../base/index.js';

/** Gathers what is wrong, and what is only worth knowing, while a model is loaded. */
export class Report {
  readonly #problems: Problem[] = [];
  readonly #warnings: Problem[] = [];
  readonly #notes: Problem[] = [];

  problem(node: ASTNode, code: string, message: string): void {
    this.#problems.push(problemAt(node, code, message));
  }

  add(...problems: readonly Problem[]): void {
    this.#problems.push(...problems);
  }

  warn(warning: Problem): void {
    this.#warnings.push(warning);
  }

  /** What is as it should be, and easily overlooked: said by `cordon check` alone. */
  note(note: Problem): void {
    this.#notes.push(note);
  }

  get failed(): boolean {
    return this.#problems.length > 0;
  }

  /** By file and line, as a person mends them. */
  get problems(): readonly Problem[] {
    return this.#problems.toSorted(byPlace);
  }

  get warnings(): readonly Problem[] {
    return this.#warnings.toSorted(byPlace);
  }

  get notes(): readonly Problem[] {
    return this.#notes.toSorted(byPlace);
  }
}

function byPlace(a: Problem, b: Problem): number {
  if (a.file !== b.file) return a.file < b.file ? -1 : 1;
  return a.line - b.line;
}
