/** What operations compare with: the values that a column of the twins has, and the secrets of either twin. */
export interface Comparands {
  /** Values of a coordinate, in PostgreSQL's own words; none where it is no column. */
  of(coordinate: string): readonly string[];
  /** Those of them that the caller may not see. */
  secretsOf(coordinate: string): readonly string[];
  /** Of every column. */
  readonly secrets: readonly string[];
}
