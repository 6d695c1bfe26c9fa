import type { Definition } from '../../functions/definition.ts';
import type { CodeVersions } from '../../journal/code-versions.ts';
import type { JournalEvent } from '../../journal/events.ts';
import { describeAltered, describeMismatch, describeUncertain } from '../../journal/mismatch.ts';
import { type Delivery, type Mismatch, ReplayMachine } from '../../journal/replay-machine.ts';
import type { Stock } from '../../journal/stock.ts';
import type { RunTrace } from '../../port/tracing.ts';
import type { EventWriter } from './event-writer.ts';
import type { ForeignAwaitGrace } from './foreign-await-grace.ts';
import { reportCodeChanged } from './lifecycle-events.ts';
import type { Pending } from './pending.ts';
import type { Requests } from './requests.ts';
import type { RuntimeServices } from './runtime-services.ts';

/** A run, as its replay needs it. */
export interface ReplayedRun {
  readonly runId: string;
  readonly definition: Definition;
  readonly services: RuntimeServices;
  readonly trace: RunTrace | undefined;
  readonly code: CodeVersions;
  /** The event behind which the journal is replayed. */
  readonly acceptedAt: number;
  readonly stock: Stock | undefined;
  /** The function has returned or thrown. */
  readonly isOver: boolean;
  /** This process is giving the run up, so nothing is started. */
  readonly closing: boolean;
  /** Records the outcome of the function. */
  recordEnd(): void;
  /** The journal doesn't fit the code. */
  refuse(message: string): void;
}

/** Where the events of a replay go, and what follows it. */
interface ReplayTarget {
  feed(event: Delivery): void;
  /** The whole journal was replayed and fits. Returns true if a live event can be delivered next. */
  caughtUp(): boolean;
  /** Calls `end()`, and leaves the replay. Returns false if the run can't resume. */
  endReplay(): boolean;
}

/** The replay of one run: delivers the recorded events to the code, and checks that the code requests them. */
export class Replay {
  readonly machine: ReplayMachine;
  readonly #run: ReplayedRun;
  readonly #target: ReplayTarget;
  readonly #requests: Requests;
  readonly #writer: EventWriter;
  readonly #grace: ForeignAwaitGrace;

  constructor(
    run: ReplayedRun,
    target: ReplayTarget,
    events: readonly JournalEvent[],
    requests: Requests,
    writer: EventWriter,
    grace: ForeignAwaitGrace,
  ) {
    this.machine = new ReplayMachine(events, run.acceptedAt);
    this.#run = run;
    this.#target = target;
    this.#requests = requests;
    this.#writer = writer;
    this.#grace = grace;
  }

  /**
   * The code makes a request. A recorded outcome is delivered later, in its order. A step without one was under way when the
   * process died. If the code is the same, this is the very same call, so the step is called now, with the same arguments.
   * If the code was changed, no step is called before the whole journal fits, and then only if its arguments have not
   * changed since the request.
   */
  request(pending: Pending): void {
    const { code } = this.#run;
    const known = this.machine.request(pending.key, pending.kind);
    this.#grace.stir();
    pending.isRecorded = known === 'ended';
    if (known !== 'unknown' && !code.isSame) {
      const uncertain = code.check(pending.key);
      if (uncertain !== undefined) return this.#run.refuse(describeUncertain(this.#run, uncertain));
    }
    if (!this.#run.isOver) this.#requests.pending.add(pending);
    if (known === 'ended' || pending.kind !== 'step') return;
    if (!code.isSame) {
      if (this.#run.stock?.hasOutcome(pending.key) !== true) pending.heldBack();
    } else if (!this.machine.cancelsLater && !this.#run.closing) this.#requests.start(pending);
  }

  /** Delivers at most one event. Returns true if there may be more to deliver. */
  advance(): boolean {
    if (this.#run.isOver) return this.#judgeEnd();
    const decision = this.machine.next();
    switch (decision.type) {
      case 'deliver':
        this.#grace.end();
        this.#target.feed(decision.event);
        return true;
      case 'caught-up':
        this.#grace.end();
        return this.#target.caughtUp();
      case 'mismatch':
        return this.#disagree(decision.mismatch);
    }
  }

  /** Records the events and starts the requests that the replay held back. Returns false if the run can't resume. */
  end(): boolean {
    const altered = this.#requests.pending.unstarted().find((pending) => !pending.isAsGiven());
    if (altered !== undefined) {
      this.#run.refuse(describeAltered(this.#run, altered.key));
      return false;
    }
    if (this.#run.code.hasChanged) reportCodeChanged(this.#run);
    this.#writer.release();
    if (!this.#run.closing) this.#requests.startPending();
    return true;
  }

  #judgeEnd(): boolean {
    const mismatch = this.machine.end();
    if (mismatch !== undefined) return this.#disagree(mismatch);
    // Steps that lost a race and were under way when the process died are started, as they would have ended without the crash.
    if (this.#target.endReplay()) this.#run.recordEnd();
    return false;
  }

  /** A mismatch blocks the run, unless the code awaits a promise that is not recorded: it may ask for the event later. */
  #disagree(mismatch: Mismatch): false {
    if (!this.#grace.waits()) this.#run.refuse(describeMismatch(this.#run, mismatch));
    return false;
  }
}
