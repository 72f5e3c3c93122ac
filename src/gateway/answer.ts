import {
  getVariableValues,
  Kind,
  OperationTypeNode,
  type DocumentNode,
  type GraphQLSchema,
  type OperationDefinitionNode,
} from 'graphql';
import {
  CordonError,
  countPacked,
  distinctPacked,
  utf8AsText,
  type ByteText,
  type Cancellation,
  type Clock,
  type Log,
} from '../base/index.js';
import { type Clearance, type ClearanceRules } from '../clearance/index.js';
import type { Principal } from '../identity/index.js';
import type { Disclosure, Ledger } from '../ledger/index.js';
import type { Model } from '../model/index.js';
import { type Audience, type PlannedOperation, type Planner, type RootField } from '../plan/index.js';
import type { CallerLimits, Facts } from '../policy/index.js';
import { Execution, RootFailure, type Keys, type Source } from '../sources/index.js';
import type { View } from '../view/index.js';
import { checkIntrospection } from './introspection-size.js';
import { answerIntrospection } from './introspection.js';
import { logDefect } from './defect.js';
import { audienceOf, type CallerBindings } from './caller.js';
import { jsonNull, resultBody } from './body.js';
import { Recorder, type Answer, type Asked, type Caller, type Refusal, type Released } from './recorder.js';

/** The parts that answers are made with. */
export interface GatewayParts {
  readonly model: Model;
  readonly rules: ClearanceRules;
  readonly facts: Facts;
  readonly planner: Planner;
  readonly bindings: CallerBindings;
  readonly sources: ReadonlyMap<string, Source>;
  readonly ledger: Ledger;
  readonly clock: Clock;
  readonly log: Log;
}

export interface DataRequest extends Caller {
  readonly view: View;
  readonly schema: GraphQLSchema;
  readonly document: DocumentNode;
  readonly operation: OperationDefinitionNode;
  readonly asked: Asked & { readonly source: string };
  readonly limits: CallerLimits;
  /** When nobody waits for the answer any more. */
  readonly cancellation: Cancellation;
}

/** One root field, finished: its JSON, and whose records it holds or was to hold. */
interface RootOutcome {
  readonly path: readonly string[];
  readonly json: ByteText;
  readonly keys: readonly Keys[];
  readonly error: CordonError | null;
}

const none = Buffer.alloc(0);
const typename = utf8AsText('"Query"');

/** The path of a request, from its view to its receipt. */
export class Gateway {
  readonly #parts: GatewayParts;
  readonly #recorder: Recorder;
  readonly #audiences = new WeakMap<Principal, Audience>();

  constructor(parts: GatewayParts) {
    const { model, ledger, clock, log } = parts;
    this.#parts = parts;
    this.#recorder = new Recorder({ endpoint: 'data', model, ledger, clock, log });
  }

