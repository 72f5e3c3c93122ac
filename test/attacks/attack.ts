/** The number of a row in docs/attacks.md. */
export type AttackRow = number;

type Run = () => Promise<void> | void;

const titled = (rows: readonly AttackRow[], name: string) => `${name} [attack ${rows.join(', ')}]`;

/**
 * A test that shows how attacks end. What it asserts is what the caller learned, never merely that an error came.
 * docs/attacks.md is made from these calls as they are written, so rows and name are literals.
 * @param rows the rows of the catalogue that it covers
 */
export function attack(rows: readonly AttackRow[], name: string, run: Run, timeout?: number): void {
  test(titled(rows, name), async () => run(), timeout);
}

/** What a test is given of a case: the members of a list, or what is no list as it is. */
type Given<Case> = Case extends readonly unknown[] ? [...Case] : [Case];

/** The same for each of several cases, as `test.each` has it. */
attack.each =
  <const Case>(rows: readonly AttackRow[], cases: readonly Case[]) =>
  (name: string, run: (...given: Given<Case>) => Promise<void> | void, timeout?: number): void => {
    test.each(cases as readonly unknown[])(
      titled(rows, name),
      async (...given: unknown[]) => run(...(given as Given<Case>)),
      timeout,
    );
  };
