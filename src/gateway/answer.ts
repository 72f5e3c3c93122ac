import {
  getVariableValues,
  Kind,
  OperationTypeNode,
  type DocumentNode,
  type GraphQLSchema,
  type OperationDefinitionNode,
} from 'graphql';
import { CordonError, distinctPacked, type Clock, type Log } from '../base/index.js';
import { type Clearance, type ClearanceRules } from '../clearance/index.js';
import type { Principal, RequestFacts } from '../identity/index.js';
import type { Disclosure, Draft, Ledger, Outcome, Receipt } from '../ledger/index.js';
import type { Model } from '../model/index.js';
import { type Audience, type PlannedOperation, type Planner, type RootField } from '../plan/index.js';
import type { Facts } from '../policy/index.js';
import { Execution, RootFailure, type Keys, type Source } from '../sources/index.js';
import type { View } from '../view/index.js';
import { answerIntrospection } from './introspection.js';
import { audienceOf, type CallerBindings } from './caller.js';
import { errorsBody, refusalBody, resultBody } from './body.js';

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
  /** Bytes a response may have. */
  readonly responseLimit: number;
}

/** Who asks, and how the request came in. */
export interface Caller {
  readonly principal: Principal;
  readonly request: RequestFacts;
}

/** What was asked, as received: only `answer` looks at the raw variables, and only to coerce them. */
export interface Asked {
  readonly source: string | null;
  readonly operationName: string | null;
  readonly variables: unknown;
}

export interface DataRequest extends Caller {
  readonly view: View;
  readonly schema: GraphQLSchema;
  readonly document: DocumentNode;
  readonly operation: OperationDefinitionNode;
  readonly asked: Asked & { readonly source: string };
}

/** A finished response. The body is complete and the entry durable. */
export interface Answer {
  readonly status: number;
  readonly body: string;
  /** Null only where the ledger could not take the entry; the body then holds no data. */
  readonly receipt: Receipt | null;
}

/** A refusal as it goes to the caller, with what only the ledger is told. */
export interface Refusal {
  readonly error: CordonError;
  /** The true reason; the error's own detail where absent. */
  readonly reason?: string | null;
  /** The response's body where it is already made, such as validation's own messages. */
  readonly body?: string;
  readonly status?: number;
}

/** One root field, finished: its JSON, and whose records it holds or was to hold. */
interface RootOutcome {
  readonly path: readonly string[];
  readonly json: string;
  readonly keys: readonly Keys[];
  readonly error: CordonError | null;
}

const none = Buffer.alloc(0);

interface Released {
  readonly body: string;
  readonly status: number;
  readonly outcome: Outcome;
  readonly code: string | null;
  readonly keys: readonly Keys[];
  readonly reason: string | null;
}

/** The path of a request, from its view to its receipt. */
export class Gateway {
  readonly #parts: GatewayParts;
  readonly #audiences = new WeakMap<Principal, Audience>();

  constructor(parts: GatewayParts) {
    this.#parts = parts;
  }

  /** Never rejects. Nothing is released before its entry is durable. */
  async answer(request: DataRequest): Promise<Answer> {
    try {
      if (request.operation.operation !== OperationTypeNode.QUERY) throw new CordonError('OPERATION_NOT_SUPPORTED');
      const variables = coerceVariables(request);
      const clearance = await this.#clear(request);
      const planned = this.#plan(request, variables, clearance);
      const released = await this.#run(request, planned);
      return await this.#release(request, released, clearance);
    } catch (cause) {
      return this.refuse(request, { error: this.#known(cause) }, request.asked);
    }
  }

  /** Enters a refusal and gives its response. Never rejects. */
  async refuse(caller: Caller, refusal: Refusal, asked: Asked): Promise<Answer> {
    const { error } = refusal;
    const body = refusal.body ?? refusalBody(error);
    const released: Released = {
      body,
      status: refusal.status ?? error.status,
      outcome: error.status >= 500 ? 'FAILED' : 'REFUSED',
      code: error.code,
      keys: [],
      reason: refusal.reason ?? error.detail ?? null,
    };
    return this.#commit(caller, asked, released, [], []);
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
      reliedOn: new Set(),
    });
  }