  /** Never rejects. Nothing is released before its entry is durable. */
  async answer(request: DataRequest): Promise<Answer> {
    try {
      if (request.operation.operation !== OperationTypeNode.QUERY)
        throw new CordonError('OPERATION_NOT_SUPPORTED');
      const variables = coerceVariables(request);
      request.watch.enter('clearance');
      const clearance = await this.#clear(request);
      request.watch.cleared(clearance.vector);
      request.watch.enter('plan');
      const planned = this.#plan(request, variables, clearance);
      request.watch.enter('sources');
      const released = await this.#run(request, planned, clearance);
      return await this.#recorder.release(request, request.asked, released);
    } catch (cause) {
      return this.refuse(request, { error: this.#known(cause, request) }, request.asked);
    }
  }

  /** Enters a refusal and gives its response. Never rejects. */
  refuse(caller: Caller, refusal: Refusal, asked: Asked): Promise<Answer> {
    return this.#recorder.refuse(caller, refusal, asked);
  }

  #clear({ view, principal, request }: DataRequest): Promise<Clearance> {
    const { model, facts, clock, log } = this.#parts;
    const { personId, organisation, roles, authTime, authMethods } = principal;
    return this.#parts.rules.evaluate(view, {
      policy: model.policy,
      facts,
      now: clock.now(),
      personId,
      organisation,
      roles,
      purpose: request.purpose,
      authTime,
      authMethods,
      log,
      requestId: request.requestId,
      reliedOn: new Set(),
    });
  }

  #plan(
    request: DataRequest,
    variables: Readonly<Record<string, unknown>>,
    clearance: Clearance,
  ): PlannedOperation {
    const { view, schema, document, operation, asked, limits } = request;
    const audience = this.#audience(request.principal);
    const planned = this.#parts.planner.plan({
      view,
      document,
      source: asked.source,
      definition: operation,
      variables,
      vector: clearance.vector,
      vectorKey: clearance.key,
      audience,
      limits,
    });
    if (planned.plan.roots.some(({ kind }) => kind === 'introspection'))
      checkIntrospection(schema, document, operation, variables);
    return planned;
  }

  #audience(principal: Principal): Audience {
    let audience = this.#audiences.get(principal);
    if (audience === undefined) {
      audience = audienceOf(principal);
      this.#audiences.set(principal, audience);
    }
    return audience;
  }

  /** Runs every root field, in parallel. One that fails is null with one error; the others stay. */
  async #run(
    request: DataRequest,
    { plan, literals }: PlannedOperation,
    { reliedOn }: Clearance,
  ): Promise<Released> {
    const { sources, bindings } = this.#parts;
    const { limits, cancellation, watch } = request;
    const { requestId } = request.request;
    const patience = { cancellation, statementMs: limits.statementMs, requestId, watch };
    const responseLimit = limits.responseBytes;
    const bound = bindings.for(request.principal, this.#audience(request.principal), literals);
    const results = await Promise.all(
      plan.roots.map((root) =>
        this.#runRoot(request, root, new Execution(sources, bound, responseLimit, patience)),
      ),
    );
    const errors = results.flatMap(({ error, path }) => (error === null ? [] : [{ path, error }]));
    const values = results.map(({ json }) => json);
    const body = resultBody(plan, values, errors);
    if (body.length > responseLimit) throw new CordonError('RESPONSE_TOO_LARGE');
    const first = errors[0]?.error;
    const nothing = first !== undefined && errors.length === results.length;
    return {
      body,
      status: nothing ? first.status : 200,
      outcome: nothing ? 'FAILED' : first === undefined ? 'RELEASED' : 'PARTIAL',
      code: first?.code ?? null,
      reason: first?.detail ?? null,
      disclosures: [
        ...plan.usages.map((descriptor) => ({ descriptor, count: 0, keys: none })),
        ...results.flatMap(({ keys }) => keys.map(disclosureOf)),
      ],
      reliedOn,
    };
  }

  async #runRoot(request: DataRequest, root: RootField, execution: Execution): Promise<RootOutcome> {
    const path = [root.responseName];
    if (root.kind === 'typename') return { path, json: typename, keys: [], error: null };
    if (root.kind === 'introspection')
      return {
        path,
        json: utf8AsText(answerIntrospection(request, root.responseName)),
        keys: [],
        error: null,
      };
    try {
      const { body, keys } = await execution.root(root.statement);
      return { path, json: body, keys, error: null };
    } catch (cause) {
      const { error: failure, sent } = cause instanceof RootFailure ? cause : { error: cause, sent: [] };
      const error = this.#known(failure, request);
      if (error.code === 'ENCRYPTED_VALUE_UNREADABLE') {
        const { requestId } = request.request;
        this.#parts.log.error(
          { requestId, reason: error.detail },
          'a value that is stored encrypted cannot be read',
        );
      }
      return { path, json: jsonNull, keys: sent, error };
    }
  }

  /** What is no refusal or failure that has a name is a defect. */
  #known(cause: unknown, { request: { requestId } }: Caller): CordonError {
    const error = cause instanceof CordonError ? cause : new CordonError('INTERNAL_ERROR', { cause });
    if (error.code === 'INTERNAL_ERROR') logDefect(this.#parts.log, error, requestId);
    return error;
  }
}

/** The same record may be met at several places of one response; it is entered once. */
function disclosureOf({ descriptor, packed, distinct }: Keys): Disclosure {
  if (distinct) return { descriptor, count: countPacked(packed, descriptor.keyLayout), keys: packed };
  const { bytes, count } = distinctPacked(packed, descriptor.keyLayout);
  return { descriptor, count, keys: bytes };
}

/** Coerced against the caller's own schema, before anything reads them. Messages name a variable and never its value. */
function coerceVariables({ schema, operation, asked }: DataRequest): Readonly<Record<string, unknown>> {
  const given = asked.variables ?? {};
  if (typeof given !== 'object' || Array.isArray(given))
    throw new CordonError('BAD_USER_INPUT', { message: 'The variables must be an object.' });
  const { coerced, errors } = getVariableValues(
    schema,
    operation.variableDefinitions ?? [],
    given as Record<string, unknown>,
    { maxErrors: 1 },
  );
  if (coerced !== undefined) return coerced;
  const name = errors[0]?.nodes?.flatMap((node) =>
    node.kind === Kind.VARIABLE_DEFINITION ? [node.variable.name.value] : [],
  )[0];
  throw new CordonError('BAD_USER_INPUT', {
    message:
      name === undefined
        ? 'The variables do not fit the operation.'
        : `Variable "$${name}" is not a value of its type.`,
  });
}
