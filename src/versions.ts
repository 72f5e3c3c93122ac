import { formatProblem, ProblemsError, type Log, type Problem } from './base/index.js';
import type { ListedDocument } from './documents/index.js';
import type { Deployment } from './http/index.js';
import type { Model } from './model/index.js';

/** What was read of a deployment's files, checked as a whole. */
export interface DeploymentFiles {
  readonly model: Model;
  readonly documents: readonly ListedDocument[];
  readonly warnings: readonly Problem[];
  /** What is worth knowing, and nothing to be mended. */
  readonly notes: readonly Problem[];
}

/** What a reload has come to: a new version in force, or the old one still and what is wrong with the files. */
export type Reloaded =
  | { readonly ok: true; readonly model: Model; readonly warnings: readonly Problem[] }
  | { readonly ok: false; readonly problems: readonly Problem[] };

export interface VersionsOptions {
  /** @throws ProblemsError with every mistake */
  readonly read: () => Promise<DeploymentFiles>;
  readonly make: (files: DeploymentFiles) => Deployment;
  readonly log: Log;
}

/**
 * The version of schema and policy in force. A reload replaces it as a whole or not at all: nothing is switched before
 * everything was read, checked and made, and then one reference is.
 */
export class Versions {
  readonly #options: VersionsOptions;
  #current: Deployment;
  #running: Promise<Reloaded> | null = null;
  /** Asked for while one ran, which may have read the files before they were what they are now. */
  #next: Promise<Reloaded> | null = null;
  #closed = false;

  constructor(first: DeploymentFiles, options: VersionsOptions) {
    this.#options = options;
    this.#current = options.make(first);
  }

  get current(): Deployment {
    return this.#current;
  }

  /** Reads the files anew. Never rejects. Those who ask while it is under way share one further reading. */
  reload(): Promise<Reloaded> {
    if (this.#running === null) return this.#begin();
    this.#next ??= this.#running.then(() => {
      this.#next = null;
      return this.#begin();
    });
    return this.#next;
  }

  /** Lets go of the version in force; what is still being read is not switched to. */
  close(): void {
    this.#closed = true;
    this.#current.views.close();
  }

  #begin(): Promise<Reloaded> {
    this.#running = this.#reload().finally(() => {
      this.#running = null;
    });
    return this.#running;
  }

  async #reload(): Promise<Reloaded> {
    const { read, make, log } = this.#options;
    try {
      const files = await read();
      const next = make(files);
      this.#switch(next);
      const { model, warnings } = files;
      for (const warning of warnings) log.warn({}, formatProblem(warning));
      const versions = {
        schema: model.version.toString('hex'),
        policy: model.policy.version.toString('hex'),
      };
      log.info(versions, 'the schema and the policy were loaded anew and are in force');
      return { ok: true, model, warnings };
    } catch (cause) {
      const problems = problemsOf(cause);
      for (const problem of problems) log.error({}, formatProblem(problem));
      log.error({ problems: problems.length }, 'nothing was loaded: what was in force stays in force');
      return { ok: false, problems };
    }
  }

  #switch(next: Deployment): void {
    const old = this.#closed ? next : this.#current;
    if (!this.#closed) this.#current = next;
    // Each of its servers is stopped after its last request.
    old.views.close();
  }
}

function problemsOf(cause: unknown): readonly Problem[] {
  if (cause instanceof ProblemsError) return cause.problems;
  const message = `The files cannot be loaded: ${cause instanceof Error ? cause.message : String(cause)}.`;
  return [{ file: 'cordon.yaml', line: 0, code: 'UNREADABLE', message }];
}
