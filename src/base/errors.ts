/**
 * Every code that a caller can meet, in one table: HTTP status, public sentence, cause and mend.
 * docs/errors.md is held to this table by a test. No text here, and none made from it, carries a value from a
 * row, a variable or a database.
 */
export const ERROR_TABLE = {
  UNAUTHENTICATED: {
    status: 401,
    text: 'No valid token was presented.',
    cause:
      'The Authorization header is missing, or its token is unknown, malformed, expired, revoked or meant for somebody else.',
    mend: 'Send `Authorization: Bearer <token>` with a current token of a configured issuer, or a partner token that is still in force.',
  },
  NOT_ACCEPTABLE_TOKEN_SIZE: {
    status: 401,
    text: 'The token is larger than the gateway accepts.',
    cause: 'A token over the limit (8 kB unless configured).',
    mend: 'Ask the identity provider for a token with fewer claims.',
  },
  FORBIDDEN: {
    status: 403,
    text: 'This caller has no role here.',
    cause:
      'The token is valid, but none of its roles is known to the policy, or its role may not use this endpoint.',
    mend: 'Ask for a role that the policy names.',
  },
  BAD_REQUEST: {
    status: 400,
    text: 'The request is not a GraphQL request.',
    cause:
      'The body is not JSON, is not an object with a `query` or the hash of a document, is a batch, is nested too deep, or repeats a header.',
    mend: 'POST one JSON object with `query`, and `variables` and `operationName` where needed.',
  },
  UNSUPPORTED_MEDIA_TYPE: {
    status: 415,
    text: 'The body must be application/json in UTF-8.',
    cause:
      'Another content type or charset; forms and plain text are refused because browsers send them across sites unasked.',
    mend: 'Send `Content-Type: application/json`.',
  },
  METHOD_NOT_ALLOWED: {
    status: 405,
    text: 'Only POST is served here.',
    cause: 'Data is never given to GET: URLs end up in logs and caches.',
    mend: 'POST the operation.',
  },
  NOT_FOUND: {
    status: 404,
    text: 'There is nothing at this address.',
    cause: 'An unknown path.',
    mend: 'The endpoints are /graphql, /control, /healthz and /readyz.',
  },
  REQUEST_TOO_LARGE: {
    status: 413,
    text: 'The request body is larger than the gateway accepts.',
    cause: 'A body over the limit (100 kB unless configured).',
    mend: 'Send fewer literals; split the operation.',
  },
  PERSISTED_QUERY_NOT_FOUND: {
    status: 400,
    text: 'There is no such document for this caller.',
    cause:
      'The hash is of no document in the manifest, or of one that does not fit the schema that this caller sees.',
    mend: 'Send the document itself as `query`; put it into the manifest with `cordon documents build`, and try it with `cordon documents check`.',
  },
  DOCUMENT_NOT_TRUSTED: {
    status: 403,
    text: 'This caller may ask for trusted documents only.',
    cause:
      'The role or the token is confined to the documents of the manifest, and this text is none of them.',
    mend: 'Send a document of the manifest, or its hash; add to it with `cordon documents build`.',
  },
  GRAPHQL_PARSE_FAILED: {
    status: 400,
    text: 'The document is not valid GraphQL.',
    cause: 'A syntax error.',
    mend: 'The message names line and column.',
  },
  GRAPHQL_VALIDATION_FAILED: {
    status: 400,
    text: 'The document does not fit the schema.',
    cause: "The document names something that is not in this caller's schema, or uses it wrongly.",
    mend: 'Compare with the schema you see: introspection, or `cordon schema --role <role>`.',
  },
  OPERATION_RESOLUTION_FAILURE: {
    status: 400,
    text: 'The document does not say which operation to run.',
    cause: 'No operation of that name, or several operations and no name.',
    mend: 'Send the `operationName` of one operation in the document.',
  },
  OPERATION_NOT_SUPPORTED: {
    status: 400,
    text: 'Only queries are served.',
    cause: 'A mutation or a subscription.',
    mend: 'Cordon reads; write where the data is kept.',
  },
  BAD_USER_INPUT: {
    status: 400,
    text: 'An argument or a variable does not have the form that its type asks for.',
    cause:
      'A value that cannot be coerced, a page below 0 or from both ends, an empty or overlong list, a text with NUL, a pattern that ends in an escape.',
    mend: 'The message names the argument or variable; send a value of its type.',
  },
  INVALID_CURSOR: {
    status: 400,
    text: 'The cursor cannot be used here.',
    cause: 'A cursor of another caller, operation, order or version, or one that was altered.',
    mend: 'Start again from the first page.',
  },
  OPERATION_TOO_LARGE: {
    status: 400,
    text: 'The operation asks for more than the limits allow.',
    cause:
      'Too deep, too many fields, aliases, root fields, directives or tokens, too much of the schema, too costly, a page over the maximum, a filter of too many terms or relations in depth, a list of too many items, or too many rows in reach.',
    mend: 'The message names the limit; ask for less at once.',
  },
  RESPONSE_TOO_LARGE: {
    status: 400,
    text: 'The answer is larger than the gateway may hold.',
    cause: 'An answer over the limit (16 MB unless configured); nothing of it was released.',
    mend: 'Ask for smaller pages or fewer fields.',
  },
  AGREEMENT_REQUIRED: {
    status: 403,
    text: 'An agreement in force is required.',
    cause: 'The policy asks for an agreement that covers this class, and none is in force.',
    mend: 'Sign or renew the agreement with the data owner.',
  },
  TRAINING_REQUIRED: {
    status: 403,
    text: 'Current training is required.',
    cause: 'The policy asks for training that was not completed or has expired.',
    mend: 'Complete the training.',
  },
  PURPOSE_REQUIRED: {
    status: 403,
    text: 'A purpose that covers this class must be declared.',
    cause: 'No `Cordon-Purpose` header, or a purpose that does not cover this class for this role.',
    mend: 'Send `Cordon-Purpose` with a purpose that the policy lists for the role.',
  },
  MFA_REQUIRED: {
    status: 403,
    text: 'A recent multi-factor sign-in is required.',
    cause: 'The token does not show a multi-factor sign-in within the time that the policy asks for.',
    mend: 'Sign in again with a second factor.',
  },
  CONDITION_UNKNOWN: {
    status: 403,
    text: 'A condition of the policy could not be checked.',
    cause: 'A condition failed to evaluate; what cannot be checked is not met.',
    mend: 'Try again; if it stays, give the receipt of the response to the operator.',
  },
  DENIED: {
    status: 403,
    text: 'This field is withheld from this caller.',
    cause: 'The policy denies the class to the role; the field stays in the schema and is null.',
    mend: 'Ask the data owner.',
  },
  ROWS_LIMITED: {
    status: 403,
    text: 'This field is given on some of the rows only.',
    cause:
      'One role gives the row and another the field; a value is given only where a single role gives both.',
    mend: 'Ask the data owner.',
  },
  AGGREGATE_GUARDED: {
    status: 403,
    text: 'Secret values can be aggregated only over groups that give none of them away.',
    cause:
      'A guarded aggregate below another record, grouped or filtered by a field that is no dimension, or beside another grouping or filter of the same type.',
    mend: 'The message names what is in the way; ask at the root, by dimensions alone, and for one grouping in an operation.',
  },
  GROUP_TOO_SMALL: {
    status: 403,
    text: 'This aggregate is given for groups that are large enough only.',
    cause:
      'The policy guards the class: groups of few, groups that one entity dominates, and groups from which these could be told are null.',
    mend: 'Group by fewer dimensions.',
  },
  SOURCE_UNAVAILABLE: {
    status: 503,
    text: 'A customer database cannot be reached.',
    cause: 'The source is down or refuses the connection.',
    mend: 'Try again later; other sources go on answering.',
  },
  SOURCE_TIMEOUT: {
    status: 503,
    text: 'A customer database took too long.',
    cause: 'The statement went over its time limit and was cancelled.',
    mend: 'Ask for smaller pages, or filter on an indexed field.',
  },
  SOURCE_FAILED: {
    status: 500,
    text: 'A customer database could not answer.',
    cause: 'An error in a source; its text stays in the log of the gateway.',
    mend: 'Give the receipt of the response to the operator.',
  },
  ENCRYPTED_VALUE_UNREADABLE: {
    status: 500,
    text: 'A value that is stored encrypted cannot be read.',
    cause:
      'Its key is not configured, or what is stored was altered or belongs to another record, field or key; nothing is given in its place.',
    mend: 'Give the receipt of the response to the operator.',
  },
  LEDGER_UNAVAILABLE: {
    status: 503,
    text: 'The ledger cannot take the entry, so nothing is released.',
    cause: 'The control database is down, its lease ran out, or its queue is full.',
    mend: 'Try again; service returns by itself when the ledger is back.',
  },
  OVERLOADED: {
    status: 503,
    text: 'The gateway has more to do than it can, so this request was not begun.',
    cause:
      'Too many requests at once, too many that wait for one database, or too many answers that their clients do not take.',
    mend: 'Try again after the seconds that `Retry-After` gives.',
  },
  TOO_MANY_AT_ONCE: {
    status: 429,
    text: 'This caller has as many operations under way as they may have at once.',
    cause:
      'More operations at once than the limit (16 unless configured); answers that are not read yet count.',
    mend: 'Wait for an answer before asking on; ask for several root fields in one operation.',
  },
  TOO_MANY_REQUESTS: {
    status: 429,
    text: 'This caller asks more often than they may.',
    cause: 'More operations in the last seconds than the limit allows (500 a second unless configured).',
    mend: 'Try again after the seconds that `Retry-After` gives; ask for more at once, less often.',
  },
  REQUEST_TIMEOUT: {
    status: 408,
    text: 'The request did not come in whole in time.',
    cause: 'A client that sends more slowly than the limit allows (10 seconds for headers and body).',
    mend: 'Send the request at once.',
  },
  OPERATION_TIMEOUT: {
    status: 503,
    text: 'The answer was not ready in time, and its statements were cancelled.',
    cause:
      'The request went over its time limit (10 seconds unless configured), waiting for connections included.',
    mend: 'Ask for smaller pages, or filter on an indexed field.',
  },
  HISTORY_BEHIND: {
    status: 503,
    text: 'The index of the ledger is not up to date yet, so a history would have gaps.',
    cause:
      'More was entered since the last question than could be indexed within the time limit of this one. Indexing goes on without anybody who waits.',
    mend: 'Ask again in a minute, as before; a smaller page or a narrower filter changes nothing.',
  },
  CLIENT_GONE: {
    status: 408,
    text: 'The caller closed the connection before the answer.',
    cause: 'Known to the ledger alone: statements under way were cancelled, and nothing was released.',
    mend: 'Keep the connection open until the answer has come.',
  },
  INTERNAL_ERROR: {
    status: 500,
    text: 'The gateway failed on this request.',
    cause: 'A defect; the log of the gateway has it.',
    mend: 'Give the receipt of the response to the operator.',
  },
} as const satisfies Record<string, { status: number; text: string; cause: string; mend: string }>;

export type ErrorCode = keyof typeof ERROR_TABLE;

/** An error with a stable code, a public sentence, and a detail that only the log sees. */
export class CordonError extends Error {
  override readonly name = 'CordonError';
  readonly code: ErrorCode;
  /** Internal: why. For the log and the ledger, never for a response. */
  readonly detail: string | undefined;

  /**
   * @param code one of ERROR_TABLE
   * @param options.message a public sentence in place of the table's; must hold no value of a caller or a row
   * @param options.detail internal reason, for the log only
   */
  constructor(code: ErrorCode, options: { message?: string; detail?: string; cause?: unknown } = {}) {
    super(
      options.message ?? ERROR_TABLE[code].text,
      options.cause === undefined ? undefined : { cause: options.cause },
    );
    this.code = code;
    this.detail = options.detail;
  }

  /** The HTTP status of a request of which this is the first error. */
  get status(): number {
    return ERROR_TABLE[this.code].status;
  }
}
