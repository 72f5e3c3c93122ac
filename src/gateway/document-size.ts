import {
  Kind,
  Lexer,
  parse,
  Source,
  TokenKind,
  visit,
  type DocumentNode,
  type FragmentDefinitionNode,
  type SelectionSetNode,
} from 'graphql';
import { LRUCache } from 'lru-cache';
import { CordonError } from '../base/index.js';

/** What a document may come to before it is validated. */
export interface DocumentLimits {
  readonly tokens: number;
  readonly directives: number;
  readonly aliases: number;
  readonly rootFields: number;
}

/** What a selection comes to; what a fragment brings counts each time it is spread. */
interface Size {
  /** At its top. */
  readonly rootFields: number;
  readonly aliases: number;
  /** At any depth. */
  readonly fields: number;
}

interface DocumentSize {
  /** Null where the text ends before: it was cut off at `readTokens`. */
  readonly tokens: number | null;
  readonly readTokens: number;
  readonly nesting: number;
  /** Null for a text that is no document; the parser that comes after says where. */
  readonly parsed: { readonly directives: number; readonly operations: readonly Size[] } | null;
}

/**
 * Brackets in brackets. A filter of 50 terms has 100, ten relations 40; each is a step of everything that walks a
 * document, on a stack that has an end.
 */
const maxNesting = 300;
/** Fields once fragments are spread, the same that a selection may come to when it is collected. */
const maxFields = 10_000;

const nothing: Size = { rootFields: 0, aliases: 0, fields: 0 };

const add = (a: Size, b: Size): Size => ({
  rootFields: a.rootFields + b.rootFields,
  aliases: a.aliases + b.aliases,
  fields: a.fields + b.fields,
});

/** Each fragment is measured once, so that the time is linear however they spread each other; a circle counts as nothing. */
function operationSizes({ definitions }: DocumentNode): readonly Size[] {
  const fragments = new Map<string, FragmentDefinitionNode>();
  for (const each of definitions)
    if (each.kind === Kind.FRAGMENT_DEFINITION) fragments.set(each.name.value, each);
  const known = new Map<string, Size>();
  const ofFragment = (name: string): Size => {
    const before = known.get(name);
    if (before !== undefined) return before;
    known.set(name, nothing);
    const fragment = fragments.get(name);
    const size = fragment === undefined ? nothing : ofSelection(fragment.selectionSet);
    known.set(name, size);
    return size;
  };
  const ofSelection = ({ selections }: SelectionSetNode): Size =>
    selections
      .map((node): Size => {
        if (node.kind === Kind.FRAGMENT_SPREAD) return ofFragment(node.name.value);
        if (node.kind === Kind.INLINE_FRAGMENT) return ofSelection(node.selectionSet);
        const below = node.selectionSet === undefined ? nothing : ofSelection(node.selectionSet);
        const isAlias = node.alias !== undefined && node.alias.value !== node.name.value;
        return { rootFields: 1, aliases: below.aliases + Number(isAlias), fields: 1 + below.fields };
      })
      .reduce(add, nothing);
  return definitions.flatMap((each) =>
    each.kind === Kind.OPERATION_DEFINITION ? [ofSelection(each.selectionSet)] : [],
  );
}

function countDirectives(document: DocumentNode): number {
  let count = 0;
  visit(document, {
    Directive() {
      count += 1;
    },
  });
  return count;
}

/** Tokens and brackets, read until one is too many; null where the text has something that is no token. */
function lex(text: string, maxTokens: number): { tokens: number; nesting: number; ended: boolean } | null {
  const lexer = new Lexer(new Source(text));
  let [tokens, open, nesting] = [0, 0, 0];
  try {
    for (;;) {
      const { kind } = lexer.advance();
      if (kind === TokenKind.EOF) return { tokens, nesting, ended: true };
      tokens += 1;
      if (kind === TokenKind.BRACE_L || kind === TokenKind.BRACKET_L || kind === TokenKind.PAREN_L)
        nesting = Math.max(nesting, (open += 1));
      if (kind === TokenKind.BRACE_R || kind === TokenKind.BRACKET_R || kind === TokenKind.PAREN_R) open -= 1;
      if (tokens > maxTokens || nesting > maxNesting) return { tokens, nesting, ended: false };
    }
  } catch {
    return null;
  }
}

function measure(text: string, maxTokens: number): DocumentSize {
  const read = lex(text, maxTokens);
  if (read === null) return { tokens: 0, readTokens: 0, nesting: 0, parsed: null };
  const { tokens, nesting, ended } = read;
  const size = { tokens: ended ? tokens : null, readTokens: tokens, nesting };
  if (!ended) return { ...size, parsed: null };
  let document: DocumentNode;
  try {
    document = parse(text, { noLocation: true });
  } catch {
    return { ...size, parsed: null };
  }
  return { ...size, parsed: { directives: countDirectives(document), operations: operationSizes(document) } };
}

/**
 * Holds documents to their limits before anybody validates them: some rules of validation take more time than a document
 * that is too large deserves. One error, which names the limit; the time is linear in the text.
 */
export class DocumentSizes {
  readonly #known = new LRUCache<string, DocumentSize>({
    maxSize: 4 * 1024 * 1024,
    sizeCalculation: (_, text) => 500 + 2 * text.length,
  });

  /** @throws CordonError OPERATION_TOO_LARGE */
  check(text: string, limits: DocumentLimits): void {
    const { tokens, readTokens, nesting, parsed } = this.#measured(text, limits.tokens);
    if ((tokens ?? readTokens) > limits.tokens) throw over('tokens', limits.tokens);
    if (nesting > maxNesting) throw over('brackets within brackets', maxNesting);
    if (parsed === null) return;
    if (parsed.directives > limits.directives) throw over('directives', limits.directives);
    for (const size of parsed.operations) {
      if (size.rootFields > limits.rootFields) throw over('root fields', limits.rootFields);
      if (size.aliases > limits.aliases) throw over('aliases', limits.aliases);
      if (size.fields > maxFields) throw over('fields, fragments spread', maxFields);
    }
  }

  #measured(text: string, maxTokens: number): DocumentSize {
    const known = this.#known.get(text);
    // One that was cut off for another caller may be within this one's limit.
    if (
      known !== undefined &&
      (known.tokens !== null || known.readTokens > maxTokens || known.nesting > maxNesting)
    )
      return known;
    const size = measure(text, maxTokens);
    this.#known.set(text, size);
    return size;
  }
}

function over(limit: string, max: number): CordonError {
  return new CordonError('OPERATION_TOO_LARGE', {
    message: `The operation is over the limit of ${max} ${limit}.`,
  });
}
