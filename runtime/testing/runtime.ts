import type { AnyFunction } from '../definitions.ts';
import { type Duration, parseDuration, parseSpan } from '../durations.ts';
import { MisuseError } from '../errors.ts';
import type { Handle } from '../local/handle.ts';
import type { Lab } from '../local/lab.ts';
import type { RuntimeOptions, StartOptions } from '../local/options.ts';
import { createRuntime, type Runtime } from '../local/runtime.ts';
import type { Schedule, ScheduleTimes } from '../local/scheduler.ts';
import { memoryStore } from '../stores/memory.ts';
import { hasEnded, type Store } from '../stores/store.ts';
import { NeverError } from './errors.ts';
import { type StepCall, StepDirector, type StepImplementations } from './steps.ts';
import { VirtualTime } from './virtual-time.ts';

export interface TestRuntimeOptions extends Pick<RuntimeOptions, 'stepPolicy' | 'maxSteps' | 'onBlocked'> {
  /** What is called in the place of steps, of all functions; see `TestRuntime.mock`. */
  readonly steps?: StepImplementations;
  /** When time begins; default: `Date.now()` when the runtime is made. */
  readonly now?: Date | number;
}

/** A run in a test. */
export interface TestHandle<R = unknown> extends Handle<R> {
  /**
   * Resolves when the run has asked for what has this key: a step was called, a wait has begun. Time passes meanwhile, to
   * there and no further.
   *
   * Rejects with NeverError if the run ends without that, or waits for something else that nobody is going to send.
   */
  waitUntil(key: string): Promise<void>;
  /**
   * The token of the callback that was made under this key; waits for it as `waitUntil` does.
   *
   * @param key default `createCallback`
   */
  callback(key?: string): Promise<string>;
}

/** A runtime in memory whose time jumps to the end of the next wait, for tests. */
export interface TestRuntime extends Runtime {
  start<A extends unknown[], R>(
    fn: (...args: A) => R,
    args: A,
    options?: StartOptions,
  ): Promise<TestHandle<Awaited<R>>>;
  get(id: string): Promise<TestHandle | undefined>;
  recover(): Promise<readonly TestHandle[]>;
  rerun(id: string, options?: Pick<StartOptions, 'id' | 'timeout'>): Promise<TestHandle>;
  resume(id: string): Promise<TestHandle>;
  /** The virtual time, ms since the epoch. */
  now(): number;
  /** Lets so much time pass, or up to that moment; resolves when all that is due by then has happened. */
  advance(time: Duration): Promise<void>;
  /** Lets time pass until all runs have ended, or wait for what only others can send. */
  idle(): Promise<void>;
  /**
   * From now on `implementation` is called in the place of a step of `fn`, with the arguments of the call. A step is named
   * by its key (`orders.map[2]/chargeCard`), its id (`chargeCard#2`) or its id without the number, which stands for all
   * places that call it by that name.
   *
   * @throws MisuseError if `fn` has no such step, NotCompiledError
   */
  mock(fn: AnyFunction, step: string, implementation: AnyFunction): void;
  /** The calls of a step so far, by any of its names, or of all steps; in the order in which they were called. */
  calls(step?: string): readonly StepCall[];
}

/** @throws MisuseError for options that can't be meant */
export function createTestRuntime(options: TestRuntimeOptions = {}): TestRuntime {
  const { steps, now = Date.now(), ...others } = options;
  const start = now instanceof Date ? now.getTime() : now;
  if (!Number.isFinite(start)) throw new MisuseError('createTestRuntime: now must be a valid date.');
  return new VirtualRuntime(memoryStore(), new VirtualTime(start), new StepDirector(steps), others);
}

/** Longer than any test, and no longer than a timer of the platform takes. */
const LEASE_MS = 2 ** 31 - 1;

export class VirtualRuntime implements TestRuntime {
  readonly #runtime: Runtime;
  readonly #store: Store;
  readonly #time: VirtualTime;
  readonly #steps: StepDirector;
  /** The keys that runs have asked for. */
  readonly #asked = new Map<string, Set<string>>();

  /** @param store in memory, so that it answers at once */
  constructor(
    store: Store,
    time: VirtualTime,
    steps: StepDirector,
    options: Omit<TestRuntimeOptions, 'steps' | 'now'>,
  ) {
    this.#store = store;
    this.#time = time;
    this.#steps = steps;
    const lab: Lab = {
      turn: time.turn,
      busy: time.busy,
      foreign: time.foreign,
      alone: true,
      substitute: steps.substitute,
      asked: (runId, key) => this.#note(runId, key),
    };
    const alone = { leaseMs: LEASE_MS, parkAfterMs: Number.POSITIVE_INFINITY };
    this.#runtime = createRuntime({ ...options, ...alone, store, clock: time, lab });
  }

  now(): number {
    return this.#time.now();
  }

  async start<A extends unknown[], R>(
    fn: (...args: A) => R,
    args: A,
    options?: StartOptions,
  ): Promise<TestHandle<Awaited<R>>> {
    return this.#wrap(await this.#runtime.start(fn, args, options));
  }

  async get(id: string): Promise<TestHandle | undefined> {
    const handle = await this.#runtime.get(id);
    return handle && this.#wrap(handle);
  }

