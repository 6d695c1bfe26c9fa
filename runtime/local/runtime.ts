import { randomBytes, randomUUID } from 'node:crypto';
import type { ChildRequest, Outcome, Until } from '../backend.ts';
import { outside } from '../context.ts';
import { type AnyFunction, type Definition, definitionOf, findDefinition } from '../definitions.ts';
import { parseDuration } from '../durations.ts';
import {
  CallbackError,
  LeaseLostError,
  MisuseError,
  NotCompiledError,
  RunConflictError,
  RuntimeClosedError,
  StoreError,
  UnknownFunctionError,
} from '../errors.ts';
import { encodeInput } from '../input.ts';
import { DONE, failure } from '../outcome.ts';
import {
  type Claim,
  type ClaimWish,
  type Completed,
  hasEnded,
  type ListFilter,
  type NewMessage,
  type RunRecord,
  type Sent,
  type Store,
  type StoredRun,
} from '../stores/store.ts';
import { decode, decodeError, encode, encodeError } from '../values/codec.ts';
import { Dispatcher } from './dispatcher.ts';
import { JOURNAL_VERSION, type RunStarted } from './events.ts';
import { type Ending, Execution, type Host } from './execution.ts';
import { type Handle, type HandleSource, RunHandle } from './handle.ts';
import { Journal } from './journal.ts';
import { Lease } from './lease.ts';
import { type BlockedRun, checkOptions, type RuntimeOptions, type StartOptions } from './options.ts';
import { Postman } from './postman.ts';
import { systemClock, Timers } from './timers.ts';

export interface Runtime {
  /**
   * Starts a run. With the id of an existing run it starts nothing: the handle is of that run, which is taken up again
   * if nobody drives it. The arguments are those of the first start then.
   *
   * Rejects with NotCompiledError, SerializationError (arguments), RunConflictError (the id belongs to another
   * function), RuntimeClosedError, StoreError.
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
   * Takes up all unfinished runs that nobody drives, blocked ones too, and resolves with their handles once they are
   * under way. Runs whose function isn't loaded are blocked with UnknownFunctionError; the others go on.
   */
  recover(): Promise<readonly Handle[]>;
  /**
   * Waits for step bodies that are running, records their outcomes, and parks the rest; `result()` of those rejects
   * with RuntimeClosedError. They go on after a `recover()` of any runtime on the store. The store stays open.
   */
  close(): Promise<void>;
}

/** A runtime that keeps its runs in a store and drives them in this process. */
export const createRuntime = (options: RuntimeOptions): Runtime => new LocalRuntime(options);

interface LiveRun {
  readonly execution: Execution;
  readonly handle: RunHandle;
  readonly outcome: Promise<unknown>;
}

class LocalRuntime implements Runtime, HandleSource {
  readonly store: Store;
  readonly #host: Host;
  readonly #lease: Lease;
  readonly #dispatcher: Dispatcher;
  readonly #sweeper: NodeJS.Timeout | undefined;
  readonly #onBlocked: (run: BlockedRun) => void;
  readonly #postman: Postman;
  readonly #live = new Map<string, LiveRun>();
  /** Runs being created or loaded, so that two calls in one tick make one run. */
  readonly #opening = new Map<string, Promise<RunHandle>>();
  /** Claims of runs that stopped on a store failure: they are still ours, and recover() takes them up. */
  readonly #stranded = new Map<string, Claim>();
  #closed = false;
  #closing: Promise<void> | undefined;

