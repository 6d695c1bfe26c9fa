import * as crypto from 'node:crypto';
import { RunConflictError } from '../../base/errors.ts';
import type { StepPolicy } from '../../functions/policy.ts';
import type {
  Backend,
  ChildRequest,
  KeyState,
  Outcome,
  Settle,
  StepRequest,
  Until,
} from '../../port/backend.ts';
import { LineCount } from '../../run/line-count.ts';
import { conclude, DONE, failure, timedOut } from '../../run/outcome.ts';
import { encode } from '../../values/codec.ts';
import { OperationCalls } from './calls.ts';
import { childEvent, readError, readValue } from './envelopes.ts';
import { ForeignPromises } from './foreign.ts';
import { LIMITS, payloadTooLarge, STAMP_BYTES, sizeOf } from './limits.ts';
import { operationName } from './names.ts';
import { type Operations, type TrackedOperation, timeOf } from './operations.ts';
import { Pump, type Receiver } from './pump.ts';
import { noHook, noTarget, sharedId, tooLong } from './refusals.ts';
import type { RequestPlan, StepBody } from './requests.ts';
import type { DurableContext, LambdaSdk } from './sdk.ts';

/** What a run finds out about its surroundings by its options. */
export interface RunSettings {
  readonly stepPolicy: StepPolicy | undefined;
  readonly secret: string;
  /** In ms. */
  readonly foreignPatience: number;
  /** In ms. */
  readonly shortWait: number;
  readonly onWaitFor: ((name: string, token: string, run: { readonly id: string }) => unknown) | undefined;
  /** The Lambda function that runs the durable function with this id. */
  target(fn: string): string | undefined;
}

/** What the engine counts in, in ms. */
const SECOND = 1000;

/** One invocation of one execution, as a backend. */
export class LambdaRun implements Backend {
  readonly runId: string;
  readonly seed: string;
  readonly stepPolicy: StepPolicy | undefined;
  readonly pump: Pump;
  readonly #settings: RunSettings;
  readonly #calls: OperationCalls;
  readonly #foreign: ForeignPromises;
  readonly #lines = new LineCount();
  readonly #startedAt: number;
  /** The keys of the requests that made a callback, and started a run, by its token or id. */
  readonly #makers = new Map<string, string>();
  /** The durable functions of the runs that were started, by their ids. */
  readonly #children = new Map<string, string>();
  #over = false;

