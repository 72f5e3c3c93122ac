import { parse, print, type DocumentNode } from 'graphql';

/** What is sent to every twin alike. */
export interface Operation {
  readonly text: string;
  /** Null where the text is no GraphQL. */
  readonly document: DocumentNode | null;
  readonly variables: Readonly<Record<string, unknown>>;
  readonly operationName: string | null;
  /** Whether it has a cursor that is of another caller or operation, or of nobody. */
  readonly forged?: boolean;
}

/** An operation of a document as it was made. */
export function operationOf(
  document: DocumentNode,
  variables: Operation['variables'] = {},
  operationName: string | null = null,
): Operation {
  return { text: print(document), document, variables, operationName };
}

/** An operation of a text as somebody wrote it. */
export function writtenOperation(text: string, variables: Operation['variables'] = {}): Operation {
  return { text, document: parse(text, { noLocation: true }), variables, operationName: null };
}

/** The operation with its document, where its text is one. */
export function readAgain(operation: Operation): Operation {
  try {
    return { ...operation, document: parse(operation.text, { noLocation: true }) };
  } catch {
    return operation;
  }
}

/** The body of its request. */
export function bodyOf({ text, variables, operationName }: Operation): string {
  return JSON.stringify({ query: text, variables, ...(operationName === null ? {} : { operationName }) });
}
