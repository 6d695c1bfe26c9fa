import type { Backend, KeyState, Outcome, Settle, StepRequest } from '../backend.ts';
import type { Definition } from '../definitions.ts';
import { LeaseLostError, NonDeterminismError } from '../errors.ts';
import { runBody } from '../run-body.ts';
import type { Append, Claim } from '../stores/store.ts';
import type { JournalEvent, StepEnded } from './events.ts';
import type { Journal, Lane } from './journal.ts';
import { LineCount } from './line-count.ts';
import { type Completion, type Mismatch, ReplayMachine, type RequestKind } from './machine.ts';
import { describeMismatch } from './mismatch.ts';
import { type NewEvent, Outbox } from './outbox.ts';
import { summarize } from './summary.ts';
import type { Clock, Timer, Timers } from './timers.ts';

/** What all runs of one runtime share. */
export interface Host {
  readonly journal: Journal;
  readonly timers: Timers;
  readonly clock: Clock;
  readonly worker: string;
}

/** How this process stopped driving a run. */
export type Ending =
  | { readonly type: 'ended'; readonly outcome: Outcome }
  | { readonly type: 'blocked'; readonly error: Error }
  | { readonly type: 'stopped'; readonly error: Error };

/** A request that a replay has not answered yet. */
interface Held {
  readonly start: () => void;
  readonly settle: (event: Completion) => void;
}

/** How long a foreign promise may keep the verdict open that the journal doesn't fit, in ms. */
const FOREIGN_PATIENCE = 30_000;

/**
 * One run that this process drives: asks the replay machine what to do while there is a journal to replay, and is live
 * from then on. All its state changes happen in turns of the event loop that the `Journal` gives it, or in code of the
 * run itself.
 */
export class Execution implements Backend, Lane {
  readonly runId: string;
  readonly seed: string;
  readonly definition: Definition;
  readonly claim: Claim;
  readonly #host: Host;
  readonly #onEnding: (ending: Ending) => void;
  readonly #input: string;

  /** `body`: the code runs or waits; `over`: it has returned or thrown; `closed`: nothing happens any more. */
  #phase: 'body' | 'over' | 'closed' = 'body';
  #outcome: Outcome | undefined;

  /** Until the journal is used up. */
  #machine: ReplayMachine | undefined;
  readonly #held = new Map<string, Held>();
  #foreign = 0;
  #patience: (() => void) | undefined;
  #outOfPatience = false;

  #now: number;
  readonly #outbox: Outbox;
  readonly #lines: LineCount;

  #closing = false;
  #running = 0;
  #onIdle: (() => void) | undefined;
  readonly #timers = new Set<Timer>();

  /** @param events the journal so far, with at least its `run-started` */
  constructor(
    host: Host,
    claim: Claim,
    definition: Definition,
    events: readonly JournalEvent[],
    onEnding: (ending: Ending) => void,
  ) {
    const { started, lastAt, printed } = summarize(events);
    this.runId = claim.runId;
    this.seed = started.seed;
    this.definition = definition;
    this.claim = claim;
    this.#host = host;
    this.#onEnding = onEnding;
    this.#input = started.input;
    this.#now = started.at;
    this.#outbox = new Outbox(claim, events.length, lastAt);
    this.#lines = new LineCount(host.clock, printed, () => this.#queue({ type: 'output' }));
    if (events.length > 1) this.#machine = new ReplayMachine(events);
  }

