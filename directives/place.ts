import type { ASTNode } from 'graphql';
import type { Problem } from '../src/base/index.js';

/** A problem where a piece of SDL stands: its file is the name that its text was parsed under. */
export function problemAt(node: ASTNode, code: string, message: string): Problem {
  return { file: node.loc?.source.name ?? 'schema', line: lineOf(node), code, message };
}

/** 1-based. A definition's line is that of its name, since the node itself begins with the description. */
function lineOf(node: ASTNode): number {
  const named = 'name' in node ? (node.name ?? node) : node;
  return named.loc?.startToken.line ?? 0;
}
