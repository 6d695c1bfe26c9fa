import type { AttributeEdits } from '../../base/attributes.ts';
import { RuntimeClosedError, StoreError } from '../../base/errors.ts';
import { findDefinition } from '../../functions/definitions.ts';
import type { CodeVersions } from '../../journal/code-versions.ts';
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
import type { ForeignAwaitGrace } from './foreign-await-grace.ts';
import type { Pending, Recorder } from './pending.ts';
import { PendingStep } from './pending-step.ts';
import { PendingCallback, PendingChild, PendingMessage, PendingSleep } from './pending-waits.ts';
import type { PrintedLines } from './printed-lines.ts';
import type { Requests } from './requests.ts';

/** A run, as its backend needs it. */
export interface BackendRun extends Recorder {
  readonly trace: RunTrace | undefined;
  readonly code: CodeVersions;
  readonly mailbox: Mailbox;
  readonly requests: Requests;
  readonly lines: PrintedLines;
  readonly grace: ForeignAwaitGrace;
  request(pending: Pending): void;
  state(key: string, quiet: boolean): KeyState;
  since(name: string): boolean;
  setAttributes(changes: AttributeEdits): void;
  /** The store can't be written. */
  failed(error: StoreError): void;
  /** The run can't resume in this process. */
  block(error: unknown): void;
}

/** The local backend of one run: turns calls of the code into requests. */
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
    return this.#run.requests.now;
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
      new PendingMessage(this.#run, this.#run.mailbox, wait, this.#run.requests.expiries.get(token), settle),
    );
  }

  startChild(key: string, child: ChildRequest, settle: Settle): void {
    const launch = (request: ChildRequest): Promise<Outcome> => this.#startChild(request);
    this.#run.request(new PendingChild(this.#run, key, child, launch, settle));
  }

  awaitChild(key: string, id: string, settle: Settle): void {
    const wait = { key, channel: childChannel(id), what: `The run "${id}"` };
    this.#run.request(new PendingMessage(this.#run, this.#run.mailbox, wait, undefined, settle));
  }

  callOff(key: string): void {
    this.#run.requests.pending.take(key)?.callOff();
  }

  state(key: string, quiet: boolean): KeyState {
    return this.#run.state(key, quiet);
  }

  recordCall(key: string, record: CallRecord): void {
    this.#run.record({ type: record, key });
  }

  entered(path: string, fn: string): void {
    const definition = findDefinition(fn);
    if (definition === undefined) return;
    this.#run.code.enter(path, definition);
    this.#run.services.manifests.note(definition);
  }

  versionFor(fn: string): string | undefined {
    return this.#run.code.versionFor(fn);
  }

  since(name: string): boolean {
    return this.#run.since(name);
  }

  setAttributes(changes: AttributeEdits): void {
    this.#run.setAttributes(changes);
  }

  admitOutput(): boolean {
    return this.#run.lines.admit();
  }

  awaitForeign(promise: PromiseLike<unknown>, text?: string): void {
    this.#run.grace.watch(promise, text);
    this.#run.services.hooks.foreign?.(promise);
  }

  callsBack(promise: PromiseLike<unknown>): void {
    this.#run.grace.watchCaller(promise);
    this.#run.services.hooks.foreign?.(promise);
  }

  /** Never settles if the run has to stop. */
  #startChild(child: ChildRequest): Promise<Outcome> {
    const run = this.#run;
    const start = (): Promise<Outcome> => run.services.startChild(child, run.runId);
    const started = run.trace === undefined ? start() : run.trace.within(start);
    return started.catch((error: unknown) => {
      if (error instanceof StoreError) run.failed(error);
      else if (!(error instanceof RuntimeClosedError)) run.block(error);
      return new Promise<never>(() => {});
    });
  }
}
