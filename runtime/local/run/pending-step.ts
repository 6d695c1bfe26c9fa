import type { Attempt, Outcome, Settle, StepRequest } from '../../port/backend.ts';
import { endInterrupted } from '../../run/outcome.ts';
import type { Timer } from '../time/timers.ts';
import { Pending, type Recorder } from './pending.ts';

/** A step that has not ended. */
export class PendingStep extends Pending {
  readonly kind = 'step';
  readonly #request: StepRequest;
  #retry: Timer | undefined;
  #running = false;
  #stopped = false;
  /** A snapshot of its arguments, if it is held back. */
  #given: string | undefined;

  constructor(run: Recorder, request: StepRequest, settle: Settle) {
    super(run, request.key, settle);
    this.#request = request;
  }

  start(): void {
    const attempts = this.run.begun?.attempts(this.key);
    if (attempts?.error !== undefined) this.#request.attemptFailed?.(attempts.error);
    if (attempts === undefined) this.#begin(1);
    else if (attempts.retryAt === undefined) {
      this.#interrupted(attempts.attempt);
    } else this.#waitFor(attempts.attempt + 1, attempts.retryAt);
  }

  override heldBack(): void {
    this.#given = this.#request.given?.();
  }

  override isAsGiven(): boolean {
    return this.#given === undefined || this.#given === this.#request.given?.();
  }

  stop(error: Outcome | undefined): void {
    this.#stopped = true;
    if (this.#retry !== undefined) this.run.services.timers.cancel(this.#retry);
    if (!this.#running) return;
    this.#tellLab(false);
    if (error === undefined) this.#request.forget();
    else this.#request.abort(error);
  }

  #interrupted(attempt: number): void {
    const startedAt = this.run.services.clock.now();
    this.#running = true;
    this.run.countBody(1);
    endInterrupted(this.#request, (outcome) => {
      this.#running = false;
      if (!this.#stopped) this.#record(outcome, attempt, startedAt);
      this.run.countBody(-1);
    });
  }

  #begin(attempt: number): void {
    if (!this.#request.atMostOnce) return this.#execute(attempt);
    const { key, run } = this;
    run.record({ type: 'step-started', key, attempt, worker: run.services.lease.worker }, () =>
      this.#execute(attempt),
    );
  }

  idleUntil(): number | undefined {
    return this.#retry?.due;
  }

  #execute(attempt: number): void {
    if (this.#stopped) return;
    const { lease, limits } = this.run.services;
    if (!lease.held) return lease.whenHeld(() => this.#execute(attempt));
    if (limits.none) return this.#call(attempt);
    limits.acquire(this.key, () => {
      if (this.#stopped) limits.release(this.key);
      else this.#call(attempt);
    });
  }

  #call(attempt: number): void {
    const startedAt = this.run.services.clock.now();
    this.#running = true;
    this.run.countBody(1);
    this.#tellLab(true);
    this.#reportStarted(attempt, startedAt);
    try {
      this.#request.execute(attempt, (end) => {
        this.#leave();
        this.#ended(end, attempt, startedAt);
        this.#tellLab(false);
        this.run.countBody(-1);
      });
    } catch (error) {
      if (this.#running) {
        this.#leave();
        this.run.countBody(-1);
      }
      this.run.broken(error);
    }
  }

  #leave(): void {
    this.#running = false;
    this.run.services.limits.release(this.key);
  }

  #reportStarted(attempt: number, at: number): void {
    const { run, key } = this;
    const { observers } = run.services;
    if (!observers.wants('step-started')) return;
    observers.tell({ type: 'step-started', runId: run.runId, fn: run.definition.id, at, key, attempt });
  }

  #tellLab(isBusy: boolean): void {
    const { services, runId } = this.run;
    services.hooks.busy?.(runId, this.key, isBusy);
  }

  #ended(end: Attempt, attempt: number, startedAt: number): void {
    // A run that was cancelled has been given another outcome.
    if (this.#stopped) return;
    if (end.retryIn === undefined) return this.#record(end, attempt, startedAt);
    const { key, run } = this;
    const { worker } = run.services.lease;
    const retryAt = run.services.clock.now() + end.retryIn;
    run.record({ type: 'attempt-failed', key, attempt, value: end.value, startedAt, retryAt, worker });
    this.#waitFor(attempt + 1, retryAt);
  }

  #waitFor(attempt: number, due: number): void {
    // A replay comes to it long after it was due.
    if (due <= this.run.services.clock.now()) return this.#begin(attempt);
    this.#retry = this.run.services.timers.add(due, () => {
      this.#retry = undefined;
      this.#begin(attempt);
    });
  }

  #record({ ok, value }: Outcome, attempt: number, startedAt: number): void {
    const { key, run } = this;
    run.record({ type: 'step', key, ok, value, startedAt, attempt, worker: run.services.lease.worker });
  }
}
