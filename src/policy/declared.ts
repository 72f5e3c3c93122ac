/** The names a policy declares, known before any of the parts that refer to them is read. */
export interface Declared {
  readonly classes: ReadonlySet<string>;
  readonly roles: ReadonlySet<string>;
}
