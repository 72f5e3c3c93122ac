import {
  ApolloServer,
  HeaderMap,
  type ApolloServerPlugin,
  type GraphQLRequestContext,
  type GraphQLResponse,
} from '@apollo/server';
import {
  ApolloServerPluginCacheControlDisabled,
  ApolloServerPluginInlineTraceDisabled,
  ApolloServerPluginLandingPageDisabled,
  ApolloServerPluginSchemaReportingDisabled,
  ApolloServerPluginUsageReportingDisabled,
} from '@apollo/server/plugin/disabled';
import type { DocumentNode, GraphQLFormattedError, GraphQLSchema, OperationDefinitionNode } from 'graphql';
import { LRUCache } from 'lru-cache';
import { CordonError, ERROR_TABLE, type ErrorCode, type Log } from '../base/index.js';
import type { Answer, Gateway } from '../gateway/index.js';
import type { CacheTally } from '../observe/index.js';
import type { Exchange } from './exchange.js';

/** What a view's server is made with. */
export interface ViewServerParts {
  readonly gateway: Gateway;
  readonly log: Log;
  /** Tokens that any caller's document may have; each caller's own limit was checked before. */
  readonly maxTokens: number;
  /** Hidden names that a refused document tried, for the ledger alone. */
  readonly hiddenNames: (document: DocumentNode | undefined, exchange: Exchange) => string | null;
  readonly tally?: CacheTally | undefined;
}

const documentCacheBytes = 4 * 1024 * 1024;
// A parsed document takes about this many bytes for one of its text.
const bytesPerCharacter = 20;

/** What was found of a document: valid for the view, with the operation that is meant. */
interface Chosen {
  readonly document: DocumentNode;
  readonly operation: OperationDefinitionNode;
}

/** Operations by their document's text and the name that was given, within a bound of bytes. */
class ChosenOperations {
  readonly #known = new LRUCache<string, Map<string | null, Chosen>>({
    maxSize: documentCacheBytes,
    sizeCalculation: (_, source) => 1000 + bytesPerCharacter * source.length,
  });
  readonly #tally: CacheTally | undefined;
  /** Lets the tally know that these have gone. */
  readonly leave: () => void;

  constructor(tally: CacheTally | undefined) {
    this.#tally = tally;
    this.leave = tally?.join(() => this.#known.size) ?? (() => undefined);
  }

  get({ asked }: Exchange): Chosen | undefined {
    const chosen = this.#known.get(asked.source)?.get(asked.operationName);
    this.#tally?.found(chosen !== undefined);
    return chosen;
  }

  set({ asked }: Exchange, chosen: Chosen): void {
    const named = this.#known.get(asked.source);
    if (named === undefined) this.#known.set(asked.source, new Map([[asked.operationName, chosen]]));
    // A document has no more operations than it was allowed tokens.
    else named.set(asked.operationName, chosen);
  }
}

const nothing: GraphQLResponse['body'] = { kind: 'single', singleResult: {} };

function isCode(code: unknown): code is ErrorCode {
  return typeof code === 'string' && code in ERROR_TABLE;
}

/** A refusal of Apollo's own (parsing, validation, choice of operation) as the caller sees it: message, place and code. */
function publicErrors(errors: readonly GraphQLFormattedError[]): {
  readonly code: ErrorCode;
  readonly body: string;
} {
  const first = errors[0]?.extensions?.['code'];
  const code = isCode(first) ? first : 'BAD_REQUEST';
  const shown = errors.map(({ message, locations, extensions }) => ({
    message,
    ...(locations === undefined ? {} : { locations }),
    extensions: { code: isCode(extensions?.['code']) ? extensions['code'] : code },
  }));
  return { code, body: JSON.stringify({ errors: shown }) };
}

/**
 * Refusals that quote the document. Who has sent its hash alone may not know what is in it, and would be told names that
 * their schema does not have; for them it is a document that there is not.
 */
const quotesDocument: ReadonlySet<ErrorCode> = new Set(['GRAPHQL_PARSE_FAILED', 'GRAPHQL_VALIDATION_FAILED']);

/** A request as Apollo takes it; the body was parsed before, so nothing of the transport is left to interpret. */
function httpRequest({ asked: { source, operationName, variables } }: Exchange) {
  const body = {
    query: source,
    ...(operationName === null ? {} : { operationName }),
    variables: variables ?? {},
  };
  return { method: 'POST', headers: new HeaderMap([['content-type', 'application/json']]), search: '', body };
}

/**
 * One Apollo Server over one view's schema. It parses, validates and chooses the operation, of each document once; it
 * executes nothing.
 */
