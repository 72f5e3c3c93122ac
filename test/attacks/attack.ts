/** The number of a row in docs/attacks.md. */
export type AttackRow = number;

type Run<Case extends readonly unknown[]> = (...given: Case) => Promise<void> | void;

const titled = (rows: readonly AttackRow[], name: string) => `${name} [attack ${rows.join(', ')}]`;

/**
 * A test that shows how attacks end. What it asserts is what the caller learned, never merely that an error came.
 * docs/attacks.md is made from these calls as they are written, so rows and name are literals.
 * @param rows the rows of the catalogue that it covers
 */
export function attack(rows: readonly AttackRow[], name: string, run: Run<[]>, timeout?: number): void {
  test(titled(rows, name), async () => run(), timeout);
}

/** The same for each of several cases, as `test.each` has it. */
attack.each =
  <Case extends readonly unknown[]>(rows: readonly AttackRow[], cases: readonly Case[]) =>
  (name: string, run: Run<Case>, timeout?: number): void => {
    test.each(cases as readonly (readonly unknown[])[])(
      titled(rows, name),
      async (...given: unknown[]) => run(...(given as unknown as Case)),
      timeout,
    );
  };
