import type { Caller } from '../deployment/callers.js';
import type { ServerName } from './server-names.js';

/** One of those that a workload compares: a server, and how it is asked. */
export interface Lane {
  /** What the results call it; `cordon` is what the others are held against. */
  readonly name: string;
  readonly server: ServerName;
  /** The operation, in the server's own language, about `$key`; of `limit`, the name of its statement. */
  readonly document: string;
  /** Those who ask it; one is drawn for each request. */
  readonly callers: readonly Caller[];
  /** Fields that these callers get masked, and whether a value looks as that mask makes it. */
  readonly masks?: Readonly<Record<string, (value: unknown) => boolean>>;
}

/** One workload: a question about a key that is drawn at random. */
export interface Scenario {
  readonly name: string;
  /** What is asked for, in a few words. */
  readonly title: string;
  /** Keys that give a full answer: from 1 up to this, in a database of so many customers. */
  readonly lastKey: (customers: number) => number;
  /** Questions that are in flight at once; 16 unless given. */
  readonly connections?: number;
  /** In the order of the table. */
  readonly lanes: readonly Lane[];
}
