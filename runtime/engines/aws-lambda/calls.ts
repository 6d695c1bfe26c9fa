import { AsyncLocalStorage } from 'node:async_hooks';
import { asError } from '../../base/error-text.ts';
import { operationNotAsked, operationOfType } from '../../base/messages/aws.ts';
import type { Attempt, Outcome } from '../../port/backend.ts';
import { endInterrupted, failure } from '../../run/outcome.ts';
import type { ClassScope } from '../../values/classes.ts';
import { decodeError } from '../../values/codec.ts';
import { LIMITS, payloadTooLarge, STAMP_BYTES, sizeOf } from './limits.ts';
import { CONTROL, type Control } from './names.ts';
import { type OperationKind, type Operations, TrackedOperation } from './operations.ts';
import type { StepBody } from './requests.ts';
import type { DurableContext, LambdaSdk, StepConfig } from './sdk.ts';

/** What the calls have to know of their run. */
export interface Caller {
  readonly classes: ClassScope | undefined;
  /** Nobody waits for anything any more. */
  readonly ended: boolean;
  /** An attempt of a step has begun. */
  began(): void;
}

/** The policy of the step wants another attempt. */
class RetryWanted extends Error {
  readonly seconds: number;
  constructor(name: string, message: string, retryIn: number) {
    super(message);
    this.name = name;
    // The engine counts in whole seconds, and at least one.
    this.seconds = Math.max(1, Math.ceil(retryIn / 1000));
  }
}

const asItIs = {
  serialize: (value: string | undefined) => Promise.resolve(value),
  deserialize: (data: string | undefined) => Promise.resolve(data),
};

const stepConfig: StepConfig<string> = {
  serdes: asItIs,
  retryStrategy: (error) =>
    error instanceof RetryWanted
      ? { shouldRetry: true, delay: { seconds: error.seconds } }
      : { shouldRetry: false },
};

/**
 * All calls of the SDK, all on the root context, which numbers operations in the order of the calls. Recorded operations are
 * requested again in the order of their numbers, and new ones after them.
 */
export class OperationCalls {
  readonly #sdk: LambdaSdk;
  readonly #context: DurableContext;
  readonly #operations: Operations;
  readonly #caller: Caller;
  readonly #configs: { readonly atLeastOnce: StepConfig<string>; readonly atMostOnce: StepConfig<string> };
  /** The SDK refuses calls of its root context that come from within a step, and many of ours do. */
  readonly #inRoot = AsyncLocalStorage.snapshot();

