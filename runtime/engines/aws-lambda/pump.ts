import { asError } from '../../base/error-text.ts';
import type { Definition } from '../../functions/definitions.ts';
import type { Outcome } from '../../port/backend.ts';
import type { LineCount } from '../../run/line-count.ts';
import type { OperationCalls } from './calls.ts';
import { Deliveries, type DeliverySource } from './deliveries.ts';
import type { ForeignPromises } from './foreign.ts';
import { History } from './history.ts';
import { LIMITS, tooManyOperations, tooMuchData } from './limits.ts';
import { describeOperationMismatch, type OperationMismatch } from './mismatch.ts';
import type { Operations, TrackedOperation } from './operations.ts';
import { Request, type RequestPlan, type StepBody } from './requests.ts';
import type { OperationUpdate, WireOperation } from './sdk.ts';
import type { Watcher } from './watch.ts';

/** Whose outcomes are delivered. */
export interface Receiver {
  readonly runId: string;
  readonly definition: Definition;
  /** The run can't go on in this invocation; its execution stays as it is. */
  block(error: Error): void;
  /** The run can't go on in any invocation. */
  fail(error: Error): void;
}

/** As they are now: test environments that fake timers would let a turn take many ms. */
const nextTurn = setImmediate;
const { nextTick } = process;
const turn = (): Promise<void> => new Promise((resolve) => nextTurn(resolve));
/** Lets all microtasks happen, and those that they start: ticks come when there are none left. */
const drain = (): Promise<void> => new Promise((resolve) => nextTick(resolve));

/** For so many ms a foreign promise is waited for before that costs an operation; the SDK suspends after 20. */
const GRACE = 10;

/**
 * Delivers outcomes to one run, one at a time, each when the run has done all that it does by itself after the one before,
 * and records in which order.
 * A replay is fed from what the engine has told; nothing is asked of the SDK before it is over.
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
  /** Those of them that are no steps, once they are asked for. */
  readonly #passive = new Set<Request>();
  readonly #steps = new Map<TrackedOperation, Request>();
  readonly #history: History;
  readonly #deliveries: Deliveries;
  #ordering = false;
  #holding = false;
  #executing = 0;
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

  /** Something that is recorded was asked for after this point of the code. */
  get behind(): boolean {
    return this.#history.unasked.size > 0;
  }

  /** Feeds what is recorded; to be called once the body has been called. */
  start(): void {
    if (this.#phase === 'live') this.#wake();
    else this.#replay().catch((error: unknown) => this.#block(error));
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
    this.#executing++;
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

  /** Nothing happens any more. */
  close(): void {
    this.#end();
  }

  // What passes between the SDK and the engine

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
      arrivals: () => this.#arrivals(),
      attemptEnded: () => {
        this.#executing--;
      },
      controlEnded: (control) => {
        if (control === 'order') this.#ordering = false;
        if (control === 'hold') this.#holding = false;
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
      // It is durable before the invocation can be suspended, and it says that the code has come here.
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
      // Its end may take a turn of the event loop.
      if (!whole && this.#foreign.pending) await turn();
      if (this.#phase !== 'live') return;
      const next = this.#deliveries.take();
      if (next !== undefined) this.#deliver(next.request, next.outcome, next.at);
      // What steps bring is delivered when it is durable; nothing else is to be seen to for them.
      else if (this.#passive.size === 0) return;
      if (next !== undefined || !whole) {
        whole = next === undefined;
        continue;
      }
      this.#announce();
      if (this.#takeArrival()) continue;
      if (this.#maySuspend && this.#foreign.young && (await this.#foreign.next(GRACE))) continue;
      break;
    }
    if (this.#phase === 'live' && this.#maySuspend) this.#prepareSuspension();
  }

  /** Makes the steps that tell the outside of callbacks that have begun. */
  #announce(): void {
    for (const request of this.#passive) {
      const { operation, announced, plan } = request;
      if (plan.announcement === undefined || announced !== undefined || !operation?.begun) continue;
      if (!this.admits()) return;
      request.announced = this.#calls.step(plan.announcement.name, plan.announcement.body(operation));
    }
  }

  /** As far as we can tell, the SDK has nothing to wait for in this invocation. */
  get #maySuspend(): boolean {
    return this.#executing === 0 && this.#passive.size > 0 && !this.#holding;
  }

  #prepareSuspension(): void {
    if (this.#foreign.young && this.admits()) {
      this.#holding = true;
      this.#calls.control('hold', this.#foreign.calm());
    } else if (this.#lines.unrecorded && this.admits()) {
      this.#calls.control('lines');
    }
  }

  /** What the engine has completed; in a fixed order, since the engine has none. */
  #arrivals(): Request[] {
    if (this.#passive.size === 0) return [];
    const found = [...this.#passive].filter((request) => !request.queued && request.arrived);
    return found.sort((one, other) => (one.arrivedAt ?? 0) - (other.arrivedAt ?? 0));
  }

  /**
   * True if something was delivered. Where the run awaits other things too, the order is made durable first; where the
   * engine might take back what it says, that is.
   */
  #takeArrival(): boolean {
    if (this.#ordering) return false;
    const [first] = this.#arrivals();
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
      // It can't be decoded here; to throw it into the code would send it another way than the first time.
      this.#block(error);
    }
  }

  // Replay

  async #replay(): Promise<void> {
    for (let whole = true; ; ) {
      await (whole ? turn() : drain());
      // Its end may take a turn of the event loop.
      if (!whole && this.#foreign.pending) await turn();
      if (this.#phase !== 'replay') return;
      const decision = this.#history.order.decide(this.#awaited, this.#foreign.pending);
      if (decision.type === 'deliver') this.#deliverRecorded(this.#awaited.get(decision.name)!);
      if (decision.type === 'deliver' || !whole) {
        whole = decision.type !== 'deliver';
        continue;
      }
      const [left] = this.#history.unasked;
      const missing = decision.type === 'missing' ? decision.name : left;
      if (missing === undefined) return this.#goLive();
      // The code may still catch up while it awaits something that isn't recorded.
      if (this.#foreign.young) await this.#foreign.next();
      else return this.#disagree({ recorded: missing, requested: this.#awaited.values() });
    }
  }

  #deliverRecorded(request: Request): void {
    const { operation, outcome, name } = request;
    if (operation?.kind !== 'STEP') {
      if (outcome === undefined) return this.#disagree({ recorded: name, requested: [request] });
      return this.#deliver(request, outcome, this.#history.orderedAt(name) ?? request.arrivedAt);
    }
    const { value, failed, at, as } = operation.recorded();
    if (as !== request.plan.body?.as) return this.#disagree({ recorded: operation, requested: [request] });
    this.#deliver(request, { ok: failed !== true, value }, at);
  }

  /** From now on the SDK is asked: for what is recorded, in the order of its numbers, and for what is new. */
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
