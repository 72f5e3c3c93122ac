import {
  ApolloServer,
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
import type { DocumentNode, GraphQLFormattedError, GraphQLSchema } from 'graphql';
import { LRUCache } from 'lru-cache';
import { CordonError, ERROR_TABLE, type ErrorCode, type Log } from '../base/index.js';
import type { Gateway } from '../gateway/index.js';
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

function documentStore(tally: CacheTally | undefined) {
  const store = new LRUCache<string, DocumentNode>({
    maxSize: documentCacheBytes,
    sizeCalculation: (document) => 1000 + bytesPerCharacter * (document.loc?.source.body.length ?? 0),
  });
  return {
    get: (key: string) => {
      const found = store.get(key);
      tally?.found(found !== undefined);
      return Promise.resolve(found);
    },
    set: (key: string, document: DocumentNode) => Promise.resolve(void store.set(key, document)),
    delete: (key: string) => Promise.resolve(store.delete(key)),
    /** Lets it go with its server. */
    counted: (): ApolloServerPlugin => ({
      serverWillStart: () => {
        const leave = tally?.join(() => store.size);
        return Promise.resolve({ serverWillStop: () => Promise.resolve(leave?.()) });
      },
    }),
  };
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

/** Hands operations to `answer`, and enters what Apollo refuses by itself. Never throws: a throw would become a 500. */
function answering(
  { gateway, hiddenNames }: ViewServerParts,
  schema: GraphQLSchema,
): ApolloServerPlugin<Exchange> {
  const enterRefusal = async (context: GraphQLRequestContext<Exchange>) => {
    const exchange = context.contextValue;
    const { body } = context.response;
    const errors = body?.kind === 'single' ? (body.singleResult.errors ?? []) : [];
    const refused = publicErrors(errors);
    const hidden = hiddenNames(context.document, exchange);
    exchange.outcome.answer = await gateway.refuse(
      exchange.caller,
      exchange.byHash && quotesDocument.has(refused.code)
        ? { error: new CordonError('PERSISTED_QUERY_NOT_FOUND'), reason: hidden ?? refused.code }
        : { error: new CordonError(refused.code), reason: hidden, body: refused.body },
      exchange.asked,
    );
  };
  return {
    requestDidStart: () =>
      Promise.resolve({
        async responseForOperation({ document, operation, contextValue: exchange, response }) {
          // Typed as always there, but it is not where no operation has the name: then graphql-js gives the error.
          if ((operation as typeof operation | undefined) === undefined) return null;
          const { caller, view, asked, limits, signal } = exchange;
          const named = { ...asked, operationName: operation.name?.value ?? null };
          exchange.outcome.answer = await gateway.answer({
            ...caller,
            view,
            schema,
            document,
            operation,
            asked: named,
            limits,
            signal,
          });
          return { http: response.http, body: nothing };
        },
        async willSendResponse(context) {
          if (context.contextValue.outcome.answer === null) await enterRefusal(context);
        },
      }),
  };
}

/** One Apollo Server over one view's schema. It parses, validates and chooses the operation; it executes nothing. */
export async function startViewServer(
  schema: GraphQLSchema,
  parts: ViewServerParts,
): Promise<ApolloServer<Exchange>> {
  const documents = documentStore(parts.tally);
  const quiet = parts.log.child({ component: 'apollo' });
  const server = new ApolloServer<Exchange>({
    schema,
    nodeEnv: 'production',
    // The view is the caller's own: there is nothing in it to hide from them.
    introspection: true,
    // Two callers of one view could probe each other's documents.
    persistedQueries: false,
    stopOnTerminationSignals: false,
    includeStacktraceInErrorResponses: false,
    documentStore: documents,
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
      answering(parts, schema),
      ...(parts.tally === undefined ? [] : [documents.counted()]),
    ],
  });
  await server.start();
  return server;
}
