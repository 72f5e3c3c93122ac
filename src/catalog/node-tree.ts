/**
 * PostgreSQL's text form of a parsed query (`pg_node_tree`), as its `nodeToString` writes it: `{VAR :varno 1 …}`, lists in
 * parentheses, `<>` for nothing. Only the form is read here; what a query means is `query-columns.ts`'s.
 */
export type TreeValue = string | null | TreeNode | readonly TreeValue[];

export interface TreeNode {
  readonly tag: string;
  /** Without their colons. Of a field that stands twice the first counts: a name could be spelled like a field. */
  readonly fields: ReadonlyMap<string, TreeValue>;
}

/** @throws SyntaxError for a text that is not of this form */
export function parseNodeTree(text: string): TreeValue {
  const reader = new TreeReader(text);
  const value = reader.value(reader.next());
  if (reader.next() !== null) throw malformed();
  return value;
}

interface Token {
  /** As written, for punctuation and field names; escapes make a token plain text. */
  readonly text: string;
  readonly escaped: boolean;
}

/** Blanks part tokens, punctuation stands alone, and a backslash makes the next character part of the token. */
const tokens = /[(){}]|(?:\\[^]|[^\s(){}\\])+/g;

class TreeReader {
  readonly #found: Iterator<RegExpExecArray>;
  #ahead: Token | null;

  constructor(text: string) {
    this.#found = text.matchAll(tokens);
    this.#ahead = this.#read();
  }

  next(): Token | null {
    const token = this.#ahead;
    this.#ahead = this.#read();
    return token;
  }

  value(token: Token | null): TreeValue {
    if (token === null) throw malformed();
    if (token.escaped) return unquoted(token.text.replaceAll(/\\([^])/g, '$1'));
    switch (token.text) {
      case '(':
        return this.#list();
      case '{':
        return this.#node();
      case '<>':
        return null;
      case ')':
      case '}':
        throw malformed();
      default:
        return unquoted(token.text);
    }
  }

  #list(): readonly TreeValue[] {
    const items: TreeValue[] = [];
    for (;;) {
      const token = this.next();
      if (token?.text === ')') return items;
      items.push(this.value(token));
    }
  }

  #node(): TreeNode {
    const tag = this.next();
    if (tag === null) throw malformed();
    const fields = new Map<string, TreeValue>();
    for (;;) {
      const token = this.next();
      if (token?.text === '}') return { tag: tag.text, fields };
      if (token?.text.startsWith(':') !== true) throw malformed();
      const value = this.#fieldValue();
      const name = token.text.slice(1);
      if (!fields.has(name)) fields.set(name, value);
    }
  }

  /** Up to the next field: one value, or several, such as the bytes of a constant. */
  #fieldValue(): TreeValue {
    const values: TreeValue[] = [];
    while (this.#ahead !== null && this.#ahead.text !== '}' && !this.#ahead.text.startsWith(':'))
      values.push(this.value(this.next()));
    return values.length === 1 ? (values[0] ?? null) : values;
  }

  #read(): Token | null {
    const found = this.#found.next();
    if (found.done === true) return null;
    const [text] = found.value;
    return { text, escaped: text.includes('\\') };
  }
}

/** Strings in lists stand in quotes; tokens elsewhere do not. */
function unquoted(text: string): string {
  return text.length >= 2 && text.startsWith('"') && text.endsWith('"') ? text.slice(1, -1) : text;
}

function malformed(): SyntaxError {
  return new SyntaxError('not a node tree as PostgreSQL writes it');
}
