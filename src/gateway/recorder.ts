import { CordonError, type Clock, type Log } from '../base/index.js';
import type { Principal, RequestFacts } from '../identity/index.js';
import {
  dictionaryText,
  type DictionaryText,
  type Disclosure,
  type Draft,
  type Ledger,
  type Outcome,
  type Receipt,
} from '../ledger/index.js';
import type { Model } from '../model/index.js';
import type { Watch } from '../observe/index.js';
import { refusalBody } from './body.js';

/** Who asks, and how the request came in. */
export interface Caller {
  readonly principal: Principal;
  readonly request: RequestFacts;
  readonly watch: Watch;
}

/** What was asked, as received: only `answer` looks at the raw variables, and only to coerce them. */
export interface Asked {
  readonly source: string | null;
  readonly operationName: string | null;
  readonly variables: unknown;
}

/** A finished response. The body is complete and the entry durable. */
export interface Answer {
  readonly status: number;
  /** JSON in UTF-8. */
  readonly body: Buffer;
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

/** A response that waits for its entry, and what the entry says of it. */
export interface Released {
  readonly body: Buffer;
  readonly status: number;
  readonly outcome: Outcome;
  readonly code: string | null;
  readonly reason: string | null;
  readonly disclosures: readonly Disclosure[];
  readonly reliedOn: readonly string[];
}

export interface RecorderParts {
  readonly endpoint: Draft['endpoint'];
  /** What the endpoint answers by. */
  readonly model: Pick<Model, 'sdl' | 'policy'>;
  readonly ledger: Ledger;
  readonly clock: Clock;
  readonly log: Log;
}

const notes: Readonly<Record<Outcome, string>> = {
  RELEASED: 'a request was answered',
  PARTIAL: 'a request was answered in part',
  REFUSED: 'a request was refused',
  FAILED: 'a request ended in a failure',
};

/** The one exit of an endpoint: makes a response's entry durable, and only then gives the answer. */
export class Recorder {
  readonly #parts: RecorderParts;
  readonly #schema: DictionaryText;
  readonly #policy: DictionaryText;

  constructor(parts: RecorderParts) {
    this.#parts = parts;
    this.#schema = dictionaryText('schema', parts.model.sdl);
    this.#policy = dictionaryText('policy', parts.model.policy.text);
  }

  /** Enters what is to be released. Never rejects: without an entry the answer is LEDGER_UNAVAILABLE and no data. */
  async release(caller: Caller, asked: Asked, released: Released): Promise<Answer> {
    caller.watch.enter('ledger');
    try {
      const receipt = await this.#parts.ledger.append(this.#draft(caller, asked, released));
      this.#note(caller, released, receipt);
      return { status: released.status, body: released.body, receipt };
    } catch (cause) {
      const error =
        cause instanceof CordonError && cause.code === 'LEDGER_UNAVAILABLE'
          ? cause
          : new CordonError('LEDGER_UNAVAILABLE', { cause });
      caller.watch.refused(error.code, error.status);
      return { status: error.status, body: refusalBody(error), receipt: null };
    }
  }

  /** Enters a refusal and gives its response. Never rejects. */
  refuse(caller: Caller, refusal: Refusal, asked: Asked): Promise<Answer> {
    const { error, reason, body, status } = refusal;
    return this.release(caller, asked, {
      body: body === undefined ? refusalBody(error) : Buffer.from(body),
      status: status ?? error.status,
      outcome: error.status >= 500 ? 'FAILED' : 'REFUSED',
      code: error.code,
      reason: reason ?? error.detail ?? null,
      disclosures: [],
      reliedOn: [],
    });
  }

  /** One line a request, with what leads to its entry and to the response, and nothing that either holds. */
  #note({ request: { requestId }, watch }: Caller, released: Released, { leaf }: Receipt): void {
    const { endpoint, log } = this.#parts;
    watch.answered(released);
    const { outcome, status, code, body } = released;
    const fields = { requestId, endpoint, outcome, status, code, bytes: body.length, leaf };
    if (code === null) log.debug(fields, notes[outcome]);
    else log.info(fields, notes[outcome]);
  }

  #draft({ principal, request }: Caller, asked: Asked, released: Released): Draft {
    const { endpoint, clock } = this.#parts;
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
      endpoint,
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
      reliedOn: released.reliedOn,
      schema: this.#schema,
      policy: this.#policy,
      outcome: released.outcome,
      code: released.code,
      reason: released.reason,
      durationMicros: Math.max(0, Math.round((clock.now() - request.receivedAt) * 1000)),
      rows: released.disclosures.reduce((sum, { count }) => sum + count, 0),
      bytes: released.body.length,
      disclosures: released.disclosures,
    };
  }
}