export class ViewServer {
  readonly #parts: ViewServerParts;
  readonly #schema: GraphQLSchema;
  readonly #apollo: ApolloServer<Exchange>;
  readonly #chosen: ChosenOperations;

  private constructor(schema: GraphQLSchema, parts: ViewServerParts) {
    this.#schema = schema;
    this.#parts = parts;
    this.#chosen = new ChosenOperations(parts.tally);
    const quiet = parts.log.child({ component: 'apollo' });
    this.#apollo = new ApolloServer<Exchange>({
      schema,
      nodeEnv: 'production',
      // The view is the caller's own: there is nothing in it to hide from them.
      introspection: true,
      // Two callers of one view could probe each other's documents.
      persistedQueries: false,
      stopOnTerminationSignals: false,
      includeStacktraceInErrorResponses: false,
      // What it has found valid is remembered here, with the operation that was meant.
      documentStore: null,
      parseOptions: { maxLexicalTokens: parts.maxTokens },
      logger: {
        debug: (message: string) => quiet.debug({}, message),
        info: (message: string) => quiet.info({}, message),
        warn: (message: string) => quiet.warn({}, message),
        error: (message: string) => quiet.error({}, message),
      },
      plugins: [
        ApolloServerPluginCacheControlDisabled(),
        ApolloServerPluginInlineTraceDisabled(),
        ApolloServerPluginLandingPageDisabled(),
        ApolloServerPluginSchemaReportingDisabled(),
        ApolloServerPluginUsageReportingDisabled(),
        this.#answering(),
      ],
    });
  }

  static async start(schema: GraphQLSchema, parts: ViewServerParts): Promise<ViewServer> {
    const server = new ViewServer(schema, parts);
    await server.#apollo.start();
    return server;
  }

  /** Answers or refuses; never without an entry. */
  async answer(exchange: Exchange): Promise<Answer> {
    const chosen = this.#chosen.get(exchange);
    if (chosen !== undefined) return this.#execute(exchange, chosen);
    await this.#apollo.executeHTTPGraphQLRequest({
      httpGraphQLRequest: httpRequest(exchange),
      context: () => Promise.resolve(exchange),
    });
    const { caller, asked, outcome } = exchange;
    const error = () => new CordonError('INTERNAL_ERROR', { detail: 'the request met no hook' });
    return outcome.answer ?? (await this.#parts.gateway.refuse(caller, { error: error() }, asked));
  }

  async stop(): Promise<void> {
    this.#chosen.leave();
    await this.#apollo.stop();
  }

  /** Member by member: this is the path of every request, and spreading takes as long as finding the plan. */
  #execute(exchange: Exchange, { document, operation }: Chosen): Promise<Answer> {
    const { caller, view, asked, limits, cancellation } = exchange;
    return this.#parts.gateway.answer({
      principal: caller.principal,
      request: caller.request,
      watch: caller.watch,
      view,
      schema: this.#schema,
      document,
      operation,
      asked: {
        source: asked.source,
        operationName: operation.name?.value ?? null,
        variables: asked.variables,
      },
      limits,
      cancellation,
    });
  }

  /** Hands operations on, and enters what Apollo refuses by itself. Never throws: a throw would become a 500. */
  #answering(): ApolloServerPlugin<Exchange> {
    return {
      requestDidStart: () =>
        Promise.resolve({
          responseForOperation: async ({ document, operation, contextValue: exchange, response }) => {
            // Typed as always there, but it is not where no operation has the name: then graphql-js gives the error.
            if ((operation as typeof operation | undefined) === undefined) return null;
            this.#chosen.set(exchange, { document, operation });
            exchange.outcome.answer = await this.#execute(exchange, { document, operation });
            return { http: response.http, body: nothing };
          },
          willSendResponse: async (context) => {
            if (context.contextValue.outcome.answer === null) await this.#enterRefusal(context);
          },
        }),
    };
  }

  async #enterRefusal({ contextValue, response, document }: GraphQLRequestContext<Exchange>): Promise<void> {
    const { gateway, hiddenNames } = this.#parts;
    const { caller, asked, byHash, outcome } = contextValue;
    const { body } = response;
    const errors = body?.kind === 'single' ? (body.singleResult.errors ?? []) : [];
    const refused = publicErrors(errors);
    const hidden = hiddenNames(document, contextValue);
    outcome.answer = await gateway.refuse(
      caller,
      byHash && quotesDocument.has(refused.code)
        ? { error: new CordonError('PERSISTED_QUERY_NOT_FOUND'), reason: hidden ?? refused.code }
        : { error: new CordonError(refused.code), reason: hidden, body: refused.body },
      asked,
    );
  }
}
