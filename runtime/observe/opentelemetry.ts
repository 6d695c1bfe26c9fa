/** OpenTelemetry: a span for each run and for each attempt of a step. Needs `@opentelemetry/api`. */
import {
  type Attributes,
  type Context,
  context,
  createTraceState,
  isSpanContextValid,
  ROOT_CONTEXT,
  type Span,
  type SpanContext,
  SpanStatusCode,
  type Tracer,
  type TracerProvider,
  trace,
} from '@opentelemetry/api';
import { siteOf } from '../base/keys.ts';
import { quietly } from '../port/safe-tracing.ts';
import type { AttemptTrace, RunTrace, TracedRun, TraceEnding, Tracing } from '../port/tracing.ts';

export type { Tracing } from '../port/tracing.ts';

export interface OpenTelemetryOptions {
  /** Default: the one that is registered globally when a span begins. */
  readonly tracerProvider?: TracerProvider;
}

/**
 * Traces the runs of a runtime: `createRuntime({ store, tracing: openTelemetry() })`.
 *
 * A run has a span for each time that a process drives it. A step has a span for each attempt, active while its body runs. All
 * spans of a run are in one trace, from all processes: the trace in which the run was started, or one of its own.
 */
export function openTelemetry({ tracerProvider }: OpenTelemetryOptions = {}): Tracing {
  const provider = tracerProvider ?? trace;
  return { begin: (run) => new RunSpan(() => provider.getTracer('use-durable'), run) };
}

class RunSpan implements RunTrace {
  readonly origin: string;
  readonly #tracer: () => Tracer;
  readonly #attributes: Attributes;
  readonly #span: Span | undefined;
  readonly #context: Context;

  constructor(tracer: () => Tracer, { runId, fn, parent, replayed }: TracedRun) {
    this.#tracer = tracer;
    this.#attributes = { 'durable.run.id': runId, 'durable.function': fn };
    const outer = parent === undefined ? context.active() : contextOf(parent);
    const attributes =
      replayed === undefined ? this.#attributes : { ...this.#attributes, 'durable.run.replayed': replayed };
    this.#span = quietly(() => tracer().startSpan(fn, { attributes }, outer));
    this.#context = contextWith(outer, this.#span);
    this.origin = textOf(trace.getSpanContext(outer)) || textOf(this.#span?.spanContext());
  }

  within<T>(fn: () => T): T {
    return context.with(this.#context, fn);
  }

  attempt(key: string, attempt: number): AttemptTrace {
    const attributes = { ...this.#attributes, 'durable.step.key': key, 'durable.step.attempt': attempt };
    const span = quietly(() => this.#tracer().startSpan(siteOf(key), { attributes }, this.#context));
    const inner = contextWith(this.#context, span);
    return { within: (fn) => context.with(inner, fn), end: (error) => end(span, error) };
  }

  end(ending: TraceEnding, error?: () => unknown): void {
    quietly(() => this.#span?.setAttribute('durable.run.ending', ending));
    end(this.#span, error);
  }
}

const contextWith = (outer: Context, span: Span | undefined): Context =>
  span === undefined ? outer : trace.setSpan(outer, span);

function end(span: Span | undefined, error: (() => unknown) | undefined): void {
  if (span === undefined) return;
  quietly(() => {
    if (error !== undefined && span.isRecording()) fail(span, error());
  });
  quietly(() => span.end());
}

function fail(span: Span, error: unknown): void {
  const known = error instanceof Error;
  span.recordException(known ? error : String(error));
  span.setAttribute('error.type', known ? error.name : typeof error);
  span.setStatus({ code: SpanStatusCode.ERROR, message: known ? error.message : String(error) });
}

// Trace contexts in the format of the W3C, independent of the registered propagators: `traceparent`, a space, `tracestate`.

function textOf(spanContext: SpanContext | undefined): string {
  if (spanContext === undefined || !isSpanContextValid(spanContext)) return '';
  const { traceId, spanId, traceFlags, traceState } = spanContext;
  const flags = traceFlags.toString(16).padStart(2, '0');
  return `00-${traceId}-${spanId}-${flags} ${traceState?.serialize() ?? ''}`.trimEnd();
}

function contextOf(text: string | null): Context {
  const match = /^00-(\w{32})-(\w{16})-([\da-f]{2})(?: (.*))?$/.exec(text ?? '');
  if (match === null) return ROOT_CONTEXT;
  const [, traceId = '', spanId = '', flags = '', state] = match;
  const spanContext = { traceId, spanId, traceFlags: Number.parseInt(flags, 16), isRemote: true };
  return trace.setSpanContext(
    ROOT_CONTEXT,
    state === undefined ? spanContext : { ...spanContext, traceState: createTraceState(state) },
  );
}
