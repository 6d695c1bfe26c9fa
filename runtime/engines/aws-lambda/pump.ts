import { asError } from '../../base/error-text.ts';
import type { Definition } from '../../functions/definition.ts';
import type { Outcome } from '../../port/backend.ts';
import type { LineCount } from '../../run/line-count.ts';
import type { OperationCalls } from './calls.ts';
import { Deliveries, type DeliverySource } from './deliveries.ts';
import type { ForeignPromises } from './foreign.ts';
import { History } from './history.ts';
import { LIMITS, tooManyOperations, tooMuchData } from './limits.ts';
import { describeOperationMismatch, type OperationMismatch } from './mismatch.ts';
import type { Operations, TrackedOperation } from './operations.ts';
import { PassiveRequests } from './passive-requests.ts';
import { replayRecorded } from './replay-recorded.ts';
import { Request, type RequestPlan, type StepBody } from './requests.ts';
import type { OperationUpdate, WireOperation } from './sdk.ts';
import { Suspension } from './suspension.ts';
import { drain, turn } from './turns.ts';
import type { Watcher } from './watch.ts';

/** The run that outcomes are delivered to. */
export interface Receiver {
  readonly runId: string;
  readonly definition: Definition;
  /** The run can't resume in this invocation; its execution stays as it is. */
  block(error: Error): void;
  /** The run can't resume in any invocation. */
  fail(error: Error): void;
}

/** How long a foreign promise is waited for before the wait costs an operation; the SDK suspends after 20 ms. */
const GRACE_MS = 10;

/**
 * Delivers outcomes to one run and records their order: one at a time, each when the run is quiescent after the one before.
 * A replay delivers what the engine has returned; the SDK is called only when the replay has ended.
 */
export class Pump implements Watcher {
  readonly #receiver: Receiver;
  readonly #operations: Operations;
  readonly #calls: OperationCalls;
  readonly #foreign: ForeignPromises;
  readonly #lines: LineCount;

  #phase: 'replay' | 'live' | 'ended' = 'replay';
  #now: number;
  readonly #awaited = new Map<string, Request>();
  readonly #passive: PassiveRequests;
  readonly #steps = new Map<TrackedOperation, Request>();
  readonly #history: History;
  readonly #deliveries: Deliveries;
  readonly #suspension: Suspension;
  #ordering = false;
  #settling: Promise<void> | undefined;

  constructor(
    receiver: Receiver,
    operations: Operations,
    calls: OperationCalls,
    shared: { readonly foreign: ForeignPromises; readonly lines: LineCount; readonly startedAt: number },
  ) {
    this.#receiver = receiver;
    this.#operations = operations;
    this.#calls = calls;
    this.#foreign = shared.foreign;
    this.#lines = shared.lines;
    this.#now = shared.startedAt;
    this.#passive = new PassiveRequests(calls);
    this.#suspension = new Suspension(calls, this.#foreign, this.#lines);
    this.#history = new History(operations, shared.lines);
    this.#deliveries = new Deliveries(this.#source(), operations, shared.lines);
    if (operations.count === 0) this.#phase = 'live';
  }

  get now(): number {
    return this.#now;
  }

  get ended(): boolean {
    return this.#phase === 'ended';
  }

  /** There is an operation with this name. */
  knows(name: string): boolean {
    return this.#operations.named(name) !== undefined;
  }

  /** The code has not yet requested everything that is recorded. */
  get behind(): boolean {
    return this.#history.unasked.size > 0;
  }

