import { isAlias, isCollection, isMap, isNode, isScalar, LineCounter, parseDocument, visit } from 'yaml';
import type { Document, Node } from 'yaml';
import type { Problem } from '../base/index.js';

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
 * One YAML 1.2 document as data. Syntax errors, repeated keys and unknown tags are problems, all of them at once:
 * what a reader of the file could misunderstand must not become a rule.
 */
export function readYaml(
  text: string,
  file: string,
): YamlText | { readonly problems: readonly [Problem, ...Problem[]] } {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, version: '1.2' });
  const lineAt = (offset: number): number => lines.linePos(offset).line;
  const problems: Problem[] = [];

  for (const { code, message, pos } of [...document.errors, ...document.warnings]) {
    problems.push(
      code === 'DUPLICATE_KEY'
        ? { file, line: lineAt(pos[0]), code, message: 'This key is already there; keep one of the two.' }
        : { file, line: lineAt(pos[0]), code: 'YAML_SYNTAX', message: `${message}.` },
    );
  }
  problems.push(...unusableKeys(document).map((offset) => unusableKey(file, lineAt(offset))));

  const [first, ...rest] = problems;
  if (first !== undefined) return { problems: [first, ...rest] };
  try {
    return {
      value: document.toJS() as unknown,
      lineOf: (path) => lineAt(offsetOf(document, path).offset),
      has: (path) => offsetOf(document, path).whole,
    };
  } catch {
    // Aliases that refer to nothing or multiply beyond measure.
    const message = 'The aliases (`*name`) cannot be resolved; write the values out.';
    return { problems: [{ file, line: 0, code: 'YAML_SYNTAX', message }] };
  }
}

/** Offsets of keys that are no plain texts: as a JavaScript key a number or a list would silently change its form. */
function unusableKeys(document: Document): readonly number[] {
  const offsets: number[] = [];
  visit(document, {
    Pair(_, { key }) {
      if (isScalar(key) && typeof key.value === 'string' && key.value !== '__proto__') return;
      offsets.push(isNode(key) ? (key.range?.[0] ?? 0) : 0);
    },
  });
  return offsets;
}

function unusableKey(file: string, line: number): Problem {
  return { file, line, code: 'INVALID_NAME', message: 'This key is not a name; write a word, or quote it.' };
}

/** How far a path leads: the offset of the last part that exists, and whether that is the whole path. */
function offsetOf(document: Document, path: Path): { readonly offset: number; readonly whole: boolean } {
  let node = resolved(document.contents, document);
  let offset = node?.range?.[0] ?? 0;
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
