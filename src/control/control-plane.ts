import {
  execute,
  getOperationAST,
  getVariableValues,
  GraphQLError,
  OperationTypeNode,
  parse,
  validate,
  type DocumentNode,
  type GraphQLSchema,
  type OperationDefinitionNode,
} from 'graphql';
import { CordonError, type Cancellation, type Log } from '../base/index.js';
import type { AccessHistory } from '../audit/index.js';
import {
  checkIntrospection,
  DocumentSizes,
  errorsBody,
  logDefect,
  type Answer,
  type Asked,
  type Caller,
  type Recorder,
  type Refusal,
} from '../gateway/index.js';
import type { CallerLimits, ControlRight, Policy } from '../policy/index.js';
import { controlSchema, errorOf, type ControlContext } from './schema.js';

export interface ControlParts {
  readonly policy: Policy;
  readonly history: AccessHistory;
  readonly recorder: Recorder;
  readonly log: Log;
}

/** Record keys in one answer at most: a list of them is as long as the answer it was recorded for. */
const maxKeys = 200_000;

interface Operation {
  readonly document: DocumentNode;
  readonly definition: OperationDefinitionNode;
  readonly variables: Readonly<Record<string, unknown>>;
}

/** Answers what auditors ask. Every answer, and every refusal, is entered before it leaves, as customer data is. */
export class ControlPlane {
  readonly #parts: ControlParts;
  readonly #schema: GraphQLSchema;
  readonly #sizes = new DocumentSizes();

  constructor(parts: ControlParts) {
    this.#parts = parts;
    this.#schema = controlSchema();
  }

  /**
   * Never rejects.
   * @param cancellation when nobody waits for the answer any more
   */
  async answer(
    caller: Caller,
    asked: Asked & { readonly source: string },
    limits: CallerLimits,
    cancellation: Cancellation,
  ): Promise<Answer> {
    const { log } = this.#parts;
    try {
      const rights = this.rightsOf(caller);
      if (rights.size === 0)
        throw new CordonError('FORBIDDEN', { detail: 'no role with a right to the control plane' });
      caller.watch.enter('document');
      const operation = this.#read(asked, limits);
      const named = { ...asked, operationName: operation.definition.name?.value ?? null };
      caller.watch.enter('sources');
      return await this.#run(caller, named, operation, rights, limits, cancellation);
    } catch (cause) {
      const error = cause instanceof CordonError ? cause : new CordonError('INTERNAL_ERROR', { cause });
      if (error.code === 'INTERNAL_ERROR') logDefect(log, error, caller.request.requestId);
      return this.refuse(caller, { error }, asked);
    }
  }

  /** Enters a refusal and gives its response. Never rejects. */
  refuse(caller: Caller, refusal: Refusal, asked: Asked): Promise<Answer> {
    return this.#parts.recorder.refuse(caller, refusal, asked);
  }

  /** What the caller's roles may use here. A token that is confined, to coordinates or documents, reaches nothing beyond. */
  rightsOf({ principal }: Caller): ReadonlySet<ControlRight> {
    if (!principal.scopes.includes('read:*') || principal.documentsOnly) return new Set();
    return new Set(principal.roles.flatMap((name) => this.#parts.policy.roles.get(name)?.control ?? []));
  }

  /** @throws CordonError, whose message names nothing but the document's own words */
  #read(
    { source, operationName, variables }: Asked & { readonly source: string },
    limits: CallerLimits,
  ): Operation {
    this.#sizes.check(source, limits);
    const document = parseDocument(source);
    const [invalid] = validate(this.#schema, document, undefined, { maxErrors: 1 });
    if (invalid !== undefined)
      throw new CordonError('GRAPHQL_VALIDATION_FAILED', { message: invalid.message });
    const definition = getOperationAST(document, operationName);
    if (definition == null) throw new CordonError('OPERATION_RESOLUTION_FAILURE');
    if (definition.operation !== OperationTypeNode.QUERY) throw new CordonError('OPERATION_NOT_SUPPORTED');
    const given = (variables ?? {}) as Readonly<Record<string, unknown>>;
    const read = getVariableValues(this.#schema, definition.variableDefinitions ?? [], given, {
      maxErrors: 1,
    });
    if (read.coerced === undefined)
      throw new CordonError('BAD_USER_INPUT', { message: 'A variable is not a value of its type.' });
    checkIntrospection(this.#schema, document, definition, read.coerced);
    return { document, definition, variables: given };
  }

  async #run(
    caller: Caller,
    asked: Asked,
    { document, definition, variables }: Operation,
    rights: ReadonlySet<ControlRight>,
    limits: CallerLimits,
    cancellation: Cancellation,
  ): Promise<Answer> {
    const { history, recorder, log } = this.#parts;
    const { data, errors = [] } = await execute({
      schema: this.#schema,
      document,
      operationName: definition.name?.value ?? null,
      variableValues: variables,
      contextValue: {
        rights,
        history,
        entries: history.reading(cancellation),
        keysLeft: maxKeys,
      } satisfies ControlContext,
    });
    const failures = errors.map((each) => ({ path: each.path?.map(String) ?? [], error: errorOf(each) }));
    for (const { error } of failures)
      if (error.code === 'INTERNAL_ERROR') logDefect(log, error, caller.request.requestId);
    const first = failures[0]?.error;
    if (first === undefined) {
      const body = Buffer.from(JSON.stringify({ data }));
      if (body.length > limits.responseBytes) throw new CordonError('RESPONSE_TOO_LARGE');
      return recorder.release(caller, asked, { ...released, body });
    }
    // All or nothing: an auditor who is shown half a history takes it for the whole.
    return this.refuse(caller, { error: first, body: errorsBody(failures) }, asked);
  }
}

const released = {
  status: 200,
  outcome: 'RELEASED',
  code: null,
  reason: null,
  disclosures: [],
  reliedOn: [],
} as const;

function parseDocument(source: string): DocumentNode {
  try {
    return parse(source);
  } catch (error) {
    if (!(error instanceof GraphQLError)) throw error;
    throw new CordonError('GRAPHQL_PARSE_FAILED', { message: error.message });
  }
}
