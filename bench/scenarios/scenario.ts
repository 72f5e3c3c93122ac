/** One workload: the same question, asked of each contender in its own language, about a key drawn at random. */
export interface Scenario {
  readonly name: string;
  /** What is asked for, in a few words. */
  readonly title: string;
  /** Keys that give a full answer: from 0 or 1 up to this. */
  readonly lastKey: (customers: number) => number;
  /** The operation, with one variable `$key`. */
  readonly cordon: string;
  readonly handbuilt: string;
}
