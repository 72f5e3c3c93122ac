import {
  ROOT_CONTEXT,
  SpanKind,
  SpanStatusCode,
  trace,
  type Context,
  type Span,
  type SpanContext,
  type Tracer,
} from '@opentelemetry/api';
import { recordsOf, type Answered, type Stage, type StatementWatch } from './watch.js';

/** Whose provider takes spans, or null where nobody has registered one. */
export function registeredTracer(): Tracer | null {
  const provider: object = trace.getTracerProvider();
  // Until somebody registers, the API hands out a stand-in that has no delegate.
  const delegate =
    'getDelegateTracer' in provider ? (provider as Delegating).getDelegateTracer('cordon') : provider;
  return delegate === undefined ? null : trace.getTracer('cordon');
}

interface Delegating {
  getDelegateTracer(name: string): Tracer | undefined;
}

/**
 * The spans of one request: one for the whole, one a stage, one a statement. Attributes are ids of our own making, codes,
 * counts and names of the configuration.
 */
export class RequestTrace {
  readonly #tracer: Tracer;
  readonly #span: Span;
  readonly #within: Context;
  /** A request that is not sampled is left at its one span: most are not, and a span costs as much as a stage's timing. */
  readonly #recording: boolean;
  #stage: Span | null = null;

  /** @param name of a fixed list, since callers choose the address */
  constructor(tracer: Tracer, name: string, requestId: string, parent: SpanContext | null) {
    this.#tracer = tracer;
    const outside = parent === null ? ROOT_CONTEXT : trace.setSpanContext(ROOT_CONTEXT, parent);
    const attributes = { 'cordon.request_id': requestId };
    this.#span = tracer.startSpan(name, { kind: SpanKind.SERVER, attributes }, outside);
    this.#within = trace.setSpan(ROOT_CONTEXT, this.#span);
    this.#recording = this.#span.isRecording();
  }

  enter(stage: Stage): void {
    if (!this.#recording) return;
    this.#stage?.end();
    this.#stage = this.#tracer.startSpan(stage, { attributes: { 'cordon.stage': stage } }, this.#within);
  }

  /** Null where it is not sampled. */
  statement(source: string): StatementWatch | null {
    if (!this.#recording) return null;
    const parent = this.#stage === null ? this.#within : trace.setSpan(this.#within, this.#stage);
    const attributes = { 'cordon.source': source, 'db.system.name': 'postgresql' };
    const span = this.#tracer.startSpan('statement', { kind: SpanKind.CLIENT, attributes }, parent);
    return {
      connected: () => void span.addEvent('connected'),
      ended: (code) => {
        if (code !== null) fail(span, code);
        span.end();
      },
    };
  }

  answered(answer: Answered): void {
    const { outcome, code, body } = answer;
    const attributes = {
      'cordon.outcome': outcome,
      'cordon.records': recordsOf(answer),
      'cordon.bytes': body.length,
    };
    this.#span.setAttributes(attributes);
    if (code !== null) this.refused(code);
  }

  refused(code: string): void {
    this.#span.setAttribute('cordon.code', code);
  }

  /** @param status of HTTP, or null where the client did not wait for it */
  end(status: number | null): void {
    this.#stage?.end();
    if (status !== null) this.#span.setAttribute('http.response.status_code', status);
    if (status === null || status >= 500) this.#span.setStatus({ code: SpanStatusCode.ERROR });
    this.#span.end();
  }
}

function fail(span: Span, code: string): void {
  span.setAttribute('cordon.code', code);
  span.setStatus({ code: SpanStatusCode.ERROR });
}
