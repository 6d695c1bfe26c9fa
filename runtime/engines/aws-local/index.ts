/**
 * `use-durable/aws-local`: handlers written by hand against the AWS SDK (`withDurableExecution`, `context.step`,
 * `context.wait`) on one machine, without AWS. Their executions are kept in a store, and resume after a crash.
 */

import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import {
  MisuseError,
  RunConflictError,
  RuntimeClosedError,
  StoreError,
  UnknownFunctionError,
} from '../../base/errors.ts';
import { executionElsewhere, executionRemoved, handlersMissing } from '../../base/messages/aws.ts';
import { checkName } from '../../base/name-checks.ts';
import { checkNames } from '../../base/option-checks.ts';
import { JOURNAL_VERSION, type RunEnded } from '../../journal/events.ts';
import type { Claim, Claimant } from '../../stores/claims.ts';
import type { Store } from '../../stores/store.ts';
import { encode } from '../../values/codec.ts';
import type { LambdaHandler } from '../aws-lambda/handler.ts';
import type { ErrorObject } from '../aws-lambda/sdk.ts';
import { loadSdk } from '../aws-lambda/sdk.ts';
import { ExecutionFailedError, LocalExecution, type Machine, readEnd } from './execution.ts';
import type { OrdinaryHandler } from './ordinary.ts';

export { ExecutionFailedError } from './execution.ts';
export type { OrdinaryHandler } from './ordinary.ts';

export interface LocalLambdaOptions {
  /** Where executions are kept: `memoryStore()`, `fileStore(path)`. */
  readonly store: Store;
  /**
   * The handlers, by the names under which they are started and under which `context.invoke` finds them: durable ones, and
   * ordinary functions, which are called with their event, for their value.
   */
  readonly functions: Readonly<Record<string, LambdaHandler | OrdinaryHandler>>;
}

export interface ExecutionHandle {
  readonly id: string;
  /** What the handler returned; rejects with ExecutionFailedError if the execution failed. */
  result(): Promise<unknown>;
}

/** Runs executions of hand-written handlers on this machine. */
export interface LocalLambda {
  /** Starts an execution; the same id twice is the same execution. */
  start(fn: string, event: unknown, options?: { readonly id?: string }): Promise<ExecutionHandle>;
  /** Goes on with the executions that other processes have left. */
  recover(): Promise<readonly ExecutionHandle[]>;
  /**
   * Completes a callback by its text from `context.createCallback`.
   *
   * @returns false if nothing waits for it any more
   */
  completeCallback(callbackId: string, result?: string): Promise<boolean>;
  /** Fails a callback. */
  failCallback(callbackId: string, error: ErrorObject): Promise<boolean>;
  /** Waits for the running invocations. The executions resume after a later `recover`. */
  close(): Promise<void>;
}

/** @throws MisuseError without functions */
export function createLocalLambda(options: LocalLambdaOptions): LocalLambda {
  checkNames('createLocalLambda', options, ['store', 'functions']);
  const handlers = Object.values(options.functions ?? {});
  if (handlers.length === 0 || handlers.some((handler) => typeof handler !== 'function')) {
    throw new MisuseError(handlersMissing());
  }
  return new Lambda(options);
}

interface Driven {
  readonly execution: LocalExecution;
  /** Undefined if it was closed before. */
  readonly end: Promise<RunEnded | undefined>;
}

const PREFIX = 'lambda:';
/**
 * The lease of a process. After this time others may take its executions, if they can't see whether it has died. It is renewed
 * three times in that time.
 */
const LEASE_MS = 30_000;

class Lambda implements LocalLambda {
  readonly #store: Store;
  readonly #functions: Readonly<Record<string, LambdaHandler | OrdinaryHandler>>;
  readonly #worker: string;
  readonly #host = hostname();
  readonly #heartbeat: NodeJS.Timeout;
  /** From the moment on when they are claimed. */
  readonly #driven = new Map<string, Promise<Driven>>();
  #closed = false;

  constructor({ store, functions }: LocalLambdaOptions) {
    this.#store = store;
    this.#functions = functions;
    this.#worker = `${this.#host}:${process.pid}:${randomUUID()}`;
    this.#heartbeat = setInterval(() => void this.#renew(), LEASE_MS / 3).unref();
  }

  get #claimant(): Claimant {
    return { worker: this.#worker, pid: process.pid, host: this.#host, leaseUntil: Date.now() + LEASE_MS };
  }

