import { CordonError } from '../base/index.js';

const utf8 = new TextDecoder('utf-8', { fatal: true });

/** application/json, in UTF-8 or without a charset. Anything a browser sends across sites unasked is neither. */
export function isJson(contentType: string | undefined): boolean {
  const [essence, ...parameters] = (contentType ?? '').split(';').map((part) => part.trim().toLowerCase());
  return (
    essence === 'application/json' && parameters.every((parameter) => /^charset="?utf-?8"?$/.test(parameter))
  );
}

function malformed(message: string): CordonError {
  return new CordonError('BAD_REQUEST', { message });
}

/** Deeper values are walked by nobody: each step of coercing them, or of writing them down, is a frame on the stack. */
const nestingMax = 500;

/** Level by level, and so without a stack of its own to run out of. */
function isNestedOver(max: number, value: unknown): boolean {
  const inner = (each: unknown): unknown[] =>
    typeof each === 'object' && each !== null ? Object.values(each) : [];
  let level: unknown[] = [value];
  for (let depth = 0; depth <= max; depth += 1) {
    level = level.flatMap(inner);
    if (level.length === 0) return false;
  }
  return true;
}

/** A GraphQL request as it was sent: with a document's text, with its hash, or with both. */
export interface Body {
  readonly source: string | null;
  /** What a document is asked for by; any text. */
  readonly hash: string | null;
  readonly operationName: string | null;
  readonly variables: unknown;
}

/**
 * A GraphQL request out of a body.
 * @throws CordonError BAD_REQUEST
 */
export function parseBody(bytes: unknown): Body {
  let value: unknown;
  try {
    value = JSON.parse(utf8.decode(bytes as Buffer));
  } catch {
    throw malformed('The body is not JSON in UTF-8.');
  }
  if (Array.isArray(value)) throw malformed('Batches are not served; send one operation at a time.');
  if (typeof value !== 'object' || value === null) throw malformed('The body must be a JSON object.');
  const { query = null, operationName = null, variables = null } = value as Record<string, unknown>;
  const { extensions = null } = value as Record<string, unknown>;
  if (extensions !== null && (typeof extensions !== 'object' || Array.isArray(extensions)))
    throw malformed('The "extensions" must be an object.');
  const hash = hashOf(value as Record<string, unknown>);
  if (query === '' || (query === null ? hash === null : typeof query !== 'string'))
    throw malformed('The body must have a "query" that is text.');
  if (operationName !== null && typeof operationName !== 'string')
    throw malformed('The "operationName" must be text.');
  if (variables !== null && (typeof variables !== 'object' || Array.isArray(variables)))
    throw malformed('The "variables" must be an object.');
  if (isNestedOver(nestingMax, variables))
    throw malformed(`The "variables" are nested more than ${nestingMax} deep.`);
  return { source: query as string | null, hash, operationName, variables };
}

/** The text, where nothing but a text is taken. @throws CordonError BAD_REQUEST */
export function textOf(body: Body): Body & { readonly source: string } {
  const { source } = body;
  if (source === null) throw malformed('The body must have a "query" that is text.');
  return { ...body, source };
}

/** `documentId` of GraphQL over HTTP, its algorithm named or not; or the extension that Apollo's clients send. */
function hashOf({ documentId = null, extensions = null }: Record<string, unknown>): string | null {
  const { persistedQuery = null } = (extensions ?? {}) as { persistedQuery?: unknown };
  const { sha256Hash = null, version } = (persistedQuery ?? {}) as {
    sha256Hash?: unknown;
    version?: unknown;
  };
  if (documentId !== null && typeof documentId !== 'string')
    throw malformed('The "documentId" must be text.');
  if (persistedQuery !== null && (version !== 1 || typeof sha256Hash !== 'string'))
    throw malformed('The "persistedQuery" must have version 1 and a "sha256Hash" that is text.');
  const id = documentId?.replace(/^sha256:/, '') ?? null;
  const hash = sha256Hash as string | null;
  if (id !== null && hash !== null && id !== hash)
    throw malformed('The "documentId" and the "sha256Hash" name two documents; send one.');
  return id ?? hash;
}
