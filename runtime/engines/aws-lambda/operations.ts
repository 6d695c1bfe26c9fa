/** The operations of one execution, in the latest known state. */

import { StoreError } from '../../base/errors.ts';
import { operationUnknown } from '../../base/messages/aws.ts';
import type { Outcome } from '../../port/backend.ts';
import { type Control, controlOf, operationId } from './names.ts';
import type { OperationUpdate, WireOperation } from './sdk.ts';
import { readStamp, type Stamped } from './stamps.ts';

export type OperationKind = NonNullable<WireOperation['Type']>;

/** One operation of the root context. */
export class TrackedOperation {
  readonly name: string;
  readonly kind: OperationKind;
  readonly control: Control | undefined;
  /** The engine knows of it. */
  started: boolean;
  /** The last state that the engine has reported. */
  state: WireOperation | undefined;
  /** How a step ended in this invocation; recorded once that is sent. */
  outcome: Outcome | undefined;

  constructor(name: string, kind: OperationKind, state?: WireOperation) {
    this.name = name;
    this.kind = kind;
    this.control = controlOf(name);
    this.state = state;
    this.started = state !== undefined;
  }

  get status(): WireOperation['Status'] {
    return this.state?.Status;
  }

  get over(): boolean {
    return this.status !== undefined && OVER.has(this.status);
  }

  /** The engine has reported the beginning of the operation. */
  get begun(): boolean {
    return this.kind === 'CALLBACK' ? this.callbackId !== undefined : this.started;
  }

  get callbackId(): string | undefined {
    return this.state?.CallbackDetails?.CallbackId;
  }

  /** When the engine saw it end, in ms since the epoch; undefined if it doesn't say. */
  get endedAt(): number | undefined {
    return timeOf(this.state?.EndTimestamp ?? this.state?.WaitDetails?.ScheduledEndTimestamp);
  }

  /** This was sent, and is durable. */
  confirm({ Action, Payload, Error: error }: OperationUpdate): void {
    this.started = true;
    if (this.kind !== 'STEP' || this.over) return;
    if (Action === 'SUCCEED') this.#end('SUCCEEDED', { Result: Payload });
    if (Action === 'FAIL') this.#end('FAILED', { Error: error });
  }

  #end(status: 'SUCCEEDED' | 'FAILED', details: WireOperation['StepDetails']): void {
    const { name, kind } = this;
    const known = this.state ?? { Id: undefined, Name: name, Type: kind, StartTimestamp: undefined };
    this.state = { ...known, Status: status, StepDetails: { ...this.state?.StepDetails, ...details } };
  }

  /** What we recorded at the end of a step. */
  recorded(): Stamped {
    const { name, status, state } = this;
    const details = state?.StepDetails;
    return readStamp(name, status === 'SUCCEEDED' ? details?.Result : details?.Error?.ErrorData);
  }
}

const OVER: ReadonlySet<string> = new Set(['SUCCEEDED', 'FAILED', 'TIMED_OUT', 'CANCELLED', 'STOPPED']);

export function timeOf(moment: Date | string | undefined): number | undefined {
  if (moment === undefined) return undefined;
  const time = new Date(moment).getTime();
  return Number.isNaN(time) ? undefined : time;
}

/** All operations of an execution, in the order of their positions in the root context. */
export class Operations {
  readonly #list: TrackedOperation[] = [];
  readonly #byId = new Map<string, TrackedOperation>();
  readonly #byName = new Map<string, TrackedOperation>();
  /** The execution itself, as an operation. */
  readonly execution: WireOperation | undefined;

  /** @throws StoreError if something else has recorded operations in this execution */
  constructor(recorded: readonly WireOperation[]) {
    const byId = new Map(recorded.map((state) => [state.Id, state]));
    this.execution = recorded.find(({ Type }) => Type === 'EXECUTION');
    for (let position = 1; ; position++) {
      const state = byId.get(operationId(position));
      if (state === undefined) break;
      if (state.Type === undefined || state.Name === undefined) throw unknownOperation(state);
      this.add(new TrackedOperation(state.Name, state.Type, state));
    }
    const others = recorded.filter(({ Id, Type }) => Type !== 'EXECUTION' && !this.#byId.has(Id ?? ''));
    if (others[0] !== undefined) throw unknownOperation(others[0]);
  }

  /** The next position is that of this operation. */
  add(operation: TrackedOperation): void {
    this.#list.push(operation);
    this.#byId.set(operationId(this.#list.length), operation);
    if (operation.control === undefined) this.#byName.set(operation.name, operation);
  }

  get count(): number {
    return this.#list.length;
  }

  named(name: string): TrackedOperation | undefined {
    return this.#byName.get(name);
  }

  byId(id: string | undefined): TrackedOperation | undefined {
    return this.#byId.get(id ?? '');
  }

  [Symbol.iterator](): IterableIterator<TrackedOperation> {
    return this.#list.values();
  }

  /** The engine reports the present state of operations. */
  refresh(states: readonly WireOperation[]): void {
    for (const state of states) {
      const operation = this.byId(state.Id);
      if (operation !== undefined) operation.state = state;
    }
  }

  /** The sent updates are durable, whether or not the engine has reported details. */
  confirm(updates: readonly OperationUpdate[]): void {
    for (const update of updates) this.byId(update.Id)?.confirm(update);
  }
}

const unknownOperation = ({ Id, Type, Name }: WireOperation): StoreError =>
  new StoreError(operationUnknown(Type, Name, Id));
