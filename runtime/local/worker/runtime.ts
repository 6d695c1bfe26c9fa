import { randomUUID } from 'node:crypto';
import { type Duration, parseDuration, parseSpan } from '../../base/durations.ts';
import { CallbackError, MisuseError } from '../../base/errors.ts';
import {
  acceptNoVersion,
  argumentsNoArray,
  closeStoreInvalid,
  closeTimeoutInvalid,
  forkFromNoKey,
  functionNotDurable,
  listCursorInvalid,
  listFnInvalid,
  listLimitInvalid,
  listStatusUnknown,
  pruneDateInvalid,
  rerunFromOfUnended,
  rerunUnderSameId,
  resumeOfCompleted,
  runIdNoString,
  runNotFound,
  tokenNoString,
  versionsOfNoId,
} from '../../base/messages/runs.ts';
import { checkName } from '../../base/name-checks.ts';
import { checkNames } from '../../base/option-checks.ts';
import {
  compiledDefinition,
  type Definition,
  findDefinition,
  idsOf,
  isLoaded,
  unknownFunction,
} from '../../functions/definitions.ts';
import { encodeInput } from '../../functions/input.ts';
import type { ForkOptions } from '../../journal/fork.ts';
import type { ResumeOptions } from '../../journal/rewind.ts';
import type { RuntimeEvent, RuntimeEventType } from '../../observe/runtime-events.ts';
import {
  type Completed,
  hasEnded,
  type ListFilter,
  type RunRecord,
  type RunStatus,
} from '../../stores/store.ts';
import { encode, encodeError } from '../../values/codec.ts';
import { assertFits } from '../commit/sizes.ts';
import { type Handle, RunHandle } from './handle.ts';
import { type CloseOptions, checkOptions, type RuntimeOptions, type StartOptions } from './options.ts';
import { pruneBefore } from './retention.ts';
import type { Schedule, ScheduleTimes } from './schedules.ts';
import type { StartRequest } from './starting.ts';
import type { VersionInUse } from './versions.ts';
import { LocalWorker } from './worker.ts';

/** Options of `rerun`: those of a new run, or with `from` those of `fork`. */
export type RerunOptions = Pick<StartOptions, 'id' | 'timeout'> &
  Partial<Pick<ForkOptions, 'from' | 'forget'>>;

