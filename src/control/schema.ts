import { makeExecutableSchema } from '@graphql-tools/schema';
import { GraphQLError, type GraphQLSchema } from 'graphql';
import { CordonError } from '../base/index.js';
import {
  accessesOf,
  type Access,
  type AccessFilter,
  type AccessHistory,
  type AccessPage,
  type Given,
  type LedgerEntries,
  type LedgerEntry,
} from '../audit/index.js';
import { applyMiddleware, deny, rule, shield, type ControlRight } from '../policy/index.js';
import { readCursor, writeCursor } from './cursor.js';
import { dateTime } from './date-time.js';
import { controlSdl } from './sdl.js';

/** What the resolvers of one request share. */
export interface ControlContext {
  readonly rights: ReadonlySet<ControlRight>;
  readonly history: AccessHistory;
  readonly entries: LedgerEntries;
  /** Record keys that may still be given. */
  keysLeft: number;
}

const maxFirst = 100;

/** `null` in a filter asks for nothing. */
function given(filter: Readonly<Record<string, unknown>> | null | undefined): AccessFilter {
  return Object.fromEntries(Object.entries(filter ?? {}).filter(([, value]) => value !== null));
}

async function accessHistory(
  _root: unknown,
  {
    filter,
    first,
    after,
  }: { filter?: Record<string, unknown> | null; first: number | null; after?: string | null },
  { history, entries }: ControlContext,
): Promise<AccessPage> {
  const count = first ?? 20;
  if (count < 0 || count > maxFirst)
    throw new CordonError('BAD_USER_INPUT', { message: `"first" is from 0 to ${maxFirst}.` });
  return history.search(given(filter), after == null ? null : readCursor(after), count, entries);
}

function entry(_root: unknown, { leaf }: { leaf: string }, { history, entries }: ControlContext) {
  if (!/^[\da-f]{64}$/i.test(leaf))
    throw new CordonError('BAD_USER_INPUT', { message: '"leaf" is a leaf hash: 64 hexadecimal digits.' });
  return history.entry(Buffer.from(leaf, 'hex'), entries);
}

/** What names the person; nothing where it was erased, or altered. */
function actorOf({ actor }: LedgerEntry) {
  return typeof actor === 'string' ? null : actor;
}

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');

