import type { Definition } from '../../functions/definition.ts';
import type { NewEvent } from '../../journal/events.ts';
import type { Delivery, ReplayMachine, RequestKind } from '../../journal/replay-machine.ts';
import type { Outcome, Settle } from '../../port/backend.ts';

import type { RuntimeServices } from './runtime-services.ts';

/** A run, as what it waits for sees it. */
export interface Recorder {
  readonly runId: string;
  readonly seed: string;
  readonly services: RuntimeServices;
  readonly definition: Definition;
  /** What is recorded of what was begun before, while there is a journal to replay. */
  readonly begun: Pick<ReplayMachine, 'until' | 'attempts'> | undefined;
  /** Queues an event for the journal, unless the run is over. */
  record(event: NewEvent, whenDurable?: () => void): void;
  /** A body of a step begins, or has ended. */
  countBody(change: 1 | -1): void;
  /** An unexpected error was thrown: the run can't resume here. */
  broken(error: unknown): void;
}

/** A request of a run that has no outcome yet. */
export abstract class Pending {
  abstract readonly kind: RequestKind;
  /** Of a request for a message: its kind and name. */
  readonly channel?: string;
  readonly key: string;
  readonly settle: Settle;
  protected readonly run: Recorder;
  /** It is being carried out, not only waiting for what the journal holds. */
  started = false;
  /** Its outcome is in the journal, so it isn't carried out again. */
  isRecorded = false;

  constructor(run: Recorder, key: string, settle: Settle) {
    this.run = run;
    this.key = key;
    this.settle = settle;
  }

  /** Begins to carry it out: nothing is recorded of its end. */
  abstract start(): void;

  /** It is started later than it was requested. */
  heldBack(): void {}

  /** Whether its arguments are what they were at the request. */
  isAsGiven(): boolean {
    return true;
  }

  /**
   * Nothing awaits it any more.
   *
   * @param error the reason, for work that is under way
   */
  abstract stop(error: Outcome | undefined): void;

  /** The code of the run doesn't wait for it any more. */
  callOff(): void {
    this.stop(undefined);
  }

  /**
   * Until when nothing happens unless something comes from outside, ms since the epoch; `Infinity` for ever, undefined if
   * it is at work.
   */
  abstract idleUntil(): number | undefined;

  /** What an event means for it. */
  outcome(event: Exclude<Delivery, { readonly type: 'cancel-requested' }>): Outcome {
    // All events but a few carry an outcome. The classes that record the others override this.
    return event as unknown as Outcome;
  }
}