export interface Runtime {
  /**
   * Starts a run. If a run with this id exists, nothing is started: the handle belongs to that run, which is resumed if no
   * worker drives it. Its arguments are those of the first start.
   *
   * Rejects with NotCompiledError, SerializationError (arguments), RunConflictError (the id belongs to another function),
   * RuntimeClosedError, StoreError.
   */
  start<A extends unknown[], R>(
    fn: (...args: A) => R,
    args: A,
    options?: StartOptions,
  ): Promise<Handle<Awaited<R>>>;
  get(id: string): Promise<Handle | undefined>;
  /**
   * Completes the callback with this token, once; any process with the store may do that.
   *
   * Rejects with CallbackError if the token is unknown, was used, or its time is over, and with SerializationError.
   */
  complete(token: string, value?: unknown): Promise<void>;
  /** Fails the callback with this token, once: its `result()` rejects with the error. Rejects as `complete`. */
  fail(token: string, error: unknown): Promise<void>;
  list(filter?: ListFilter): Promise<readonly RunRecord[]>;
  /**
   * Resumes all unfinished runs that no worker drives, blocked ones included, except those in a crash loop. Resolves with their
   * handles once they are under way, or wait in the store for room or for their turn. Runs whose function isn't loaded are
   * blocked with UnknownFunctionError.
   */
  recover(): Promise<readonly Handle[]>;
  /**
   * Starts a run anew: another run of the same function with the same arguments, and as much time. The old one stays as
   * it is. With `from`, the new run keeps what the old one, which must have ended, had recorded before that key: see `fork`.
   *
   * Rejects with MisuseError if there is no such run, and as `start` and `fork`.
   */
  rerun(id: string, options?: RerunOptions): Promise<Handle>;
  /**
   * Starts a run that begins as another one did: it keeps what that had recorded before the first event of the key `from`, and goes
   * on from there by itself. The other one, whatever its status is, stays as it is.
   *
   * Rejects with MisuseError if there is no such run or key, if the id is taken, if a callback or another run is open before the key,
   * or if the run went on after a failure behind the key, as by a cleanup (see `forget`).
   */
  fork(id: string, options: ForkOptions): Promise<Handle>;
  /**
   * Resumes a run from its journal: a blocked one as it is, also one that was blocked because its workers died; a failed or
   * cancelled one from before the last step that failed, which is called again (if none failed, from its last event).
   * Everything recorded before that stays recorded and isn't done again; signals that were received since are received again.
   * With `accept`, a run that is blocked because its code was changed goes on in the order of the new code.
   *
   * A run whose function isn't loaded here is left to the workers that have loaded it.
   *
   * Rejects with MisuseError if there is no such run, it has completed, its time is over, or it did other things since, such as
   * a cleanup, that it would forget (see `forget`).
   */
  resume(id: string, options?: ResumeOptions): Promise<Handle>;
  /**
   * Starts runs of a function by the clock, from now on and after every restart of a process that calls this again. A run's
   * id is the name and its due time: `nightly@2027-01-01T03:00:00.000Z`. If due times were missed while no process ran,
   * one run makes up for them; several processes may keep the same schedule, and each run is started once.
   *
   * Rejects with MisuseError for a name that is taken, a cron expression or a time zone that is none, a day that never comes
   * (`0 0 30 2 *`), and as `start`.
   */
  schedule<A extends unknown[]>(
    name: string,
    times: ScheduleTimes,
    fn: (...args: A) => unknown,
    args: A,
  ): Promise<Schedule>;
  /**
   * Which versions of the code the unfinished runs execute, by function. The function of a version that isn't among them, and isn't the
   * newest, can go.
   *
   * @param fn the id of a function; default: all of them
   */
  versions(fn?: string): Promise<readonly VersionInUse[]>;
  /**
   * Removes runs that ended longer ago than a duration, or before a moment, in small portions; resolves with their number. A
   * run is kept if the run that started it may still need its outcome. `createRuntime({ retention })` does so by itself.
   *
   * Rejects with MisuseError for an invalid duration, StoreError.
   */
  prune(age: Duration): Promise<number>;
  /**
   * Calls the listener with each event of this type that happens in this process from now on (`'*'`: of any type), until the
   * returned function is called. Listeners are called soon after the event, in order, outside of all runs. Their return values
   * and errors have no effect on the run (the first error of each is a warning of the process).
   *
   * Throws MisuseError for an unknown type.
   */
  on<T extends RuntimeEventType>(type: T, listener: (event: RuntimeEvent<T>) => unknown): () => void;
  on(type: '*', listener: (event: RuntimeEvent) => unknown): () => void;
  /**
   * Waits for running step bodies, records their outcomes, and parks the rest; `result()` of those rejects with
   * RuntimeClosedError. They resume after a `recover()` of any runtime on the store. Nothing of the runtime keeps the process
   * alive then. The store stays open unless `{ store: true }` is given.
   *
   * Rejects with StoreError if the store fails.
   */
  close(options?: CloseOptions): Promise<void>;
}

/** A runtime that keeps its runs in a store and drives them in this process. */
export const createRuntime = (options: RuntimeOptions): Runtime => new LocalRuntime(options);

/** The public face of a worker: checks what it is given, and says what is wrong with it. */
class LocalRuntime implements Runtime {
  readonly #worker: LocalWorker;
  #closing: Promise<void> | undefined;

  constructor(options: RuntimeOptions) {
    checkOptions(options);
    this.#worker = new LocalWorker(options);
  }

