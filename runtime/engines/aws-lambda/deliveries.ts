import { UnsupportedError } from '../../base/errors.ts';
import { operationsNumberedOtherwise } from '../../base/messages/aws.ts';
import type { Outcome } from '../../port/backend.ts';
import type { LineCount } from '../../run/line-count.ts';
import type { ClassScope } from '../../values/classes.ts';
import { describeError } from './calls.ts';
import { LIMITS, sizeOf } from './limits.ts';
import type { Control } from './names.ts';
import type { Operations, TrackedOperation } from './operations.ts';
import type { Request } from './requests.ts';
import type { OperationUpdate } from './sdk.ts';
import { type Stamp, stamp } from './stamps.ts';

/** An outcome that has its number. */
export interface OperationDelivery {
  readonly request: Request;
  readonly outcome: Outcome;
  /** When it happened, in ms since the epoch. */
  readonly at: number;
  /** The operation that records the number. */
  readonly by: TrackedOperation;
}

/** Whose outcomes are sent. */
export interface DeliverySource {
  readonly classes: ClassScope | undefined;
  /** The request that waits for this step. */
  requestOf(operation: TrackedOperation): Request | undefined;
  /** What the engine has completed and what has no number yet. */
  arrivals(): Request[];
  /** The end of an attempt is sent. */
  attemptEnded(): void;
  /** The end of an operation of our own is sent. */
  controlEnded(control: Control): void;
  /** More is recorded than the engine takes. */
  tooMuch(): void;
}

/**
 * Outcomes on their way through the engine: each gets its number when it is sent, since what is sent first is kept first,
 * and may be delivered when it is durable.
 */
export class Deliveries {
  readonly #source: DeliverySource;
  readonly #operations: Operations;
  readonly #lines: LineCount;
  readonly #queue: OperationDelivery[] = [];
  #number = 0;
  #bytes = 0;

  constructor(source: DeliverySource, operations: Operations, lines: LineCount) {
    this.#source = source;
    this.#operations = operations;
    this.#lines = lines;
  }

  /** Continues after a replay with these numbers of delivered outcomes and of recorded bytes. */
  resume(number: number, bytes: number): void {
    this.#number = number;
    this.#bytes += bytes;
  }

  /** Takes a number for an outcome that is delivered without one being recorded. */
  skip(): void {
    this.#number++;
  }

  /** What is to be delivered now. */
  take(): OperationDelivery | undefined {
    return this.#queue[0]?.by.over === true ? this.#queue.shift() : undefined;
  }

  /** What is to be sent instead of this update. */
  send(update: OperationUpdate): OperationUpdate {
    const operation = this.#operations.byId(update.Id);
    if (operation !== undefined && operation.name === update.Name && operation.kind === update.Type) {
      return this.#stamped(operation, update);
    }
    if (update.Type === 'EXECUTION') return update;
    throw new UnsupportedError(operationsNumberedOtherwise(update.Name, operation?.name));
  }

  #stamped(operation: TrackedOperation, update: OperationUpdate): OperationUpdate {
    const { Action, Error: error } = update;
    if (operation.kind !== 'STEP' || Action === 'START') return update;
    const { control, outcome } = operation;
    if (control !== undefined) return { ...update, Payload: this.#control(operation, control) };
    this.#source.attemptEnded();
    if (Action === 'RETRY' || outcome === undefined) return update;
    const text = this.#outcome(operation, outcome);
    this.#bytes += sizeOf(text);
    if (this.#bytes > LIMITS.total) this.#source.tooMuch();
    if (Action === 'SUCCEED') return { ...update, Payload: text };
    const { name } = describeError(outcome.value, this.#source.classes);
    return { ...update, Error: { ...error, ErrorType: name, ErrorData: text } };
  }

  #outcome(operation: TrackedOperation, outcome: Outcome): string {
    const at = Date.now();
    const request = this.#source.requestOf(operation);
    const as = request?.plan.body?.as;
    if (request !== undefined) this.#enqueue({ request, outcome, at, by: operation });
    const fields: Stamp = {
      n: request === undefined ? undefined : this.#number++,
      at,
      lines: this.#lines.take(),
      as,
      failed: outcome.ok ? undefined : true,
    };
    return stamp(fields, outcome.value);
  }

  #control(operation: TrackedOperation, control: Control): string {
    this.#source.controlEnded(control);
    if (control !== 'order') return stamp({ lines: this.#lines.take() }, '');
    const arrivals = this.#source.arrivals();
    const at = Date.now();
    const order = arrivals.map(({ name }) => name);
    const late = arrivals.filter((request) => request.late).map(({ name }) => name);
    const fields: Stamp = {
      n: this.#number,
      at,
      order,
      late: late.length > 0 ? late : undefined,
      lines: this.#lines.take(),
    };
    this.#number += arrivals.length;
    for (const request of arrivals) {
      const { outcome } = request;
      if (outcome !== undefined) this.#enqueue({ request, outcome, at, by: operation });
    }
    return stamp(fields, '');
  }

  #enqueue(delivery: OperationDelivery): void {
    delivery.request.queued = true;
    this.#queue.push(delivery);
  }
}
