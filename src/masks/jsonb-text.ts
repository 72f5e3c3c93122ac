/** A document in PostgreSQL's text form of `jsonb`, taken apart as far as a reference needs; scalars stay as printed. */
export interface JsonbNode {
  readonly text: string;
  /** Of an object: names, and values, in the order they are printed. */
  readonly members: readonly (readonly [name: string, value: JsonbNode])[] | null;
  readonly elements: readonly JsonbNode[] | null;
}

const STRING = /"(?:[^"\\]|\\.)*"/y;
const SCALAR = /"(?:[^"\\]|\\.)*"|[^,\]}]+/y;

class JsonbReader {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  node(): JsonbNode {
    const start = this.#at;
    const members = this.#text[start] === '{' ? this.#list('}', () => this.#member()) : null;
    const elements = this.#text[start] === '[' ? this.#list(']', () => this.node()) : null;
    if (members === null && elements === null) this.#take(SCALAR);
    return { text: this.#text.slice(start, this.#at), members, elements };
  }

  #member(): readonly [string, JsonbNode] {
    const name = JSON.parse(this.#take(STRING)) as string;
    this.#at += ': '.length;
    return [name, this.node()];
  }

  #list<Item>(end: string, read: () => Item): Item[] {
    const items: Item[] = [];
    this.#at += 1;
    while (this.#text[this.#at] !== end) {
      if (items.length > 0) this.#at += ', '.length;
      items.push(read());
    }
    this.#at += 1;
    return items;
  }

  #take(pattern: RegExp): string {
    pattern.lastIndex = this.#at;
    const [found] = pattern.exec(this.#text) ?? [];
    if (found === undefined) throw new Error('not the text of a jsonb');
    this.#at += found.length;
    return found;
  }
}

/** Reads what `jsonb` prints, and nothing else. */
export function readJsonb(text: string): JsonbNode {
  return new JsonbReader(text).node();
}
