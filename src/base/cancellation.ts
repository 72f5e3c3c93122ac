import type { CordonError } from './errors.js';

type Listener = (reason: CordonError) => void;

/**
 * Says once that nobody waits any more, and why: what an `AbortSignal` does. Every request has one and is listened to
 * twice, which through an `EventTarget` takes as long as finding its plan.
 */
export class Cancellation {
  #reason: CordonError | null = null;
  readonly #listeners = new Set<Listener>();

  /** Null while somebody waits. */
  get reason(): CordonError | null {
    return this.#reason;
  }

  /** Tells whoever listens. The first reason stands. */
  cancel(reason: CordonError): void {
    if (this.#reason !== null) return;
    this.#reason = reason;
    for (const listener of this.#listeners) listener(reason);
    this.#listeners.clear();
  }

  /**
   * @param listener called once, at once where it is over already
   * @returns what ends the listening
   */
  onCancel(listener: Listener): () => void {
    if (this.#reason !== null) {
      listener(this.#reason);
      return () => undefined;
    }
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  /** @throws the reason */
  throwIfCancelled(): void {
    if (this.#reason !== null) throw this.#reason;
  }
}