const resolvers = {
  DateTime: dateTime,
  Query: { accessHistory, entry },
  AccessConnection: {
    nodes: ({ accesses }: AccessPage) => accesses,
    edges: ({ accesses }: AccessPage) => accesses.map((node) => ({ node, cursor: writeCursor(node) })),
    pageInfo: ({ accesses, hasNextPage }: AccessPage) => {
      const last = accesses.at(-1);
      return { hasNextPage, endCursor: last === undefined ? null : writeCursor(last) };
    },
    unreadableBatches: (_page: AccessPage, _arguments: unknown, { history, entries }: ControlContext) =>
      history.faults(entries),
  },
  Access: {
    at: ({ entry: { entry } }: Access) => entry.recordedAt,
    person: ({ entry }: Access) => actorOf(entry)?.personId,
    organisation: ({ entry: { entry } }: Access) => entry.organisation,
    roles: ({ entry: { entry } }: Access) => entry.roles,
    purpose: ({ entry: { entry } }: Access) => entry.purpose,
    personErased: ({ entry: { actor } }: Access) => actor === 'erased',
    type: (access: Access) => access.given?.type,
    source: (access: Access) => access.given?.source,
    coordinates: (access: Access) => access.given?.coordinates ?? [],
    decision: (access: Access) => access.given?.decision,
    usage: (access: Access) => access.given?.usage,
    class: (access: Access) => access.given?.secretClass,
    mask: (access: Access) => access.given?.mask,
    recordCount: (access: Access) => access.given?.count ?? 0,
    records: ({ given }: Access, _arguments: unknown, context: ControlContext) => recordsOf(given, context),
    recordsErased: (access: Access) => access.given?.erased ?? false,
    outcome: ({ entry: { entry } }: Access) => entry.outcome,
    code: ({ entry: { entry } }: Access) => entry.code,
    leaf: ({ entry }: Access) => entry.leaf,
  },
  Disclosure: {
    class: ({ secretClass }: Given) => secretClass,
    recordCount: ({ count }: Given) => count,
    records: (given: Given, _arguments: unknown, context: ControlContext) => recordsOf(given, context),
    recordsErased: ({ erased }: Given) => erased,
  },
  Entry: {
    writer: ({ place }: LedgerEntry) => place.writerId,
    batch: ({ place }: LedgerEntry) => place.seq,
    position: ({ place }: LedgerEntry) => place.position,
    person: (entry: LedgerEntry) => actorOf(entry)?.personId,
    principal: (entry: LedgerEntry) => actorOf(entry)?.principalId,
    token: (entry: LedgerEntry) => actorOf(entry)?.tokenId,
    client: (entry: LedgerEntry) => actorOf(entry)?.client,
    session: (entry: LedgerEntry) => actorOf(entry)?.session,
    address: (entry: LedgerEntry) => actorOf(entry)?.ip,
    justification: (entry: LedgerEntry) => actorOf(entry)?.justification,
    operationName: (entry: LedgerEntry) => actorOf(entry)?.operationName,
    signedInAt: ({ entry: { authTime } }: LedgerEntry) => (authTime === null ? null : authTime * 1000),
    schemaVersion: ({ entry }: LedgerEntry) => hex(entry.schemaVersion),
    policyVersion: ({ entry }: LedgerEntry) => hex(entry.policyVersion),
    personErased: ({ actor }: LedgerEntry) => actor === 'erased',
    disclosures: async (entry: LedgerEntry, _arguments: unknown, { entries }: ControlContext) =>
      (await accessesOf(entry, entries)).flatMap(({ given }) => given ?? []),
    ...Object.fromEntries(
      (
        [
          ...['endpoint', 'requestId', 'receivedAt', 'recordedAt', 'organisation', 'authMethods', 'roles'],
          ...[
            'assertedRoles',
            'purpose',
            'reliedOn',
            'outcome',
            'code',
            'reason',
            'durationMicros',
            'rows',
            'bytes',
          ],
        ] as (keyof LedgerEntry['entry'])[]
      ).map((name) => [name, ({ entry }: LedgerEntry) => entry[name]]),
    ),
  },
};

/** @throws CordonError RESPONSE_TOO_LARGE */
function recordsOf(given: Given | null, context: ControlContext): Given['records'] {
  context.keysLeft -= given?.records?.length ?? 0;
  if (context.keysLeft < 0) throw new CordonError('RESPONSE_TOO_LARGE');
  return given?.records ?? null;
}

const isAuditor = rule('is-auditor', { cache: 'contextual' })(
  (_parent: unknown, _arguments: unknown, { rights }: ControlContext) =>
    rights.has('audit') || new CordonError('FORBIDDEN'),
);

/** Every field has a rule; one that somebody adds without is denied. */
const rules = {
  Query: { accessHistory: isAuditor, entry: isAuditor },
  AccessConnection: isAuditor,
  AccessEdge: isAuditor,
  PageInfo: isAuditor,
  Access: isAuditor,
  Entry: isAuditor,
  Disclosure: isAuditor,
};

/** The executable schema of the control plane. */
export function controlSchema(): GraphQLSchema {
  const schema = makeExecutableSchema({ typeDefs: controlSdl, resolvers });
  return applyMiddleware(
    schema,
    shield(rules, {
      fallbackRule: deny,
      fallbackError: new CordonError('FORBIDDEN'),
      // What a resolver throws is a CordonError, or becomes INTERNAL_ERROR where the answer is made.
      allowExternalErrors: true,
    }),
  );
}

/** The CordonError that a field failed with. */
export function errorOf(error: GraphQLError): CordonError {
  const cause = error.originalError;
  return cause instanceof CordonError ? cause : new CordonError('INTERNAL_ERROR', { cause: cause ?? error });
}
