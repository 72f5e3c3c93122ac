import { CordonError } from '../base/index.js';
import type { Asked } from '../gateway/index.js';

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

/**
 * A GraphQL request out of a body.
 * @throws CordonError BAD_REQUEST
 */
export function parseBody(bytes: unknown): Asked & { readonly source: string } {
  let value: unknown;
  try {
    value = JSON.parse(utf8.decode(bytes as Buffer));
  } catch {
    throw malformed('The body is not JSON in UTF-8.');
  }
  if (Array.isArray(value)) throw malformed('Batches are not served; send one operation at a time.');
  if (typeof value !== 'object' || value === null) throw malformed('The body must be a JSON object.');
  const { query, operationName = null, variables = null } = value as Record<string, unknown>;
  if (typeof query !== 'string' || query === '')
    throw malformed('The body must have a "query" that is text.');
  if (operationName !== null && typeof operationName !== 'string')
    throw malformed('The "operationName" must be text.');
  if (variables !== null && (typeof variables !== 'object' || Array.isArray(variables)))
    throw malformed('The "variables" must be an object.');
  if (isNestedOver(nestingMax, variables))
    throw malformed(`The "variables" are nested more than ${nestingMax} deep.`);
  return { source: query, operationName, variables };
}