  /** To be made where the SDK calls the handler. */
  constructor(
    runId: string,
    engine: { readonly sdk: LambdaSdk; readonly context: DurableContext; readonly operations: Operations },
    receiver: Receiver,
    settings: RunSettings,
  ) {
    const { sdk, context, operations } = engine;
    const { definition } = receiver;
    this.runId = runId;
    this.seed = crypto.hash('sha256', `use-durable\0${settings.secret}\0${runId}`, 'hex');
    this.stepPolicy = settings.stepPolicy;
    this.#settings = settings;
    this.#foreign = new ForeignPromises(settings.foreignPatience);
    this.#startedAt = timeOf(operations.execution?.StartTimestamp) ?? 0;
    const run = this;
    this.#calls = new OperationCalls(sdk, context, operations, {
      classes: definition.classes,
      get ended() {
        return run.pump.ended;
      },
      began: () => this.pump.began(),
    });
    this.pump = new Pump(receiver, operations, this.#calls, {
      foreign: this.#foreign,
      lines: this.#lines,
      startedAt: this.#startedAt,
    });
  }

  /** The function has returned or thrown. False if the recorded operations don't fit that. */
  finish(): boolean {
    this.#over = this.pump.finish();
    return this.#over;
  }

  now(): number {
    return this.pump.now;
  }

  step(request: StepRequest, settle: Settle): void {
    const { key } = request;
    this.pump.request({
      key,
      settle,
      noun: 'step',
      kinds: ['STEP'],
      body: request,
      begin: (name) => this.#calls.step(name, request),
    });
  }

  sleep(key: string, until: Until, settle: Settle): void {
    let due: number | undefined;
    const left = (): number => {
      due ??= until(Date.now());
      return due - Date.now();
    };
    // A wait that is too long ends as a step that fails, so that the failure has its place in the order.
    const body: StepBody = {
      key,
      as: 'wait',
      atMostOnce: false,
      execute: (_, done) => {
        const ms = left();
        if (ms > LIMITS.wait * SECOND) done(failure(tooLong(`wait "${key}"`)));
        else setTimeout(() => done(DONE), Math.max(0, ms));
      },
    };
    this.pump.request({
      key,
      settle,
      noun: 'the wait',
      kinds: ['WAIT', 'STEP'],
      body,
      // The clocks of the engine and of this machine may differ: a wait is as long by the clock of the run as by theirs.
      notBefore: until(this.now()),
      begin: (name) => {
        const ms = left();
        if (ms < this.#settings.shortWait || ms > LIMITS.wait * SECOND) return this.#calls.step(name, body);
        return this.#calls.wait(name, Math.max(1, Math.ceil(ms / SECOND)));
      },
      arrival: ({ over }) => (over ? DONE : undefined),
    });
  }

  receive(key: string, name: string, timeout: Until | undefined, settle: Settle): void {
    const { onWaitFor } = this.#settings;
    const what = `waitFor("${name}")`;
    if (onWaitFor === undefined) return this.#refuse(key, settle, noHook(name));
    this.#callback(key, timeout, settle, {
      noun: 'the signal',
      arrival: (operation, late) => arrivalOf(operation, what, late),
      announcement: {
        name: operationName(`${key}:announce`),
        body: ({ callbackId }) => ({
          key: `${key}:announce`,
          atMostOnce: false,
          execute: (_, done) => {
            const announce = async (): Promise<void> => {
              await onWaitFor(name, callbackId ?? '', { id: this.runId });
            };
            conclude(announce, 'onWaitFor', undefined, encode, done);
          },
        }),
      },
    });
  }

  createCallback(key: string, timeout: Until | undefined, settle: Settle): void {
    this.#callback(key, timeout, settle, {
      noun: 'the callback',
      atBeginning: true,
      arrival: ({ callbackId }) => {
        if (callbackId === undefined) return undefined;
        this.#makers.set(callbackId, key);
        return { ok: true, value: encode(callbackId, 'token') as string };
      },
    });
  }

  awaitCallback(key: string, token: string, settle: Settle): void {
    const arrival = (operation: TrackedOperation, late: boolean) => arrivalOf(operation, 'callback', late);
    this.#await(key, token, settle, 'the result', { kinds: ['CALLBACK'], arrival });
  }

  startChild(key: string, { id, fn, input }: ChildRequest, settle: Settle): void {
    const started = this.#children.get(id);
    if (started === fn) return this.#await(key, id, settle, 'the start of another run by', startOf);
    if (started !== undefined) return this.#refuse(key, settle, new RunConflictError(id, started, fn));
    if (!id.startsWith(this.runId)) return this.#refuse(key, settle, sharedId(id));
    const target = this.#settings.target(fn);
    if (target === undefined) return this.#refuse(key, settle, noTarget(fn));
    const event = childEvent(fn, input);
    const bytes = sizeOf(JSON.stringify(event));
    if (bytes > LIMITS.payload - STAMP_BYTES) {
      const what = `list of arguments of the run "${id}"`;
      return this.#refuse(key, settle, payloadTooLarge(what, bytes, LIMITS.payload));
    }
    this.#makers.set(id, key);
    this.#children.set(id, fn);
    this.pump.request({
      key,
      settle,
      noun: 'the start of another run by',
      ...startOf,
      // Another deployment may have known no target.
      kinds: ['CHAINED_INVOKE', 'STEP'],
      body: refusal(key, noTarget(fn)),
      begin: (name) => this.#calls.invoke(name, target, event),
    });
  }

  awaitChild(key: string, id: string, settle: Settle): void {
    const arrival = ({ over, status, state }: TrackedOperation): Outcome | undefined => {
      if (!over) return undefined;
      const details = state?.ChainedInvokeDetails;
      if (status === 'SUCCEEDED') return readValue(details?.Result, `result of run "${id}"`);
      return readError(details?.Error, `The run "${id}" ended as ${status}.`);
    };
    this.#await(key, id, settle, 'the result', { kinds: ['CHAINED_INVOKE'], arrival });
  }

  /** What has no operation was no step, or is not known to have begun: the call may be made again, in its place. */
  state(key: string): KeyState {
    if (this.pump.ended) return this.#over ? 'plain' : 'recorded';
    return this.pump.knows(operationName(key)) ? 'recorded' : 'live';
  }

  recordCall(): void {}

  admitOutput(): boolean {
    return this.#lines.admit(this.pump.behind);
  }

  awaitForeign(promise: PromiseLike<unknown>): void {
    this.#foreign.add(promise);
  }

  #callback(
    key: string,
    timeout: Until | undefined,
    settle: Settle,
    rest: Pick<RequestPlan, 'noun' | 'arrival' | 'atBeginning' | 'announcement'>,
  ): void {
    this.pump.request({
      key,
      settle,
      kinds: ['CALLBACK', 'STEP'],
      body: refusal(key, tooLong(`timeout of "${key}"`)),
      begin: (name) => {
        if (timeout === undefined) return this.#calls.callback(name, undefined);
        const seconds = Math.max(1, Math.ceil((timeout(Date.now()) - Date.now()) / SECOND));
        if (seconds > LIMITS.wait)
          return this.#calls.step(name, refusal(key, tooLong(`timeout of "${key}"`)));
        return this.#calls.callback(name, seconds);
      },
      ...rest,
    });
  }

  /** Something that is known of the operation of an earlier request: of the one that made this token or id. */
  #await(
    key: string,
    made: string,
    settle: Settle,
    noun: string,
    rest: Pick<RequestPlan, 'kinds' | 'arrival' | 'atBeginning'>,
  ): void {
    const maker = this.#makers.get(made);
    const on = maker === undefined ? undefined : operationName(maker);
    this.pump.request({ key, settle, noun, on, ...rest });
  }

  /** Something that can't be done: a step that fails, so that the failure has its place in the order. */
  #refuse(key: string, settle: Settle, error: Error): void {
    const body = refusal(key, error);
    this.pump.request({
      key,
      settle,
      noun: 'step',
      kinds: ['STEP'],
      body,
      begin: (name) => this.#calls.step(name, body),
    });
  }
}

const refusal = (key: string, error: Error): StepBody => ({
  key,
  as: 'refusal',
  atMostOnce: false,
  execute: (_, done) => done(failure(error)),
});

function arrivalOf(operation: TrackedOperation, what: string, late: boolean): Outcome | undefined {
  const { over, status, state } = operation;
  if (!over) return undefined;
  if (late) return timedOut(`The ${what} took longer than it may.`);
  const details = state?.CallbackDetails;
  if (status === 'SUCCEEDED') return readValue(details?.Result, what);
  return readError(details?.Error, `The ${what} ended as ${status}.`);
}

/** That a run has been started; the time of its end is not that of the start. */
const startOf: Pick<RequestPlan, 'kinds' | 'arrival' | 'atBeginning'> = {
  kinds: ['CHAINED_INVOKE'],
  atBeginning: true,
  arrival: ({ begun }) => (begun ? DONE : undefined),
};
