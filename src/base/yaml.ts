import { isAlias, isCollection, isMap, isNode, isScalar, LineCounter, parseDocument, visit } from 'yaml';
import type { Document, Node } from 'yaml';
import type { Problem } from './problem.js';

/** Where in a document a value stands: keys and indexes from the root. */
export type Path = readonly (string | number)[];

/** Plain data, and the line that each part of it was written on. */
export interface YamlText {
  readonly value: unknown;
  /** 1-based line of the value at that path, or of the nearest part around it that exists. */
  lineOf(path: Path): number;
  /** Whether anything is written at that path. */
  has(path: Path): boolean;
}

/**
 * One YAML 1.2 document as data. Syntax errors, repeated keys and unknown tags are problems, all of them at once: what a
 * reader of the file could misunderstand must not become a rule.
 * @returns `content` null where a problem makes the rest unreadable
 */
export function readYaml(
  text: string,
  file: string,
): { readonly problems: readonly Problem[]; readonly content: YamlText | null } {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, version: '1.2' });
  const lineAt = (offset: number): number => lines.linePos(offset).line;
  const problems = [...document.errors, ...document.warnings]
    .map(({ code, message, pos: [offset] }) =>
      code === 'DUPLICATE_KEY'
        ? { offset, code, message: 'This key is already there; keep one of the two.' }
        : { offset, code: 'YAML_SYNTAX', message: `${message}.` },
    )
    .concat(unusableNodes(document))
    .map(({ offset, code, message }): Problem => ({ file, line: lineAt(offset), code, message }));

  if (problems.some(({ code }) => code !== 'DUPLICATE_KEY')) return { problems, content: null };
  try {
    const value = document.toJS() as unknown;
    const content: YamlText = {
      value,
      lineOf: (path) => lineAt(offsetOf(document, path).offset),
      has: (path) => offsetOf(document, path).whole,
    };
    return { problems, content };
  } catch {
    const message = 'The aliases (`*name`) multiply beyond measure; write the values out.';
    return { problems: [...problems, { file, line: 0, code: 'YAML_SYNTAX', message }], content: null };
  }
}

interface Unusable {
  readonly offset: number;
  readonly code: string;
  readonly message: string;
}

/** Keys that are no plain texts, since as a JavaScript key a number or a list would change its form; aliases to nothing. */
function unusableNodes(document: Document): readonly Unusable[] {
  const found: Unusable[] = [];
  visit(document, {
    Pair(_, { key }) {
      if (isScalar(key) && typeof key.value === 'string' && key.value !== '__proto__') return;
      const message = 'This key is not a name; write a word, or quote it.';
      found.push({ offset: offsetOfNode(key), code: 'INVALID_NAME', message });
    },
    Alias(_, alias) {
      if (alias.resolve(document) !== undefined) return;
      const message = `There is no &${alias.source} for this alias; write the value out.`;
      found.push({ offset: offsetOfNode(alias), code: 'YAML_SYNTAX', message });
    },
  });
  return found;
}

function offsetOfNode(node: unknown): number {
  return isNode(node) ? (node.range?.[0] ?? 0) : 0;
}

/** How far a path leads: the offset of the last part that exists, and whether that is the whole path. */
function offsetOf(document: Document, path: Path): { readonly offset: number; readonly whole: boolean } {
  let node = resolved(document.contents, document);
  let offset = offsetOfNode(node);
  for (const step of path) {
    if (isMap(node)) {
      const pair = node.items.find(({ key }) => isScalar(key) && key.value === String(step));
      if (pair === undefined) return { offset, whole: false };
      // The key's line, since that is where a reader looks for it; its value may begin lines below.
      if (isNode(pair.key)) offset = pair.key.range?.[0] ?? offset;
      node = resolved(pair.value, document);
    } else if (isCollection(node)) {
      const item = (node.items as readonly unknown[])[Number(step)];
      if (item === undefined) return { offset, whole: false };
      if (isNode(item)) offset = item.range?.[0] ?? offset;
      node = resolved(item, document);
    } else return { offset, whole: false };
  }
  return { offset, whole: true };
}

function resolved(node: unknown, document: Document): Node | null {
  if (isAlias(node)) return node.resolve(document) ?? null;
  return isNode(node) ? node : null;
}