  async start<A extends unknown[], R>(
    fn: (...args: A) => R,
    args: A,
    options: StartOptions = {},
  ): Promise<Handle<Awaited<R>>> {
    const definition = durableOf('start', fn, args);
    const order = {
      ...orderOf(options, ['id', 'timeout', 'this']),
      definition,
      input: () => encodeInput('start', definition, args, options),
    };
    return (await this.#worker.start(order)) as Handle<Awaited<R>>;
  }

  async get(id: string): Promise<Handle | undefined> {
    checkId('get', id);
    const worker = this.#worker;
    const handle = worker.handle(id);
    if (handle !== undefined) return handle;
    return (await worker.store.record(id)) === undefined ? undefined : new RunHandle(id, worker);
  }

  async list(filter: ListFilter = {}): Promise<readonly RunRecord[]> {
    checkNames('list', filter, ['status', 'fn', 'limit', 'cursor']);
    const { limit, status, fn, cursor } = filter;
    const fns = typeof fn === 'string' ? [fn] : fn;
    if (fns !== undefined && !(Array.isArray(fns) && fns.every((id) => typeof id === 'string'))) {
      throw new MisuseError(listFnInvalid());
    }
    if (cursor !== undefined && typeof cursor !== 'string') {
      throw new MisuseError(listCursorInvalid());
    }
    if (status !== undefined && !STATUSES.includes(status)) {
      throw new MisuseError(listStatusUnknown(status, STATUSES.join(', ')));
    }
    if (limit !== undefined && !(Number.isSafeInteger(limit) && limit > 0)) {
      throw new MisuseError(listLimitInvalid(limit));
    }
    const { fn: _, ...others } = filter;
    return this.#worker.store.list(fns === undefined ? others : { ...others, fn: fns.flatMap(idsOf) });
  }

  complete(token: string, value?: unknown): Promise<void> {
    return this.#complete(token, true, () => encode(value, 'value of the callback'));
  }

  fail(token: string, error: unknown): Promise<void> {
    return this.#complete(token, false, () => encodeError(error, 'error of the callback'));
  }

  async #complete(token: string, ok: boolean, encoded: () => string | Promise<string>): Promise<void> {
    if (typeof token !== 'string') {
      throw new MisuseError(tokenNoString());
    }
    this.#worker.assertOpen();
    const completed = await this.#worker.complete(token, { ok, value: await encoded() });
    if (completed !== 'completed') throw new CallbackError(CALLBACK_REFUSALS[completed]);
  }

  async rerun(id: string, options: RerunOptions = {}): Promise<Handle> {
    checkId('rerun', id);
    const { store } = this.#worker;
    if (options.from !== undefined) {
      checkFork('rerun', options);
      const record = await store.record(id);
      if (record === undefined) throw unknownRun(id);
      if (!hasEnded(record.status)) throw new MisuseError(rerunFromOfUnended(id, record.status));
      return this.#fork(id, options as ForkOptions);
    }
    const run = await store.load(id);
    const [started] = run?.events ?? [];
    if (started?.type !== 'run-started') throw unknownRun(id);
    const definition = findDefinition(started.fn);
    const order = orderOf(options);
    if (order.id === id) {
      throw new MisuseError(rerunUnderSameId(id));
    }
    if (definition === undefined) {
      // A worker that has loaded it takes the run up.
      if (isLoaded(started.fn) || options.timeout !== undefined || run === undefined)
        throw unknownFunction(id, started.fn);
      return this.#worker.again(run, order.id);
    }
    // The same time as the old one had, unless another one is given.
    const { deadline, at } = started;
    const until = order.until ?? (deadline === undefined ? undefined : (now: number) => now + deadline - at);
    return this.#worker.start({ ...order, until, definition, input: () => started.input });
  }

  async fork(id: string, options: ForkOptions): Promise<Handle> {
    checkId('fork', id);
    checkFork('fork', options);
    return this.#fork(id, options);
  }

