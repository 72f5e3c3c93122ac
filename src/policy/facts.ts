/**
 * What conditions ask of the world. Governance implements it from a local copy that is at most a second old;
 * main.ts passes it in. A stale copy answers null, and null is not met.
 */
export interface Facts {
  /** The agreement in force that covers the class for this organisation or person: its id for the ledger; null if none. */
  agreementInForce(query: {
    kind: string;
    secretClass: string;
    organisation: string | null;
    personId: string;
    now: number;
  }): string | null;
  /** The record of current training: its id for the ledger; null if none. */
  trainingCurrent(query: { course: string; personId: string; now: number }): string | null;
}
