import { parse, validate, type GraphQLSchema } from 'graphql';

/** A document that is tried, and what it is called by whoever mends it. */
export interface TriedDocument {
  readonly text: string;
  /** Null for one without a name. */
  readonly operation: string | null;
  readonly file: string;
  readonly line: number;
}

/** What keeps a role from using a document. */
export interface Break {
  readonly role: string;
  readonly file: string;
  readonly line: number;
  readonly operation: string | null;
  readonly message: string;
}

/**
 * Tries documents on the schema that a role sees.
 * @param schema null where it sees nothing
 */
export function breaksFor(
  role: string,
  schema: GraphQLSchema | null,
  documents: readonly TriedDocument[],
): readonly Break[] {
  return documents.flatMap(({ text, operation, file, line }) => {
    const messages =
      schema === null
        ? ['The role sees no customer data.']
        : validate(schema, parse(text)).map(({ message }) => message);
    return messages.map((message) => ({ role, file, line, operation, message }));
  });
}