  /** To be made where the SDK calls the handler. */
  constructor(sdk: LambdaSdk, context: DurableContext, operations: Operations, caller: Caller) {
    this.#sdk = sdk;
    this.#context = context;
    this.#operations = operations;
    this.#caller = caller;
    const { AtLeastOncePerRetry, AtMostOncePerRetry } = sdk.StepSemantics;
    this.#configs = {
      atLeastOnce: { ...stepConfig, semantics: AtLeastOncePerRetry },
      atMostOnce: { ...stepConfig, semantics: AtMostOncePerRetry },
    };
  }

  /** A new step. Its body is called before this returns, unless its start has to be durable first. */
  step(name: string, body: StepBody): TrackedOperation {
    const operation = this.#add(name, 'STEP');
    const begun = body.atMostOnce ? undefined : this.#attempt(operation, body, 1);
    this.#ask(operation, body, body.atMostOnce, begun);
    return operation;
  }

  /** A new operation of our own, over when `work` is. */
  control(kind: Control, work?: Promise<unknown>): TrackedOperation {
    const operation = this.#add(CONTROL[kind], 'STEP');
    this.#askControl(operation, work);
    return operation;
  }

  wait(name: string, seconds: number): TrackedOperation {
    const operation = this.#add(name, 'WAIT');
    this.#askWait(name, seconds);
    return operation;
  }

  callback(name: string, seconds: number | undefined): TrackedOperation {
    const operation = this.#add(name, 'CALLBACK');
    this.#askCallback(name, seconds);
    return operation;
  }

  invoke(name: string, target: string, input: unknown): TrackedOperation {
    const operation = this.#add(name, 'CHAINED_INVOKE');
    this.#askInvoke(name, target, input);
    return operation;
  }

  /** Asks for what is recorded at the next position. `body` is what it is a step of, if it is one. */
  adopt(operation: TrackedOperation, body: StepBody | undefined): void {
    const { name, kind, status, control } = operation;
    switch (kind) {
      case 'STEP': {
        if (control !== undefined || operation.over) return this.#askControl(operation, undefined);
        if (body === undefined) throw new TypeError(operationNotAsked(name));
        // The start of a further attempt is durable before the body is called, in case it is called at most once.
        this.#ask(operation, body, status !== 'STARTED', undefined);
        return;
      }
      case 'WAIT':
        this.#askWait(name, 1);
        return;
      case 'CALLBACK':
        this.#askCallback(name, undefined);
        return;
      case 'CHAINED_INVOKE':
        this.#askInvoke(name, 'recorded', null);
        return;
      default:
        throw new TypeError(operationOfType(kind));
    }
  }

  #add(name: string, kind: OperationKind): TrackedOperation {
    const operation = new TrackedOperation(name, kind);
    this.#operations.add(operation);
    return operation;
  }

  #ask(
    operation: TrackedOperation,
    body: StepBody,
    startFirst: boolean,
    begun: Promise<string> | undefined,
  ): void {
    const { name } = operation;
    const lost = body.atMostOnce && operation.status === 'STARTED';
    let first = lost
      ? this.#attempt(operation, { ...body, execute: (_, done) => endInterrupted(body, done) }, 1)
      : begun;
    const { atMostOnce, atLeastOnce } = this.#configs;
    const attempt = ({ attempt }: { readonly attempt: number }): Promise<string> => {
      if (this.#caller.ended) return new Promise(ignore);
      const result = first ?? this.#attempt(operation, body, attempt);
      first = undefined;
      return result;
    };
    this.#inRoot(() => void this.#context.step(name, attempt, startFirst ? atMostOnce : atLeastOnce));
  }

  #askControl(operation: TrackedOperation, work: Promise<unknown> | undefined): void {
    const body = async (): Promise<string> => {
      await work;
      return '';
    };
    const config: StepConfig<string> = { serdes: asItIs, retryStrategy: () => ({ shouldRetry: false }) };
    this.#inRoot(() => void this.#context.step(operation.name, body, config));
  }

  #askWait(name: string, seconds: number): void {
    this.#inRoot(() => observe(this.#context.wait(name, { seconds })));
  }

  #askInvoke(name: string, target: string, input: unknown): void {
    this.#inRoot(() => observe(this.#context.invoke(name, target, input)));
  }

  #askCallback(name: string, seconds: number | undefined): void {
    const config = seconds === undefined ? {} : { timeout: { seconds } };
    this.#inRoot(() =>
      this.#context.createCallback(name, config).then(([result]) => observe(result), ignore),
    );
  }

  /** Calls the body. What comes of it is what the SDK is to record; nothing does once the run is over. */
  #attempt(operation: TrackedOperation, body: StepBody, attempt: number): Promise<string> {
    this.#caller.began();
    const result = new Promise<string>((resolve, reject) => {
      body.execute(attempt, (outcome) => {
        if (this.#caller.ended) return;
        const error = this.#take(operation, body.key, outcome);
        if (error === undefined) return resolve(operation.outcome?.value ?? '');
        reject(error);
        // The SDK may not have awaited it yet.
        queueMicrotask(() => result.catch(ignore));
      });
    });
    return result;
  }

  /** Keeps the end of an attempt. Returns the error to throw to the SDK. */
  #take(operation: TrackedOperation, key: string, outcome: Attempt): Error | undefined {
    const { ok, value, retryIn } = outcome;
    if (!ok && retryIn !== undefined) {
      const { name, message } = this.#describe(value);
      return new RetryWanted(name, message, retryIn);
    }
    const final = fitting(key, outcome);
    operation.outcome = final;
    if (final.ok || sizeOf(final.value) > LIMITS.error - ERROR_BYTES) return undefined;
    return new this.#sdk.StepError(this.#describe(final.value).message, undefined, final.value);
  }

  /** What people see of an error in the history of the execution. */
  #describe(value: string): { readonly name: string; readonly message: string } {
    return describeError(value, this.#caller.classes);
  }
}

/** The rest of an error object: its name, its message and what we add. */
const ERROR_BYTES = 4 * 1024;
const MESSAGE_LENGTH = 1024;

export function describeError(
  value: string,
  classes: ClassScope | undefined,
): { readonly name: string; readonly message: string } {
  let error: unknown;
  try {
    error = decodeError(value, classes);
  } catch (unreadable) {
    error = unreadable;
  }
  const { name, message } = asError(error);
  return { name: String(name).slice(0, 256), message: message.slice(0, MESSAGE_LENGTH) };
}

function fitting(key: string, outcome: Outcome): Outcome {
  const bytes = sizeOf(outcome.value);
  if (bytes <= LIMITS.payload - STAMP_BYTES) return outcome;
  return failure(
    payloadTooLarge(`${outcome.ok ? 'result' : 'error'} of step "${key}"`, bytes, LIMITS.payload),
  );
}

/** The SDK checks whether something awaits an operation. Its promises say no more than the checkpoints do. */
function observe(promise: PromiseLike<unknown>): void {
  promise.then(ignore, ignore);
}

function ignore(): void {}