  /** Feeds what is recorded; to be called once the body has been called. */
  start(): void {
    if (this.#phase === 'live') this.#wake();
    else this.#replayAll().catch((error: unknown) => this.#block(error));
  }

  request(plan: RequestPlan): void {
    if (this.#phase === 'ended') return;
    const request = new Request(plan);
    this.#awaited.set(request.name, request);
    const operation = this.#operations.named(request.on);
    if (operation !== undefined) {
      request.operation = operation;
      request.wasLate = this.#history.wasLate(request.name);
      this.#history.unasked.delete(operation);
      request.announced = this.#operations.named(plan.announcement?.name ?? '');
      if (request.announced !== undefined) this.#history.unasked.delete(request.announced);
      if (!plan.kinds.includes(operation.kind))
        return this.#disagree({ recorded: operation, requested: [request] });
    }
    if (this.#phase === 'live') this.#begin(request);
  }

  /** An attempt of a step has begun. */
  began(): void {
    this.#suspension.executing++;
  }

  /** True if the execution may have another operation; the run fails otherwise. */
  admits(): boolean {
    if (this.#phase === 'ended') return false;
    if (this.#operations.count + 1 < LIMITS.operations) return true;
    this.#end();
    this.#receiver.fail(tooManyOperations(this.#receiver.runId));
    return false;
  }

  /** The function has returned or thrown. False if the operations don't fit that. */
  finish(): boolean {
    const [left] = this.#history.unasked;
    if (left !== undefined) this.#disagree({ recorded: left, requested: [], ended: true });
    if (this.#phase === 'ended') return false;
    this.#end();
    return true;
  }

  /** Delivers nothing from now on. */
  close(): void {
    this.#end();
  }

  // Between the SDK and the engine

  sending(updates: readonly OperationUpdate[]): OperationUpdate[] {
    return updates.map((update) => this.#deliveries.send(update));
  }

  async checkpointed(updates: readonly OperationUpdate[], states: readonly WireOperation[]): Promise<void> {
    this.#operations.refresh(states);
    this.#operations.confirm(updates);
    if (this.#phase === 'live') await this.#settle();
  }

  #source(): DeliverySource {
    return {
      classes: this.#receiver.definition.classes,
      requestOf: (operation) => this.#steps.get(operation),
      arrivals: () => this.#passive.arrivals(),
      attemptEnded: () => {
        this.#suspension.executing--;
      },
      controlEnded: (control) => {
        if (control === 'order') this.#ordering = false;
        if (control === 'hold') this.#suspension.holding = false;
      },
      tooMuch: () => {
        if (this.#phase === 'ended') return;
        this.#end();
        this.#receiver.fail(tooMuchData(this.#receiver.runId));
      },
    };
  }

  // Live

  #begin(request: Request): void {
    const { plan, name } = request;
    // It may be the operation of a request that has only just begun.
    request.operation ??= this.#operations.named(request.on);
    if (request.operation === undefined) {
      if (plan.begin === undefined || !this.admits()) return;
      request.operation = plan.begin(name);
      // It is durable before the invocation can be suspended, and it proves that the code was executed up to here.
      this.#lines.take();
    }
    this.#place(request, request.operation);
  }

  #place(request: Request, operation: TrackedOperation): void {
    if (operation.kind === 'STEP') {
      this.#steps.set(operation, request);
      return;
    }
    this.#passive.add(request);
    if (request.arrived) this.#wake();
  }

  #wake(): void {
    this.#settle().catch((error: unknown) => this.#block(error));
  }

  /** Delivers all that can be delivered now. */
  async #settle(): Promise<void> {
    while (this.#settling !== undefined) await this.#settling;
    this.#settling = this.#deliverAll();
    await this.#settling;
    this.#settling = undefined;
  }

  async #deliverAll(): Promise<void> {
    for (let whole = false; ; ) {
      await (whole ? turn() : drain());
      // A foreign promise may need a turn of the event loop to settle.
      if (!whole && this.#foreign.pending) await turn();
      if (this.#phase !== 'live') return;
      const next = this.#deliveries.take();
      if (next !== undefined) this.#deliver(next.request, next.outcome, next.at);
      // Outcomes of steps are delivered when they are durable; nothing else is to be done for them.
      else if (this.#passive.size === 0) return;
      if (next !== undefined || !whole) {
        whole = next === undefined;
        continue;
      }
      this.#passive.announce(() => this.admits());
      if (this.#takeArrival()) continue;
      if (this.#maySuspend && this.#foreign.young && (await this.#foreign.next(GRACE_MS))) continue;
      break;
    }
    if (this.#phase === 'live' && this.#maySuspend) this.#suspension.prepare(() => this.admits());
  }

  get #maySuspend(): boolean {
    return this.#passive.size > 0 && this.#suspension.possible;
  }

  /**
   * Returns true if something was delivered. If the run awaits other things too, the order is made durable first. So is an
   * outcome that the engine may take back.
   */
  #takeArrival(): boolean {
    if (this.#ordering) return false;
    const [first] = this.#passive.arrivals();
    if (first === undefined) return false;
    if (this.#awaited.size === 1 && !this.#foreign.pending && first.final) {
      this.#deliveries.skip();
      this.#deliver(first, first.outcome!, first.arrivedAt);
      return true;
    }
    if (this.admits()) {
      this.#ordering = true;
      this.#calls.control('order');
    }
    return false;
  }

  #deliver(request: Request, outcome: Outcome, at: number | undefined): void {
    this.#awaited.delete(request.name);
    this.#passive.delete(request);
    if (request.operation !== undefined) this.#steps.delete(request.operation);
    this.#now = Math.max(this.#now, at ?? 0, (outcome.ok ? request.plan.notBefore : undefined) ?? 0);
    try {
      request.plan.settle(outcome);
    } catch (error) {
      // The outcome can't be decoded here. If the code caught this error, it would take another path than the first time.
      this.#block(error);
    }
  }

  /** Delivers what is recorded, and goes live. */
  #replayAll(): Promise<void> {
    return replayRecorded({
      history: this.#history,
      foreign: this.#foreign,
      awaited: this.#awaited,
      isUnderWay: () => this.#phase === 'replay',
      deliver: (request, outcome, at) => this.#deliver(request, outcome, at),
      disagree: (mismatch) => this.#disagree(mismatch),
      goLive: () => this.#goLive(),
    });
  }

  /** From now on the SDK is called: for recorded operations, in the order of their numbers, and for new ones. */
  #goLive(): void {
    this.#phase = 'live';
    this.#deliveries.resume(this.#history.order.next, this.#history.bytes);
    const bodies = new Map<TrackedOperation, StepBody | undefined>();
    for (const { operation, announced, plan } of this.#awaited.values()) {
      if (operation !== undefined) bodies.set(operation, plan.body);
      if (operation !== undefined && announced !== undefined) {
        bodies.set(announced, plan.announcement?.body(operation));
      }
    }
    for (const operation of [...this.#operations]) this.#calls.adopt(operation, bodies.get(operation));
    for (const request of [...this.#awaited.values()]) this.#begin(request);
    this.#wake();
  }

  #disagree(mismatch: OperationMismatch): void {
    this.#block(describeOperationMismatch(this.#receiver.runId, this.#receiver.definition, mismatch));
  }

  #block(error: unknown): void {
    if (this.#phase === 'ended') return;
    this.#end();
    this.#receiver.block(asError(error));
  }

  #end(): void {
    this.#phase = 'ended';
    this.#awaited.clear();
    this.#passive.clear();
  }
}
