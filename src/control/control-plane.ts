import {
  execute,
  getOperationAST,
  getVariableValues,
  GraphQLError,
  Kind,
  OperationTypeNode,
  parse,
  validate,
  type DocumentNode,
  type GraphQLSchema,
  type OperationDefinitionNode,
} from 'graphql';
import { CordonError, type Log } from '../base/index.js';
import type { AccessHistory } from '../audit/index.js';
import {
  errorsBody,
  type Answer,
  type Asked,
  type Caller,
  type Recorder,
  type Refusal,
} from '../gateway/index.js';
import type { ControlRight, Policy } from '../policy/index.js';
import { controlSchema, errorOf } from './schema.js';

export interface ControlParts {
  readonly policy: Policy;
  readonly history: AccessHistory;
  readonly recorder: Recorder;
  readonly log: Log;
  /** Tokens a document may have. */
  readonly maxTokens: number;
  /** Root fields an operation may have. */
  readonly maxRootFields: number;
}

interface Operation {
  readonly document: DocumentNode;
  readonly definition: OperationDefinitionNode;
  readonly variables: Readonly<Record<string, unknown>>;
}

/** Answers what auditors ask. Every answer, and every refusal, is entered before it leaves, as customer data is. */
export class ControlPlane {
  readonly #parts: ControlParts;
  readonly #schema: GraphQLSchema;

  constructor(parts: ControlParts) {
    this.#parts = parts;
    this.#schema = controlSchema();
  }

  /** Never rejects. */
  async answer(caller: Caller, asked: Asked & { readonly source: string }): Promise<Answer> {
    const { log } = this.#parts;
    try {
      const rights = this.rightsOf(caller);
      if (rights.size === 0)
        throw new CordonError('FORBIDDEN', { detail: 'no role with a right to the control plane' });
      const operation = this.#read(asked);
      const named = { ...asked, operationName: operation.definition.name?.value ?? null };
      return await this.#run(caller, named, operation, rights);
    } catch (cause) {
      if (!(cause instanceof CordonError)) log.error({ error: (cause as Error).stack }, 'a request failed');
      const error = cause instanceof CordonError ? cause : new CordonError('INTERNAL_ERROR');
      return this.refuse(caller, { error }, asked);
    }
  }

  /** Enters a refusal and gives its response. Never rejects. */
  refuse(caller: Caller, refusal: Refusal, asked: Asked): Promise<Answer> {
    return this.#parts.recorder.refuse(caller, refusal, asked);
  }

  /** What the caller's roles may use here. */
  rightsOf({ principal }: Caller): ReadonlySet<ControlRight> {
    return new Set(principal.roles.flatMap((name) => this.#parts.policy.roles.get(name)?.control ?? []));
  }

  /** @throws CordonError, whose message names nothing but the document's own words */
  #read({ source, operationName, variables }: Asked & { readonly source: string }): Operation {
    const document = parseDocument(source, this.#parts.maxTokens);
    const [invalid] = validate(this.#schema, document, undefined, { maxErrors: 1 });
    if (invalid !== undefined)
      throw new CordonError('GRAPHQL_VALIDATION_FAILED', { message: invalid.message });
    const definition = getOperationAST(document, operationName);
    if (definition == null) throw new CordonError('OPERATION_RESOLUTION_FAILURE');
    if (definition.operation !== OperationTypeNode.QUERY) throw new CordonError('OPERATION_NOT_SUPPORTED');
    this.#limitRoots(document);
    const given = (variables ?? {}) as Readonly<Record<string, unknown>>;
    const read = getVariableValues(this.#schema, definition.variableDefinitions ?? [], given, {
      maxErrors: 1,
    });
    if (read.coerced === undefined)
      throw new CordonError('BAD_USER_INPUT', { message: 'A variable is not a value of its type.' });
    return { document, definition, variables: given };
  }

  /** Each question searches; asked in fragments, it searches as often. */
  #limitRoots({ definitions }: DocumentNode): void {
    const { maxRootFields } = this.#parts;
    const asked = definitions.flatMap((each) => ('selectionSet' in each ? each.selectionSet.selections : []));
    if (asked.filter(({ kind }) => kind === Kind.FIELD).length > maxRootFields)
      throw new CordonError('OPERATION_TOO_LARGE', {
        message: `An operation has ${maxRootFields} root fields at most.`,
      });
  }

  async #run(
    caller: Caller,
    asked: Asked,
    { document, definition, variables }: Operation,
    rights: ReadonlySet<ControlRight>,
  ): Promise<Answer> {
    const { history, recorder, log } = this.#parts;
    const { data, errors = [] } = await execute({
      schema: this.#schema,
      document,
      operationName: definition.name?.value ?? null,
      variableValues: variables,
      contextValue: { rights, history, entries: history.reading() },
    });
    const failures = errors.map((each) => ({ path: each.path?.map(String) ?? [], error: errorOf(each) }));
    for (const { error } of failures)
      if (error.code === 'INTERNAL_ERROR')
        log.error({ error: (error.cause as Error | undefined)?.stack }, 'a question failed');
    const first = failures[0]?.error;
    if (first === undefined)
      return recorder.release(caller, asked, { ...released, body: JSON.stringify({ data }) });
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

function parseDocument(source: string, maxTokens: number): DocumentNode {
  try {
    return parse(source, { maxTokens });
  } catch (error) {
    if (!(error instanceof GraphQLError)) throw error;
    throw new CordonError('GRAPHQL_PARSE_FAILED', { message: error.message });
  }
}