  async #fork(id: string, options: ForkOptions): Promise<Handle> {
    const run = await this.#worker.store.load(id);
    if (run === undefined) throw unknownRun(id);
    return this.#worker.fork(run, { id: randomUUID(), ...options });
  }

  async resume(id: string, options: ResumeOptions = {}): Promise<Handle> {
    checkId('resume', id);
    checkNames('resume', options, ['forget', 'accept']);
    const { accept } = options;
    if (accept !== undefined && (typeof accept !== 'string' || accept === ''))
      throw new MisuseError(acceptNoVersion());
    const record = await this.#worker.store.record(id);
    if (record === undefined) throw unknownRun(id);
    if (record.status === 'completed') {
      throw new MisuseError(resumeOfCompleted(id));
    }
    return accept === undefined
      ? this.#worker.resume(record, options.forget === true)
      : this.#worker.accept(record, accept);
  }

  async schedule<A extends unknown[]>(
    name: string,
    times: ScheduleTimes,
    fn: (...args: A) => unknown,
    args: A,
  ): Promise<Schedule> {
    const worker = this.#worker;
    worker.assertOpen();
    const definition = durableOf('schedule', fn, args);
    const input = await encodeInput('schedule', definition, args, {});
    assertFits(worker.store, `arguments of "${definition.id}"`, input);
    return worker.scheduler.add(name, times, async (id) =>
      worker.start({ ...orderOf({ id }), definition, input: () => input, apart: true }),
    );
  }

  async versions(fn?: string): Promise<readonly VersionInUse[]> {
    if (fn !== undefined && typeof fn !== 'string') throw new MisuseError(versionsOfNoId());
    return this.#worker.versions(fn === undefined ? undefined : idsOf(fn));
  }

  async prune(age: Duration): Promise<number> {
    this.#worker.assertOpen();
    const { store, now } = this.#worker;
    const before = age instanceof Date ? age.getTime() : now - parseSpan('prune', age);
    if (Number.isNaN(before)) throw new MisuseError(pruneDateInvalid());
    // In between others write, and the event loop runs.
    return pruneBefore(store, before, () => new Promise((resolve) => setImmediate(resolve)));
  }

  on(type: RuntimeEventType | '*', listener: (event: never) => unknown): () => void {
    return this.#worker.observers.add(type, listener as (event: RuntimeEvent) => unknown);
  }

  recover(): Promise<readonly Handle[]> {
    return this.#worker.recover();
  }

  async close(options: CloseOptions = {}): Promise<void> {
    checkNames('close', options, ['timeoutMs', 'store']);
    const { timeoutMs = 30_000, store = false } = options;
    if (typeof store !== 'boolean') throw new MisuseError(closeStoreInvalid());
    if (!(typeof timeoutMs === 'number' && timeoutMs >= 0)) {
      throw new MisuseError(closeTimeoutInvalid(timeoutMs));
    }
    this.#closing ??= this.#worker.close(timeoutMs);
    try {
      await this.#closing;
    } finally {
      if (store) await this.#worker.store.close();
    }
  }
}

/** @throws NotCompiledError, MisuseError */
function durableOf(what: string, fn: unknown, args: unknown): Definition {
  if (typeof fn !== 'function') throw new MisuseError(functionNotDurable(what));
  const definition = compiledDefinition(fn, `The function "${fn.name}"`);
  if (!Array.isArray(args)) {
    throw new MisuseError(argumentsNoArray(what, definition.id));
  }
  return definition;
}

/**
 * @param names the options that there are
 * @throws MisuseError for an id or a timeout that can't be meant
 */
function orderOf(
  options: StartOptions,
  names: readonly string[] = ['id', 'timeout'],
): Pick<StartRequest, 'id' | 'until' | 'atOnce'> {
  checkNames('start', options, names, ['atOnce']);
  const { id = randomUUID(), timeout, atOnce = false } = options;
  checkName('start: the id of a run', id);
  const until = timeout === undefined ? undefined : parseDuration(timeout, 'start: timeout');
  return { id, until, atOnce };
}

/** @throws MisuseError */
function checkFork(where: string, options: RerunOptions): void {
  checkNames(where, options, ['from', 'id', 'forget']);
  const { from, id } = options;
  if (typeof from !== 'string' || from === '') throw new MisuseError(forkFromNoKey(where));
  if (id !== undefined) checkName(`${where}: the id of a run`, id);
}

/** Of a run that may be there or not. */
function checkId(where: string, id: unknown): void {
  if (typeof id !== 'string') throw new MisuseError(runIdNoString(where));
}

const unknownRun = (id: string): MisuseError => new MisuseError(runNotFound(id));

const STATUSES: readonly RunStatus[] = ['running', 'blocked', 'completed', 'failed', 'cancelled'];

const CALLBACK_REFUSALS: Readonly<Record<Exclude<Completed, 'completed'>, string>> = {
  unknown: 'There is no callback with this token in this store.',
  used: 'This callback was completed or failed before; that can be done once.',
  expired: 'The time of this callback is over.',
  ended: 'The run that made this callback has ended.',
};
