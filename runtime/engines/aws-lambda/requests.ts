import type { Outcome, Settle, StepRequest } from '../../port/backend.ts';
import { operationName } from './names.ts';
import type { OperationKind, TrackedOperation } from './operations.ts';
import type { Awaited } from './order.ts';
import type { StandIn } from './stamps.ts';

/** What a body needs to be a step of the engine. */
export interface StepBody extends Pick<StepRequest, 'key' | 'atMostOnce' | 'execute' | 'afterInterruption'> {
  /** What it is, if it is no step. */
  readonly as?: StandIn;
}

export interface Announcement {
  readonly name: string;
  body(operation: TrackedOperation): StepBody;
}

/** How a request of the run becomes an operation of the engine. */
export interface RequestPlan {
  readonly key: string;
  readonly settle: Settle;
  /** In messages. */
  readonly noun: string;
  /** What it may be recorded as. */
  readonly kinds: readonly OperationKind[];
  /** The name of the operation, where that is the one of an earlier request. */
  readonly on?: string | undefined;
  /** The function to call, if the request is carried out as a step. */
  readonly body?: StepBody;
  /** A step that is to be made once the operation has begun. */
  readonly announcement?: Announcement;
  /** Asks the engine for the operation. Not for requests on the operation of another. */
  begin?(name: string): TrackedOperation;
  /** The outcome, if the engine knows it and it is not a step. Must be cheap: it is read often. */
  arrival?(operation: TrackedOperation, late: boolean): Outcome | undefined;
  /** When it is over by the run's own clock, at the earliest; ms since the epoch. */
  readonly notBefore?: number;
  /** It arrives with the beginning of the operation, so the time of its end is not that of the arrival. */
  readonly atBeginning?: boolean;
}

/** Something that the run awaits. */
export class Request implements Awaited {
  readonly plan: RequestPlan;
  readonly name: string;
  operation: TrackedOperation | undefined;
  announced: TrackedOperation | undefined;
  /** It has a number, and waits for its turn. */
  queued = false;
  /** It is recorded that its time was over, whatever the engine reports now. */
  wasLate = false;

  constructor(plan: RequestPlan) {
    this.plan = plan;
    this.name = operationName(plan.key);
  }

  /** The name of the operation that it is about. */
  get on(): string {
    return this.plan.on ?? this.name;
  }

  get outcome(): Outcome | undefined {
    const { operation, announced } = this;
    if (operation === undefined || operation.kind === 'STEP') return undefined;
    if (announced?.status === 'FAILED') return { ok: false, value: announced.recorded().value };
    return this.plan.arrival?.(operation, this.late);
  }

  get arrived(): boolean {
    return this.outcome !== undefined;
  }

  /** Its time was over before it was completed. The local runner lets it be completed even then, and forgets that. */
  get late(): boolean {
    const { operation, plan, wasLate } = this;
    if (operation?.kind !== 'CALLBACK' || plan.atBeginning === true) return false;
    return wasLate || operation.status === 'TIMED_OUT';
  }

  get final(): boolean {
    return this.arrived && !this.late;
  }

  /** When it arrived, in ms since the epoch; undefined if that can't be known on every replay. */
  get arrivedAt(): number | undefined {
    return this.plan.atBeginning === true ? undefined : this.operation?.endedAt;
  }
}
