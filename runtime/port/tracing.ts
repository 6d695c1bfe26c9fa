/**
 * What a runtime needs of a tracer; `use-durable/opentelemetry` is one. Trace contexts are texts, as the journal keeps
 * them. Nothing here throws but what the given functions throw.
 */

/** How a process let go of a run. */
export type TraceEnding = 'completed' | 'failed' | 'cancelled' | 'parked' | 'blocked' | 'stopped';

export interface TracedRun {
  readonly runId: string;
  /** The id of its durable function. */
  readonly fn: string;
  /** The context that its span belongs to: null for none, undefined for the one that is active now. */
  readonly parent: string | null | undefined;
  /** How long the journal is that is replayed first; undefined for a new run. */
  readonly replayed?: number;
}

export interface Tracing {
  /** A span for what this process does for a run. One that is never ended is dropped. */
  begin(run: TracedRun): RunTrace;
}

export interface RunTrace {
  /** What spans of the same run belong to in other processes; empty where nothing is traced. */
  readonly origin: string;
  /** Calls `fn` with the span as the active one. */
  within<T>(fn: () => T): T;
  /** A span for one attempt of a step. One that is never ended is dropped. */
  attempt(key: string, attempt: number): AttemptTrace;
  /** @param error returns the error of the run, or the reason why it can't resume; called only if it is recorded */
  end(ending: TraceEnding, error?: () => unknown): void;
}

export interface AttemptTrace {
  within<T>(fn: () => T): T;
  /** @param error returns the error of the attempt */
  end(error?: () => unknown): void;
}