  #plan(
    request: DataRequest,
    variables: Readonly<Record<string, unknown>>,
    clearance: Clearance,
  ): PlannedOperation {
    const { view, document, operation, asked } = request;
    const audience = this.#audience(request.principal);
    return this.#parts.planner.plan({
      view,
      document,
      source: asked.source,
      definition: operation,
      variables,
      vector: clearance.vector,
      vectorKey: clearance.key,
      audience,
    });
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
  async #run(request: DataRequest, { plan, literals }: PlannedOperation): Promise<Released> {
    const { sources, bindings, responseLimit } = this.#parts;
    const bound = bindings.for(request.principal, this.#audience(request.principal), literals);
    const results = await Promise.all(
      plan.roots.map((root) => this.#runRoot(request, root, new Execution(sources, bound, responseLimit))),
    );
    const errors = results.flatMap(({ error, path }) => (error === null ? [] : [{ path, error }]));
    const body = resultBody(
      plan,
      results.map(({ json }) => json),
      errors,
    );
    if (Buffer.byteLength(body) > responseLimit) throw new CordonError('RESPONSE_TOO_LARGE');
    const first = errors[0]?.error;
    const nothing = first !== undefined && errors.length === results.length;
    return {
      body,
      status: nothing ? first.status : 200,
      outcome: nothing ? 'FAILED' : first === undefined ? 'RELEASED' : 'PARTIAL',
      code: first?.code ?? null,
      keys: [
        ...plan.usages.map((descriptor) => ({ descriptor, packed: none })),
        ...results.flatMap(({ keys }) => keys),
      ],
      reason: first?.detail ?? null,
    };
  }

  async #runRoot(request: DataRequest, root: RootField, execution: Execution): Promise<RootOutcome> {
    const path = [root.responseName];
    if (root.kind === 'typename') return { path, json: '"Query"', keys: [], error: null };
    if (root.kind === 'introspection')
      return { path, json: answerIntrospection(request, root.responseName), keys: [], error: null };
    try {
      const { body, keys } = await execution.root(root.statement);
      return { path, json: body, keys, error: null };
    } catch (cause) {
      const { error, sent } = cause instanceof RootFailure ? cause : new RootFailure(this.#known(cause), []);
      return { path, json: 'null', keys: sent, error };
    }
  }

  #release(request: DataRequest, released: Released, clearance: Clearance): Promise<Answer> {
    const disclosures = released.keys.map(({ descriptor, packed }): Disclosure => {
      const { bytes, count } = distinctPacked(packed, descriptor.keyLayout);
      return { descriptor, count, keys: bytes };
    });
    return this.#commit(request, request.asked, released, disclosures, clearance.reliedOn);
  }

  async #commit(
    caller: Caller,
    asked: Asked,
    released: Released,
    disclosures: readonly Disclosure[],
    reliedOn: readonly string[],
  ): Promise<Answer> {
    try {
      const receipt = await this.#parts.ledger.append(
        this.#draft(caller, asked, released, disclosures, reliedOn),
      );
      return { status: released.status, body: released.body, receipt };
    } catch (cause) {
      const error =
        cause instanceof CordonError && cause.code === 'LEDGER_UNAVAILABLE'
          ? cause
          : new CordonError('LEDGER_UNAVAILABLE', { cause });
      return { status: error.status, body: errorsBody([{ error }]), receipt: null };
    }
  }

  #draft(
    { principal, request }: Caller,
    asked: Asked,
    released: Released,
    disclosures: readonly Disclosure[],
    reliedOn: readonly string[],
  ): Draft {
    const { model, clock } = this.#parts;
    const {
      personId,
      principalId,
      organisation,
      tokenId,
      client,
      session,
      authTime,
      authMethods,
      roles,
      assertedRoles,
    } = principal;
    return {
      endpoint: 'data',
      requestId: request.requestId,
      receivedAt: request.receivedAt,
      actor: {
        personId,
        principalId,
        organisation,
        tokenId,
        client,
        session,
        ip: request.ip,
        authTime,
        authMethods,
      },
      roles,
      assertedRoles,
      operationName: asked.operationName,
      document: asked.source,
      variables:
        asked.variables === undefined || asked.variables === null ? null : JSON.stringify(asked.variables),
      purpose: request.purpose,
      justification: request.justification,
      reliedOn,
      schemaVersion: model.version,
      policyVersion: model.policy.version,
      outcome: released.outcome,
      code: released.code,
      reason: released.reason,
      durationMicros: Math.max(0, Math.round((clock.now() - request.receivedAt) * 1000)),
      rows: disclosures.reduce((sum, { count }) => sum + count, 0),
      bytes: Buffer.byteLength(released.body),
      disclosures,
    };
  }

  #known(cause: unknown): CordonError {
    if (cause instanceof CordonError) return cause;
    this.#parts.log.error(
      { error: cause instanceof Error ? cause.stack : String(cause) },
      'a request failed',
    );
    return new CordonError('INTERNAL_ERROR');
  }
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