  constructor(options: RuntimeOptions) {
    checkOptions(options);
    const { store, leaseMs = 30_000, parkAfterMs = 60_000, onBlocked = warn } = options;
    const { clock = systemClock, stepPolicy } = options;
    this.store = store;
    this.#onBlocked = onBlocked;
    this.#lease = new Lease(store, leaseMs, () => {
      for (const { execution } of [...this.#live.values()]) execution.fenced();
    });
    this.#postman = new Postman(store, this.#lease.worker, (id, message) => {
      const run = this.#live.get(id);
      run?.execution.deliver(message);
      return run !== undefined;
    });
    this.#dispatcher = new Dispatcher(store, this.#lease, clock, (claim) => this.#takeUp(claim));
    this.#host = {
      journal: new Journal(store, this.#lease),
      timers: new Timers(clock),
      clock,
      lease: this.#lease,
      stepPolicy,
      postman: this.#postman,
      startChild: (child, parent) => this.#startChild(child, parent),
    };
    if (Number.isFinite(parkAfterMs)) {
      const interval = Math.min(parkAfterMs / 2, LONGEST_INTERVAL);
      this.#sweeper = setInterval(() => this.#sweep(parkAfterMs), interval).unref();
    }
  }

  get closed(): boolean {
    return this.#closed;
  }

  live(id: string): Promise<unknown> | undefined {
    return this.#live.get(id)?.outcome;
  }

  async takeOver({ id, fn }: RunRecord): Promise<void> {
    if (this.#closed || findDefinition(fn) === undefined) return;
    for (const claim of await this.#claim({ only: id })) await this.#resume(claim);
  }

  async start<A extends unknown[], R>(
    fn: (...args: A) => R,
    args: A,
    options: StartOptions = {},
  ): Promise<Handle<Awaited<R>>> {
    if (typeof fn !== 'function')
      throw new MisuseError('start: the first argument must be a durable function.');
    const definition = definitionOf(fn);
    if (definition === undefined) throw new NotCompiledError(`The function "${(fn as AnyFunction).name}"`);
    if (!Array.isArray(args)) {
      throw new MisuseError(
        `start: the arguments of "${definition.id}" must be an array: start(fn, [input]).`,
      );
    }
    const id = options.id ?? randomUUID();
    if (typeof id !== 'string' || id === '') {
      throw new MisuseError('start: the id of a run must be a string that is not empty.');
    }
    const { timeout } = options;
    const until = timeout === undefined ? undefined : parseDuration(timeout, 'start: timeout');
    const order: Order = {
      id,
      definition,
      input: () => encodeInput('start', definition, args, options),
      until,
    };
    return (await this.#startOnce(order)) as Handle<Awaited<R>>;
  }

  async send(id: string, message: NewMessage): Promise<Sent> {
    this.#assertOpen();
    const sent = await this.store.send(id, message);
    if (sent === 'sent') await this.#deliverMail();
    return sent;
  }

  complete(token: string, value?: unknown): Promise<void> {
    return this.#complete(token, true, () => encode(value, 'value of the callback'));
  }

  fail(token: string, error: unknown): Promise<void> {
    return this.#complete(token, false, () => encodeError(error, 'error of the callback'));
  }

  async get(id: string): Promise<Handle | undefined> {
    const handle = this.#live.get(id)?.handle;
    if (handle !== undefined) return handle;
    return (await this.store.record(id)) === undefined ? undefined : new RunHandle(id, this);
  }

  async list(filter: ListFilter = {}): Promise<readonly RunRecord[]> {
    const { limit } = filter;
    if (limit !== undefined && !(Number.isInteger(limit) && limit > 0)) {
      throw new MisuseError(`list: limit must be a positive whole number, not ${limit}.`);
    }
    return this.store.list(filter);
  }

  async recover(): Promise<readonly Handle[]> {
    this.#assertOpen();
    const stranded = [...this.#stranded.values()];
    this.#stranded.clear();
    const claims = [...stranded, ...(await this.#claim({}))];
    const handles = await Promise.all(claims.map((claim) => this.#resume(claim)));
    this.#dispatcher.start();
    return handles;
  }

  async #complete(token: string, ok: boolean, encoded: () => string | Promise<string>): Promise<void> {
    this.#assertOpen();
    const completed = await this.store.complete(
      token,
      { ok, value: await encoded() },
      this.#host.clock.now(),
    );
    if (completed !== 'completed') throw new CallbackError(CALLBACK_REFUSALS[completed]);
    await this.#deliverMail();
  }

  /** Something was sent: to a run that is under way here, or to a parked one that can be taken up now. */
  async #deliverMail(): Promise<void> {
    await this.#postman.poll();
    void this.#dispatcher.look();
  }

  close(): Promise<void> {
    this.#closed = true;
    this.#closing ??= this.#close();
    return this.#closing;
  }

  /** Not async up to the launch: with a store that answers at once, the body begins before `start` returns. */
  #startOnce(order: Order): Promise<RunHandle> | RunHandle {
    this.#assertOpen();
    const { id, definition } = order;
    const live = this.#live.get(id);
    if (live !== undefined) {
      assertSame(id, live.execution.definition.id, definition);
      return live.handle;
    }
    const opening = this.#opening.get(id);
    if (opening !== undefined) {
      const again = (): Promise<RunHandle> | RunHandle => this.#startOnce(order);
      return opening.then(again, again);
    }
    const handle = this.#create(order);
    if (handle instanceof RunHandle) return handle;
    const done = handle.finally(() => this.#opening.delete(id));
    this.#opening.set(id, done);
    return done;
  }

  #create(order: Order): Promise<RunHandle> | RunHandle {
    // After a long stop, what is started must not look like the work of a worker that is gone.
    if (!this.#lease.held) return this.#lease.renew().then(() => this.#create(order));
    const { id, definition, input: encodeInput, until } = order;
    return then(encodeInput(), (input) => {
      const at = this.#host.clock.now();
      const plain: RunStarted = {
        type: 'run-started',
        version: JOURNAL_VERSION,
        fn: definition.id,
        input,
        seed: randomBytes(32).toString('hex'),
        at,
      };
      const started = until === undefined ? plain : { ...plain, deadline: until(at) };
      return then(this.store.create(id, started, this.#lease.claimant()), (claim) =>
        claim === null
          ? this.#join(id, definition)
          : this.#launch(claim, definition, { events: [started], messages: [] }),
      );
    });
  }

  async #startChild({ id, fn, input }: ChildRequest, parent: string): Promise<Outcome> {
    const definition = findDefinition(fn);
    if (definition === undefined) return failure(new UnknownFunctionError(id, fn));
    try {
      await this.#startOnce({ id, definition, input: () => input, until: undefined });
      await this.store.watch(id, parent);
      await this.#deliverMail();
      return DONE;
    } catch (error) {
      return failure(error as Error);
    }
  }

  /** The run exists already. */
  async #join(id: string, definition: Definition): Promise<RunHandle> {
    const record = await this.store.record(id);
    if (record === undefined) throw new MisuseError(`The run "${id}" was removed from the store meanwhile.`);
    assertSame(id, record.fn, definition);
    if (hasEnded(record.status)) return new RunHandle(id, this);
    const stranded = this.#stranded.get(id);
    this.#stranded.delete(id);
    const claim = stranded ?? (await this.#claim({ only: id }))[0];
    return claim === undefined ? new RunHandle(id, this) : this.#resume(claim);
  }

  async #resume(claim: Claim): Promise<RunHandle> {
    let run: StoredRun | undefined;
    try {
      run = await this.store.load(claim.runId);
    } catch (error) {
      if (!(error instanceof StoreError)) throw error;
      // A journal that can't be read is the trouble of its run alone.
      return this.#refuse(claim, '', error);
    }
    if (run === undefined)
      throw new MisuseError(`The run "${claim.runId}" was removed from the store meanwhile.`);
    this.#assertOpen();
    const { fn } = run.record;
    const definition = findDefinition(fn);
    if (definition === undefined) return this.#refuse(claim, fn, new UnknownFunctionError(claim.runId, fn));
    return this.#launch(claim, definition, run);
  }

  #launch(
    claim: Claim,
    definition: Definition,
    { events, messages }: Pick<StoredRun, 'events' | 'messages'>,
  ): RunHandle {
    const { promise, resolve, reject } = deferred();
    const mail = [...messages, ...this.#postman.takeEarly(claim.runId)];
    const execution = new Execution(this.#host, claim, definition, { events, messages: mail }, (ending) => {
      this.#live.delete(claim.runId);
      this.#conclude(execution, handle, ending, resolve, reject);
    });
    const handle = new RunHandle(claim.runId, this, promise);
    this.#live.set(claim.runId, { execution, handle, outcome: promise });
    execution.launch();
    return handle;
  }

  #conclude(
    { claim, definition }: Execution,
    handle: RunHandle,
    ending: Ending,
    resolve: (value: unknown) => void,
    reject: (error: unknown) => void,
  ): void {
    if (ending.type === 'ended') {
      const { ok, value } = ending.outcome;
      try {
        if (ok) resolve(decode(value, definition.classes));
        else reject(decodeError(value, definition.classes));
      } catch (error) {
        reject(error);
      }
      return;
    }
    if (ending.type === 'parked') {
      const later = handle.parked();
      if (later !== undefined) resolve(later);
      this.#dispatcher.start();
      return;
    }
    const { error } = ending;
    if (ending.type === 'blocked') {
      void this.#block(claim, definition.id, error).then(reject);
      return;
    }
    if (error instanceof StoreError) this.#stranded.set(claim.runId, claim);
    reject(error);
  }

  /** A run that can't go on in this process. */
  async #refuse(claim: Claim, fn: string, error: Error): Promise<RunHandle> {
    const { promise, reject } = deferred();
    reject(await this.#block(claim, fn, error));
    return new RunHandle(claim.runId, this, promise);
  }

  /** Marks a run as blocked in the store; gives what its `result()` is to reject with. */
  async #block(claim: Claim, fn: string, error: Error): Promise<Error> {
    const id = claim.runId;
    try {
      if (!(await this.store.block(claim, error.message))) return new LeaseLostError(id);
    } catch {
      // The journal is untouched all the same, and why the run can't go on matters more than that it isn't noted.
      this.#stranded.set(id, claim);
    }
    outside(() => this.#onBlocked({ id, fn, error }));
    return error;
  }

  #claim(wish: ClaimWish): Promise<readonly Claim[]> | readonly Claim[] {
    return this.store.claim(this.#lease.claimant(), { ...wish, now: this.#host.clock.now() });
  }

  /** Drives a run that the dispatcher has found. */
  #takeUp(claim: Claim): void {
    this.#resume(claim).catch(() => {
      // Its journal couldn't even be asked for: the run stays ours, and recover() tries again.
      if (!this.#closed) this.#stranded.set(claim.runId, claim);
    });
  }

  /** Drops runs that have nothing to do for a while. */
  #sweep(ms: number): void {
    for (const { execution } of [...this.#live.values()]) {
      const parked = execution.parkable(ms);
      if (parked === undefined) continue;
      const { claim } = execution;
      void execution.park(() => this.store.park(claim, parked.until, parked.seen));
    }
  }

  #assertOpen(): void {
    if (this.#closed) throw new RuntimeClosedError();
  }

  async #close(): Promise<void> {
    clearInterval(this.#sweeper);
    this.#dispatcher.stop();
    this.#postman.stop();
    await Promise.allSettled(this.#opening.values());
    const runs = [...this.#live.values()];
    await Promise.all(runs.map(({ execution }) => execution.wind()));
    await this.#host.journal.flushed();
    for (const { execution } of runs) execution.abandon(new RuntimeClosedError());
    this.#lease.stop();
    await this.store.release(this.#lease.worker);
  }
}

/** Of the platform's timers, in ms. */
const LONGEST_INTERVAL = 2 ** 31 - 1;

/** A run that is to be started. */
interface Order {
  readonly id: string;
  readonly definition: Definition;
  readonly input: () => string | Promise<string>;
  readonly until: Until | undefined;
}

const CALLBACK_REFUSALS: Readonly<Record<Exclude<Completed, 'completed'>, string>> = {
  unknown: 'There is no callback with this token in this store.',
  used: 'This callback was completed or failed before; that can be done once.',
  expired: 'The time of this callback is over.',
  ended: 'The run that made this callback has ended.',
};

function assertSame(id: string, existing: string, requested: Definition): void {
  if (existing !== requested.id) throw new RunConflictError(id, existing, requested.id);
}

const warn = ({ error }: BlockedRun): void =>
  process.emitWarning(error.message, { code: 'USE_DURABLE_BLOCKED' });

interface Deferred {
  readonly promise: Promise<unknown>;
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: unknown) => void;
}

/** A promise that may be rejected without anybody having asked for it. */
function deferred(): Deferred {
  let resolve!: Deferred['resolve'];
  let reject!: Deferred['reject'];
  const promise = new Promise<unknown>((yes, no) => {
    resolve = yes;
    reject = no;
  });
  promise.catch(() => {});
  return { promise, resolve, reject };
}

/** Goes on at once with what is there, so that a store that answers at once costs no turn. */
function then<T, R>(value: T | Promise<T>, next: (value: T) => R | Promise<R>): R | Promise<R> {
  return value instanceof Promise ? value.then(next) : next(value);
}
