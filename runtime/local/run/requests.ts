import type { NewEvent } from '../../journal/events.ts';
import type { Delivery } from '../../journal/replay-machine.ts';
import type { Stock } from '../../journal/stock.ts';
import type { Outcome } from '../../port/backend.ts';
import { failure } from '../../run/outcome.ts';
import type { Mailbox } from '../messages/mailbox.ts';
import { Cancellation } from './cancellation.ts';
import type { Trial } from './crash-trials.ts';
import type { Pending } from './pending.ts';
import { PendingSet } from './pending-set.ts';
import type { RuntimeServices } from './runtime-services.ts';

/** A run, as its requests need it. */
interface RequestingRun {
  readonly runId: string;
  readonly services: RuntimeServices;
  readonly mailbox: Mailbox;
  /** What was recorded before another order was accepted. */
  readonly stock: Stock | undefined;
  record(event: NewEvent): void;
  /** An unexpected error was thrown: the run can't resume here. */
  broken(error: unknown): void;
  block(error: unknown): void;
}

/** The requests of the code of one run: how they start, and how recorded events settle them. */
export class Requests {
  readonly #run: RequestingRun;
  readonly pending = new PendingSet();
  readonly cancellation: Cancellation;
  /** When callbacks expire, by token; ms since the epoch. */
  readonly expiries = new Map<string, number>();
  /** The time of the last delivered event, ms since the epoch. */
  #now: number;
  #trial: Trial | undefined;

  /**
   * @param startedAt ms since the epoch
   * @param deadline ms since the epoch
   */
  constructor(run: RequestingRun, startedAt: number, deadline: number | undefined, trial: Trial | undefined) {
    this.#run = run;
    this.#now = startedAt;
    this.#trial = trial;
    this.cancellation = new Cancellation(run.runId, deadline, run.services.timers, (value, message) =>
      this.#recordCancellation(value, message),
    );
  }

  get now(): number {
    return this.#now;
  }

  /** A step is called. */
  called(key: string): void {
    this.#trial?.called(key);
  }

  /** Events were recorded. */
  progressed(): void {
    this.#trial?.progressed();
    this.#trial = undefined;
  }

  start(pending: Pending): void {
    if (this.cancellation.queued) return;
    pending.started = true;
    const again = this.#run.stock?.take(pending);
    // To take it took no time, whatever the step took.
    if (again?.type === 'step')
      return this.#run.record({ ...again, startedAt: this.#run.services.clock.now() });
    if (again !== undefined) return this.#run.record(again);
    if (pending.kind === 'step') this.called(pending.key);
    try {
      pending.start();
    } catch (error) {
      this.#run.broken(error);
    }
  }

  /** Starts the requests that the replay held back, in their order. */
  startPending(): void {
    for (const pending of this.pending.unstarted()) this.start(pending);
  }

  /** Delivers an event to the code. */
  deliver(event: Delivery): void {
    const { mailbox } = this.#run;
    this.#now = event.at;
    if (event.type === 'cancel-requested') return this.#deliverCancellation(event.value);
    if (event.type === 'callback-created' && event.until !== undefined) {
      this.expiries.set(event.token, event.until);
    }
    if (event.type === 'received') mailbox.recall(event);
    const pending = this.pending.take(event.key);
    // There is none if the run was cancelled meanwhile, which the code knows, or if the code has called the wait off.
    if (pending !== undefined) this.settle(pending, pending.outcome(event));
    else if (event.type === 'received') mailbox.returnRecorded(event);
  }

  settle(pending: Pending, outcome: Outcome): void {
    try {
      pending.settle(outcome);
    } catch (error) {
      // The outcome can't be decoded here. If the code caught this error, it would take another path than the first time.
      this.#run.block(error);
    }
  }

  /** Steps that are repeated elsewhere are aborted here. */
  disown(why: Error): void {
    this.pending.stopAll(failure(why));
  }

  #recordCancellation(value: string, message: number | undefined): void {
    // Requests are not started until the cancellation is delivered: their outcomes would be lost.
    this.pending.stopAll({ ok: false, value });
    const event = { type: 'cancel-requested', value } as const;
    this.#run.record(message === undefined ? event : { ...event, message });
  }

  #deliverCancellation(value: string): void {
    const outcome = { ok: false, value };
    const rejected = this.pending.takeAll();
    this.cancellation.deliver(outcome, rejected.length > 0);
    for (const pending of rejected) this.settle(pending, outcome);
  }
}
