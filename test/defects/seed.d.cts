/** One change of a source: `find` stands there exactly once. */
export interface Edit {
  /** From the root of the repository. */
  readonly file: string;
  readonly find: string;
  readonly replace: string;
}

/** A protection that is taken out, through all the layers that it has. */
export interface Defect {
  readonly name: string;
  /** The row of docs/attacks.md that it lets happen. */
  readonly row: number;
  readonly title: string;
  /** Test files that are to notice; the first that does is enough. */
  readonly tests: readonly string[];
  readonly edits: readonly Edit[];
  /** Where `cordon prove` is to see it, and with whom; one of the two is there. */
  readonly prover?: { readonly on: 'demo' | 'workshop'; readonly roles: readonly string[] };
  /** Why answers to twins cannot show it. */
  readonly unproved?: string;
}

export function defects(): readonly Defect[];
/** @throws where the text of an edit is not there exactly once */
export function patched(defect: Defect, file: string, text: string): string;
/** The defect that `CORDON_DEFECT` names. @throws where there is none of the name */
export function defectInForce(): Defect | null;
export function seeded(filename: string, text: string): string;