  async recover(): Promise<readonly TestHandle[]> {
    return (await this.#runtime.recover()).map((handle) => this.#wrap(handle));
  }

  async rerun(id: string, options?: Pick<StartOptions, 'id' | 'timeout'>): Promise<TestHandle> {
    return this.#wrap(await this.#runtime.rerun(id, options));
  }

  async resume(id: string): Promise<TestHandle> {
    return this.#wrap(await this.#runtime.resume(id));
  }

  complete(token: string, value?: unknown): Promise<void> {
    return this.#runtime.complete(token, value);
  }

  fail(token: string, error: unknown): Promise<void> {
    return this.#runtime.fail(token, error);
  }

  list(...args: Parameters<Runtime['list']>): ReturnType<Runtime['list']> {
    return this.#runtime.list(...args);
  }

  schedule<A extends unknown[]>(
    name: string,
    times: ScheduleTimes,
    fn: (...args: A) => unknown,
    args: A,
  ): Promise<Schedule> {
    return this.#runtime.schedule(name, times, fn, args);
  }

  prune(age: Duration): Promise<number> {
    return this.#runtime.prune(age instanceof Date ? age : new Date(this.now() - parseSpan('prune', age)));
  }

  close(): Promise<void> {
    return this.#runtime.close();
  }

  async advance(time: Duration): Promise<void> {
    const limit = parseDuration(time, 'advance')(this.now());
    await new Promise<void>((resolve) => {
      const quiet = (next = Number.POSITIVE_INFINITY): boolean => {
        const over = this.now() >= limit && next > this.now();
        if (over) resolve();
        return over;
      };
      this.#time.wait({ quiet, limit });
    });
  }

  idle(): Promise<void> {
    return new Promise((resolve) => {
      const quiet = (next: number | undefined): boolean => {
        if (next === undefined) resolve();
        return next === undefined;
      };
      this.#time.wait({ quiet });
    });
  }

  mock(fn: AnyFunction, step: string, implementation: AnyFunction): void {
    this.#steps.replace(fn, step, implementation);
  }

  calls(step?: string): readonly StepCall[] {
    return this.#steps.calls(step);
  }

  /** Lets time pass until it is settled. */
  async patiently<T>(promise: Promise<T>): Promise<T> {
    const stop = this.#time.wait({});
    try {
      return await promise;
    } finally {
      stop();
    }
  }

  hasAsked(runId: string, key: string): boolean {
    return this.#asked.get(runId)?.has(key) ?? false;
  }

  token(runId: string, key: string): string | undefined {
    const created = this.#load(runId).events.find(
      (event) => event.type === 'callback-created' && event.key === key,
    );
    return created?.type === 'callback-created' ? created.token : undefined;
  }

  /** Resolves with what `find` gives; `key` is what the run must ask for to that end. */
  find<T>(runId: string, key: string, find: () => T | undefined): Promise<T> {
    return new Promise((resolve, reject) => {
      const never = (why: string): true => {
        const keys = [...(this.#asked.get(runId) ?? [])];
        const asked = keys.length === 0 ? 'nothing' : keys.map((name) => `"${name}"`).join(', ');
        reject(
          new NeverError(
            `The run "${runId}" never got to "${key}": ${why}. It has asked for ${asked} so far.`,
          ),
        );
        return true;
      };
      const done = (): boolean => {
        const found = find();
        if (found !== undefined) {
          resolve(found);
          return true;
        }
        const { status } = this.#load(runId).record;
        return hasEnded(status) || status === 'blocked' ? never(`it is ${status}`) : false;
      };
      const quiet = (next: number | undefined): boolean =>
        next === undefined && never('it waits for what somebody must send, and nothing else is under way');
      this.#time.wait({ done, quiet });
    });
  }

  #load(runId: string) {
    const run = this.#store.load(runId);
    if (run === undefined || run instanceof Promise) {
      throw new MisuseError(`There is no run "${runId}" in the store any more.`);
    }
    return run;
  }

  #note(runId: string, key: string): void {
    const keys = this.#asked.get(runId);
    if (keys === undefined) this.#asked.set(runId, new Set([key]));
    else keys.add(key);
    this.#time.look();
  }

  #wrap<R>(handle: Handle<R>): TestHandle<R> {
    return new PatientHandle(handle, this);
  }
}

class PatientHandle<R> implements TestHandle<R> {
  readonly id: string;
  readonly #handle: Handle<R>;
  readonly #runtime: VirtualRuntime;

  constructor(handle: Handle<R>, runtime: VirtualRuntime) {
    this.id = handle.id;
    this.#handle = handle;
    this.#runtime = runtime;
  }

  result(): Promise<R> {
    return this.#runtime.patiently(this.#handle.result());
  }

  async waitUntil(key: string): Promise<void> {
    await this.#runtime.find(this.id, key, () => this.#runtime.hasAsked(this.id, key) || undefined);
  }

  callback(key = 'createCallback'): Promise<string> {
    return this.#runtime.find(this.id, key, () => this.#runtime.token(this.id, key));
  }

  status(): ReturnType<Handle['status']> {
    return this.#handle.status();
  }

  events(): ReturnType<Handle['events']> {
    return this.#handle.events();
  }

  exportJournal(): Promise<string> {
    return this.#handle.exportJournal();
  }

  signal(name: string, payload?: unknown): Promise<void> {
    return this.#handle.signal(name, payload);
  }

  cancel(reason?: string): Promise<void> {
    return this.#handle.cancel(reason);
  }
}