  async #renew(): Promise<void> {
    try {
      await this.#store.renew(this.#claimant);
    } catch {
      // The next beat tries again; a store that stays broken shows when an execution is written.
    }
  }

  async start(
    fn: string,
    event: unknown,
    { id = randomUUID() }: { readonly id?: string } = {},
  ): Promise<ExecutionHandle> {
    checkName('start: the id of an execution', id);
    await this.#begin(fn, id, JSON.stringify(event));
    return this.#handle(id);
  }

  async recover(): Promise<readonly ExecutionHandle[]> {
    if (this.#closed) throw new RuntimeClosedError();
    const fns = Object.keys(this.#functions).map((name) => PREFIX + name);
    const claims = await this.#store.claim(this.#claimant, { fns });
    // All at once: one of them may invoke another.
    await Promise.all(claims.map((claim) => this.#drive(claim)));
    return claims.map(({ runId }) => this.#handle(runId));
  }

  completeCallback(callbackId: string, result?: string): Promise<boolean> {
    return this.#complete(callbackId, { ok: true, value: encode(result, 'result') as string });
  }

  failCallback(callbackId: string, error: ErrorObject): Promise<boolean> {
    return this.#complete(callbackId, { ok: false, value: encode(error, 'error') as string });
  }

  async close(): Promise<void> {
    this.#closed = true;
    clearInterval(this.#heartbeat);
    const driven = [...this.#driven.values()].map(async (launched) => {
      const { execution, end } = await launched;
      execution.close();
      await end;
    });
    await Promise.allSettled(driven);
    await this.#store.release(this.#worker);
  }

  async #complete(
    token: string,
    outcome: { readonly ok: boolean; readonly value: string },
  ): Promise<boolean> {
    return (await this.#store.complete(token, outcome, Date.now())) === 'completed';
  }

  async #begin(fn: string, id: string, payload: string | undefined): Promise<void> {
    if (this.#closed) throw new RuntimeClosedError();
    this.#handlerOf(id, PREFIX + fn);
    const started = {
      type: 'run-started',
      version: JOURNAL_VERSION,
      fn: PREFIX + fn,
      input: encode(payload, 'event') as string,
      seed: '',
      at: Date.now(),
    } as const;
    const made = await this.#store.create(id, started, this.#claimant);
    if (made === null) {
      const record = await this.#store.record(id);
      if (record !== undefined && record.fn !== started.fn) {
        throw new RunConflictError(id, record.fn, started.fn);
      }
    }
    // It may be one of those that `recover` is just taking up.
    if (this.#driven.has(id)) return;
    const claims = made === null ? await this.#store.claim(this.#claimant, { only: id }) : [made];
    if (claims[0] !== undefined) await this.#drive(claims[0]);
  }

  async #drive(claim: Claim): Promise<void> {
    const launched = this.#launch(claim);
    this.#driven.set(claim.runId, launched);
    await launched;
  }

  async #launch(claim: Claim): Promise<Driven> {
    const sdk = await loadSdk();
    const run = await this.#store.load(claim.runId);
    if (run === undefined) throw new StoreError(executionRemoved(claim.runId));
    const machine: Machine = {
      sdk,
      store: this.#store,
      worker: this.#worker,
      invoke: async (fn, id, payload) => {
        await this.#begin(fn, id, payload);
        return readEnd(await this.#endOf(id));
      },
    };
    const execution = new LocalExecution(
      machine,
      this.#handlerOf(claim.runId, run.record.fn),
      claim,
      run.events,
    );
    const end = execution.drive().catch(async (error: unknown) => {
      await this.#store.block(claim, String(error));
      throw error;
    });
    end.catch(() => {});
    return { execution, end };
  }

  #handlerOf(id: string, fn: string): LambdaHandler | OrdinaryHandler {
    const name = fn.slice(PREFIX.length);
    const handler = Object.hasOwn(this.#functions, name) ? this.#functions[name] : undefined;
    if (handler === undefined) throw new UnknownFunctionError(id, fn);
    return handler;
  }

  #handle(id: string): ExecutionHandle {
    return {
      id,
      result: async () => {
        const { result, error } = readEnd(await this.#endOf(id));
        if (error !== undefined) throw new ExecutionFailedError(error);
        return result === undefined ? undefined : JSON.parse(result);
      },
    };
  }

  /** How an execution ended that this process drives, or that has ended. */
  async #endOf(id: string): Promise<RunEnded> {
    const end = await (await this.#driven.get(id))?.end;
    if (end !== undefined) return end;
    const recorded = await this.#store.ended(id);
    if (recorded !== undefined) return recorded;
    if (this.#driven.has(id)) throw new RuntimeClosedError();
    throw new MisuseError(executionElsewhere(id));
  }
}
