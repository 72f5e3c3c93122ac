import { GraphQLError, parse } from 'graphql';
import { z } from 'zod';
import type { Problem } from '../base/index.js';
import { documentHash } from './trusted-documents.js';

/** A document of a manifest. */
export interface ListedDocument {
  /** SHA-256 of the text, in lower-case hex. */
  readonly hash: string;
  readonly text: string;
  /** 1-based line of the manifest. */
  readonly line: number;
}

const manifestForm = z.record(z.string(), z.string());

/** The manifest of these documents: hash → text, by hash, whatever order they came in. */
export function writeManifest(documents: readonly Omit<ListedDocument, 'line'>[]): string {
  const entries = documents.map(({ hash, text }) => [hash, text] as const);
  return `${JSON.stringify(Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1))), null, 2)}\n`;
}

/**
 * Reads a manifest. Every hash is computed anew: whoever could change a text behind its hash would choose what a reviewed
 * frontend asks for.
 * @param maxTokens that a request's document may have; one with more would never be served
 */
export function readManifest(
  text: string,
  file: string,
  maxTokens: number,
): { readonly documents: readonly ListedDocument[] } | { readonly problems: readonly Problem[] } {
  const manifest = manifestForm.safeParse(parseJson(text));
  if (!manifest.success) {
    const message = 'A manifest is one JSON object, hash to document; make it with cordon documents build.';
    return { problems: [{ file, line: 0, code: 'INVALID_MANIFEST', message }] };
  }
  const documents = Object.entries(manifest.data).map(([hash, document]) => ({
    hash,
    text: document,
    line: lineOf(text, hash),
  }));
  const problems = documents.flatMap((document): Problem[] => {
    const found = mistakeOf(document, maxTokens);
    return found === null ? [] : [{ file, line: document.line, ...found }];
  });
  return problems.length > 0 ? { problems } : { documents };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

/** The line that a hash is written on: nothing else in the file is that text in quotes. */
function lineOf(text: string, hash: string): number {
  const offset = text.indexOf(JSON.stringify(hash));
  return offset < 0 ? 0 : text.slice(0, offset).split('\n').length;
}

function mistakeOf(
  { hash, text }: ListedDocument,
  maxTokens: number,
): Pick<Problem, 'code' | 'message'> | null {
  if (documentHash(text) !== hash) {
    const message =
      'This is not the SHA-256 of its document; make the manifest anew: cordon documents build.';
    return { code: 'DOCUMENT_HASH_MISMATCH', message };
  }
  try {
    parse(text, { maxTokens });
    return null;
  } catch (error) {
    if (!(error instanceof GraphQLError)) throw error;
    return { code: 'INVALID_DOCUMENT', message: `This document cannot be read: ${error.message}` };
  }
}
