import { sha256 } from '../base/index.js';
import type { ListedDocument } from './manifest.js';

/** The trusted documents of a deployment. */
export interface DocumentsConfig {
  /** The file that has them. */
  readonly manifest: string;
  /** Roles whose callers may ask for nothing else, besides tokens that are confined by themselves. */
  readonly required: 'all' | readonly string[];
  /** Where that is written, for messages. */
  readonly written: { readonly file: string; readonly line: number };
}

/**
 * The documents that a deployment was reviewed with, by the SHA-256 of their text in hex. They are of its files alone: no
 * request adds to them, so that nobody can put a text behind a hash that somebody else will ask for.
 */
export class TrustedDocuments {
  readonly #texts: ReadonlyMap<string, string>;
  readonly #required: DocumentsConfig['required'];

  constructor(documents: readonly ListedDocument[], required: DocumentsConfig['required']) {
    this.#texts = new Map(documents.map(({ hash, text }) => [hash, text]));
    this.#required = required;
  }

  /** The text of this hash; null where there is none. */
  find(hash: string): string | null {
    return this.#texts.get(hash) ?? null;
  }

  /** Whether this very text is one of them. */
  has(text: string): boolean {
    return this.#texts.has(documentHash(text));
  }

  /** Whether a caller may ask for these documents only: one of their roles, or their token, says so. */
  confines({
    roles,
    documentsOnly,
  }: {
    readonly roles: readonly string[];
    readonly documentsOnly: boolean;
  }): boolean {
    const required = this.#required;
    return documentsOnly || required === 'all' || roles.some((role) => required.includes(role));
  }
}

/** What a document is asked for by. */
export function documentHash(text: string): string {
  return sha256(text).toString('hex');
}