  /** Calls the function; its first part runs before this returns. */
  launch(): void {
    if (this.#machine !== undefined) this.#host.journal.markReady(this);
    try {
      runBody(this.definition, this, this.#input, (outcome) => this.#finish(outcome));
    } catch (error) {
      this.#block(error);
    }
  }

  /**
   * From now on nothing is delivered; resolves when the step bodies that are running have ended. Code of the run that
   * is in the middle of a turn isn't disturbed: what it starts until it waits is started.
   */
  async wind(): Promise<void> {
    this.#closing = true;
    await new Promise((resolve) => setImmediate(resolve));
    if (this.#running > 0) await new Promise<void>((resolve) => (this.#onIdle = resolve));
    if (this.#lines.unrecorded) this.#queue({ type: 'output' });
  }

  /** Lets go of the run, where it isn't over; its journal stays as it is. */
  abandon(error: Error): void {
    this.#close({ type: 'stopped', error });
  }

  // What the run asks for

  now(): number {
    return this.#now;
  }

  step(request: StepRequest, settle: Settle): void {
    this.#request(request.key, 'step', {
      start: () => this.#startStep(request, settle),
      // The machine gives only events of the kind that was asked for.
      settle: (event) => settle(event as StepEnded),
    });
  }

  sleep(key: string, until: (now: number) => number, settle: () => void): void {
    this.#request(key, 'wait', { start: () => this.#startWait(key, until, settle), settle });
  }

  state(key: string): KeyState {
    // Nobody waits any more for what a run does that is over, so nothing is recorded of it; a closed one does nothing.
    if (this.#phase !== 'body') return this.#phase === 'over' ? 'plain' : 'recorded';
    return this.#machine?.state(key) ?? 'live';
  }

  recordPlain(key: string): void {
    this.#queue({ type: 'plain', key });
  }

  admitOutput(): boolean {
    return this.#lines.admit();
  }

  awaitForeign(promise: PromiseLike<unknown>): void {
    // Live code is never taken for changed code.
    if (this.#machine === undefined) return;
    this.#foreign++;
    const settled = (): void => {
      this.#foreign--;
      this.#host.journal.markReady(this);
    };
    promise.then(settled, settled);
  }

  // What the journal asks for

  takeAppend(): Append | undefined {
    return this.#outbox.take();
  }

  appended(): void {
    const ended = this.#outbox.confirm();
    if (ended !== undefined) this.#close({ type: 'ended', outcome: ended });
    else if (this.#outbox.deliverable) this.#host.journal.markReady(this);
  }

  fenced(): void {
    this.#close({ type: 'stopped', error: new LeaseLostError(this.runId) });
  }

  failed(error: Error): void {
    this.#close({ type: 'stopped', error });
  }

  advance(): boolean {
    if (this.#phase === 'closed' || this.#closing) return false;
    return this.#machine === undefined ? this.#deliver() : this.#replay(this.#machine);
  }

  #replay(machine: ReplayMachine): boolean {
    if (this.#phase === 'over') return this.#judgeEnd(machine);
    const decision = machine.next();
    switch (decision.type) {
      case 'deliver':
        this.#forgive();
        this.#feed(decision.event);
        if (machine.live) this.#startHeld(machine);
        return true;
      case 'caught-up':
        this.#machine = undefined;
        this.#forgive();
        return this.#deliver();
      case 'mismatch':
        return this.#disagree(decision.mismatch);
    }
  }

  #feed(event: Completion): void {
    const held = this.#held.get(event.key);
    this.#held.delete(event.key);
    this.#settle(event, () => held?.settle(event));
  }

  /** In the order in which they were asked for, and before anything that the last delivery sets off. */
  #startHeld(machine: ReplayMachine): void {
    for (const [key, held] of this.#held) {
      // What is recorded needs no start, and what may not start is a mismatch, which shows once the run is quiescent.
      if (!machine.mayStart(key)) continue;
      this.#held.delete(key);
      held.start();
    }
  }

  #deliver(): boolean {
    const queued = this.#phase === 'body' ? this.#outbox.next() : undefined;
    if (queued?.settle === undefined) return false;
    this.#settle(queued.event, queued.settle);
    return this.#outbox.deliverable;
  }

  #settle(event: JournalEvent, settle: () => void): void {
    this.#now = event.at;
    try {
      settle();
    } catch (error) {
      // It can't be decoded here; to throw it into the code would send it another way than the first time.
      this.#block(error);
    }
  }

  #request(key: string, kind: RequestKind, held: Held): void {
    if (this.#phase === 'closed') return;
    const start = this.#machine?.request(key, kind) ?? true;
    if (this.#phase !== 'body') return;
    if (start) held.start();
    else this.#held.set(key, held);
  }

  #startStep(request: StepRequest, settle: Settle): void {
    if (this.#phase === 'closed') return;
    const { key } = request;
    const startedAt = this.#host.clock.now();
    const attempt = 1;
    this.#running++;
    request.execute(attempt, (outcome) => {
      this.#running--;
      const { ok, value } = outcome;
      const { worker } = this.#host;
      this.#queue({ type: 'step', key, ok, value, startedAt, attempt, worker }, () => settle(outcome));
      if (this.#running === 0) this.#onIdle?.();
    });
  }

  #startWait(key: string, until: (now: number) => number, settle: () => void): void {
    if (this.#phase !== 'body') return;
    const { timers, clock, worker } = this.#host;
    let due = this.#machine?.until(key);
    if (due === undefined) {
      due = until(clock.now());
      this.#queue({ type: 'wait-set', key, until: due });
    }
    const timer = timers.add(due, () => {
      this.#timers.delete(timer);
      this.#queue({ type: 'wait-fired', key, worker }, settle);
    });
    this.#timers.add(timer);
  }

  /** Outcomes that come when the run is over are dropped: nobody can await them any more. */
  #queue(fields: NewEvent, settle?: () => void): void {
    if (this.#phase !== 'body') return;
    this.#write(fields, settle);
  }

  #write(fields: NewEvent, settle?: () => void): void {
    this.#outbox.put(fields, this.#host.clock.now(), this.#lines.take(), settle);
    this.#host.journal.markDirty(this);
  }

  /** The function has returned or thrown. */
  #finish(outcome: Outcome): void {
    if (this.#phase !== 'body') return;
    this.#phase = 'over';
    this.#outcome = outcome;
    if (this.#machine === undefined) this.#recordEnd(outcome);
    else this.#host.journal.markReady(this);
  }

  #recordEnd({ ok, value }: Outcome): void {
    this.#write({ type: 'run-ended', ok, value });
  }

  #judgeEnd(machine: ReplayMachine): boolean {
    const mismatch = machine.end();
    if (mismatch !== undefined) return this.#disagree(mismatch);
    // Losers of a race that were under way when the process died; without the crash they would have gone on.
    this.#startHeld(machine);
    this.#machine = undefined;
    this.#recordEnd(this.#outcome!);
    return false;
  }

  /** The code may still catch up while it awaits something that isn't recorded. */
  #disagree(mismatch: Mismatch): false {
    if (this.#foreign > 0 && !this.#outOfPatience) {
      this.#patience ??= this.#host.clock.after(FOREIGN_PATIENCE, () => {
        this.#outOfPatience = true;
        this.#host.journal.markReady(this);
      });
    } else {
      this.#block(
        new NonDeterminismError(this.runId, describeMismatch(this.runId, this.definition, mismatch)),
      );
    }
    return false;
  }

  #forgive(): void {
    this.#patience?.();
    this.#patience = undefined;
    this.#outOfPatience = false;
  }

  #block(error: unknown): void {
    this.#close({ type: 'blocked', error: error instanceof Error ? error : new Error(String(error)) });
  }

  #close(ending: Ending): void {
    if (this.#phase === 'closed') return;
    this.#phase = 'closed';
    this.#forgive();
    this.#lines.stop();
    for (const timer of this.#timers) this.#host.timers.cancel(timer);
    this.#timers.clear();
    this.#held.clear();
    this.#outbox.clear();
    this.#machine = undefined;
    this.#onIdle?.();
    this.#onEnding(ending);
  }
}
