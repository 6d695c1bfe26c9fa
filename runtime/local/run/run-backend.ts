import type {
  Backend,
  CallRecord,
  ChildRequest,
  KeyState,
  Outcome,
  Settle,
  StepRequest,
  Until,
} from '../../port/backend.ts';
import type { RunTrace } from '../../port/tracing.ts';
import { callbackChannel, childChannel, type Mailbox, signalChannel } from '../messages/mailbox.ts';
import type { Pending, Recorder } from './pending.ts';
import { PendingStep } from './pending-step.ts';
import { PendingCallback, PendingChild, PendingMessage, PendingSleep } from './pending-waits.ts';

/** What drives a run, as its backend uses it. */
export interface BackendRun extends Recorder {
  readonly trace: RunTrace | undefined;
  /** The time of the last event that the code learnt of, ms since the epoch. */
  readonly now: number;
  readonly mailbox: Mailbox;
  /** When callbacks expire, by token; ms since the epoch. */
  readonly expiries: ReadonlyMap<string, number>;
  request(pending: Pending): void;
  callOff(key: string): void;
  state(key: string, quiet: boolean): KeyState;
  entered(path: string, fn: string): void;
  admitOutput(): boolean;
  awaitForeign(promise: PromiseLike<unknown>, text?: string): void;
  callsBack(promise: PromiseLike<unknown>): void;
  startChild(child: ChildRequest): Promise<Outcome>;
}

/** The local backend of one run: makes what the code asks for into what its driver waits for. */
export class RunBackend implements Backend {
  readonly #run: BackendRun;

  constructor(run: BackendRun) {
    this.#run = run;
  }

  get runId(): string {
    return this.#run.runId;
  }

  get seed(): string {
    return this.#run.seed;
  }

  get trace(): RunTrace | undefined {
    return this.#run.trace;
  }

  now(): number {
    return this.#run.now;
  }

  step(request: StepRequest, settle: Settle): void {
    this.#run.request(new PendingStep(this.#run, request, settle));
  }

  sleep(key: string, until: Until, settle: Settle): void {
    this.#run.request(new PendingSleep(this.#run, key, until, settle));
  }

  receive(key: string, name: string, timeout: Until | undefined, settle: Settle): void {
    const wait = { key, channel: signalChannel(name), what: `waitFor("${name}")` };
    this.#run.request(new PendingMessage(this.#run, this.#run.mailbox, wait, timeout, settle));
  }

  createCallback(key: string, timeout: Until | undefined, settle: Settle): void {
    this.#run.request(new PendingCallback(this.#run, key, timeout, settle));
  }

  awaitCallback(key: string, token: string, settle: Settle): void {
    const wait = { key, channel: callbackChannel(token), what: `The callback "${key}"` };
    this.#run.request(
      new PendingMessage(this.#run, this.#run.mailbox, wait, this.#run.expiries.get(token), settle),
    );
  }

  startChild(key: string, child: ChildRequest, settle: Settle): void {
    const launch = (request: ChildRequest): Promise<Outcome> => this.#run.startChild(request);
    this.#run.request(new PendingChild(this.#run, key, child, launch, settle));
  }

  awaitChild(key: string, id: string, settle: Settle): void {
    const wait = { key, channel: childChannel(id), what: `The run "${id}"` };
    this.#run.request(new PendingMessage(this.#run, this.#run.mailbox, wait, undefined, settle));
  }

  callOff(key: string): void {
    this.#run.callOff(key);
  }

  state(key: string, quiet: boolean): KeyState {
    return this.#run.state(key, quiet);
  }

  recordCall(key: string, record: CallRecord): void {
    this.#run.record({ type: record, key });
  }

  entered(path: string, fn: string): void {
    this.#run.entered(path, fn);
  }

  admitOutput(): boolean {
    return this.#run.admitOutput();
  }

  awaitForeign(promise: PromiseLike<unknown>, text?: string): void {
    this.#run.awaitForeign(promise, text);
  }

  callsBack(promise: PromiseLike<unknown>): void {
    this.#run.callsBack(promise);
  }
}
