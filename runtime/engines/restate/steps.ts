import type { Attempt, Outcome, StepRequest } from '../../port/backend.ts';
import { endInterrupted } from '../../run/outcome.ts';
import { deferred } from './deferred.ts';
import type { Pump, Watch } from './pump.ts';
import type { RunContext } from './sdk.ts';
import { fromLine, limited, type Recorded, toLine } from './wire.ts';

/** What a step needs of its run. */
export interface StepHost {
  readonly ctx: RunContext;
  readonly pump: Pump;
  readonly starts: Starts;
  /** The most bytes of an outcome. */
  readonly limit: number;
}

/** The name of the entry that says that a step which is called at most once is about to be called. */
export const markerOf = (key: string): string => `${key} (start)`;

/**
 * The step bodies that a replay has requested and that may have to be called: when all that is recorded has been delivered, and
 * in the order of the requests.
 */
export class Starts {
  readonly #held = new Set<() => void>();

  get size(): number {
    return this.#held.size;
  }

  hold(start: () => void): void {
    this.#held.add(start);
  }

  /** It is recorded, so there is nothing to call. */
  release(start: () => void): void {
    this.#held.delete(start);
  }

  startAll(): void {
    for (const start of this.#held) {
      this.#held.delete(start);
      start();
    }
  }
}

/** A step that has no outcome yet: each of its attempts is an entry in the journal, and so is each wait between two. */
export class PendingStep {
  readonly #host: StepHost;
  readonly #request: StepRequest;
  readonly #settle: (outcome: Recorded) => void;
  #watch: Watch | undefined;
  /** Calls the body of the attempt, if that is still to be done. */
  #start: (() => void) | undefined;

  constructor(host: StepHost, request: StepRequest, settle: (outcome: Recorded) => void) {
    this.#host = host;
    this.#request = request;
    this.#settle = settle;
  }

  start(): void {
    if (this.#request.atMostOnce) this.#mark(1);
    else this.#call(1, true);
  }

  /** Nobody waits for it any more. */
  abandon(reason: Outcome): void {
    this.#watch?.drop();
    if (this.#start !== undefined) this.#host.starts.release(this.#start);
    this.#request.abort(reason);
  }

  /** The start of the attempt is made durable first. Who finds it recorded doesn't know whether the body was called. */
  #mark(attempt: number): void {
    const { ctx, pump } = this.#host;
    let fresh = false;
    const marker = ctx.run(markerOf(this.#name(attempt)), () => {
      fresh = true;
    });
    this.#watch = pump.watch(marker, () => this.#call(attempt, fresh));
  }

  #call(attempt: number, mayStart: boolean): void {
    const { ctx, pump, starts } = this.#host;
    const recorded = deferred<string>();
    const start = (): void => {
      const done = (outcome: Attempt): void => {
        const { key } = this.#request;
        const what = `${outcome.ok ? 'result' : 'error'} of step "${key}"`;
        recorded.resolve(toLine(limited(outcome, what, this.#host.limit), Date.now()));
      };
      if (mayStart) this.#request.execute(attempt, done);
      else endInterrupted(this.#request, done);
    };
    // What is new to the journal is called at once, as plain code would; the engine calls what it holds no outcome of.
    const isNew = ctx.isProcessing();
    if (!isNew) starts.hold(start);
    this.#start = start;
    const body = (): Promise<string> => {
      starts.startAll();
      return recorded.promise;
    };
    this.#watch = pump.watchText(
      (serde) => ctx.run(this.#name(attempt), body, { serde }),
      (line) => this.#recorded(fromLine(line), attempt),
      () => starts.release(start),
    );
    if (isNew) start();
  }

  #recorded(outcome: Recorded, attempt: number): void {
    if (outcome.retryIn === undefined) return this.#settle(outcome);
    const { ctx, pump } = this.#host;
    this.#request.attemptFailed?.(outcome.value);
    const next = attempt + 1;
    this.#watch = pump.watch(ctx.sleep(outcome.retryIn, `${this.#name(next)} (wait)`), () => {
      if (this.#request.atMostOnce) this.#mark(next);
      else this.#call(next, true);
    });
  }

  #name(attempt: number): string {
    return attempt === 1 ? this.#request.key : `${this.#request.key} (attempt ${attempt})`;
  }
}
