/** Somebody that a run asks as. */
export interface ProveCaller {
  readonly name: string;
  readonly roles: readonly string[];
  readonly subject: string;
  readonly organisation: string;
  readonly claims: Readonly<Record<string, readonly string[]>>;
  /** Whether agreements, training, purpose and a second factor are as the policy asks, for every class. */
  readonly conditionsMet: boolean;
  /** What is declared as the purpose. */
  readonly purpose: string | null;
}
