import type { Substitute } from '../context.ts';
import type { AnyFunction } from '../definitions.ts';
import { type Duration, parseDuration, parseSpan } from '../durations.ts';
import { MisuseError } from '../errors.ts';
import type { Handle } from '../local/handle.ts';
import type { Lab } from '../local/lab.ts';
import { isDelivery } from '../local/machine.ts';
import type { RuntimeOptions, StartOptions } from '../local/options.ts';
import { createRuntime, type Runtime } from '../local/runtime.ts';
import type { Schedule, ScheduleTimes } from '../local/scheduler.ts';
import { memoryStore } from '../stores/memory.ts';
import type { RunStatus, Store, StoredRun } from '../stores/store.ts';
import { NeverError } from './errors.ts';
import { type Guide, PatientHandle, type TestHandle } from './handle.ts';
import { type StepCall, StepDirector, type StepImplementations } from './steps.ts';
import { eventsOf } from './store-log.ts';
import { VirtualTime } from './virtual-time.ts';

export interface TestRuntimeOptions extends Pick<RuntimeOptions, 'stepPolicy' | 'maxSteps' | 'onBlocked'> {
  /** What is called in the place of steps, of all functions; see `TestRuntime.mock`. */
  readonly steps?: StepImplementations;
  /** When time begins; default: `Date.now()` when the runtime is made. */
  readonly now?: Date | number;
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
  const { steps, now, ...others } = options;
  return new VirtualRuntime(memoryStore(), new VirtualTime(startOf(now)), new StepDirector(steps), others);
}

/** @throws MisuseError for what is no moment */
export function startOf(now: Date | number = Date.now()): number {
  const start = Number(now);
  if (!Number.isFinite(start)) throw new MisuseError('The option now must be a valid date.');
  return start;
}

/** Longer than any test, and no longer than a timer of the platform takes. */
const LEASE_MS = 2 ** 31 - 1;

export class VirtualRuntime implements TestRuntime, Guide {
  readonly #runtime: Runtime;
  readonly #store: Store;
  readonly #time: VirtualTime;
  readonly #director: StepDirector;
  /** The keys that runs have asked for. */
  readonly #asked = new Map<string, Set<string>>();

  /**
   * @param store in memory, so that it answers at once
   * @param steps what is done in the place of steps
   * @param director what `mock` and `calls` are about
   */
  constructor(
    store: Store,
    time: VirtualTime,
    steps: { readonly substitute: Substitute },
    options: Omit<TestRuntimeOptions, 'steps' | 'now'>,
    director = steps instanceof StepDirector ? steps : new StepDirector(),
  ) {
    this.#store = store;
    this.#time = time;
    this.#director = director;
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
    this.#director.replace(fn, step, implementation);
  }

  calls(step?: string): readonly StepCall[] {
    return this.#director.calls(step);
  }

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
    const created = this.load(runId).events.find(
      (event) => event.type === 'callback-created' && event.key === key,
    );
    return created?.type === 'callback-created' ? created.token : undefined;
  }

  /** Resolves when a run has written so many events, or can't come so far by itself. */
  reach(runId: string, count: number): Promise<void> {
    return new Promise((resolve) => {
      const over = (isOver: boolean): boolean => {
        if (isOver) resolve();
        return isOver;
      };
      const done = (): boolean => over(eventsOf(this.#store, runId).length >= count);
      this.#time.wait({ done, quiet: (next) => over(next === undefined) });
    });
  }

  /** Resolves when nothing goes on any more though the run hasn't ended, with the keys that it waits for. */
  stuck(runId: string): Promise<readonly string[]> {
    return new Promise((resolve) => {
      const done = (): boolean => !isUnderWay(this.load(runId).record.status);
      const quiet = (next: number | undefined): boolean => {
        if (next === undefined) resolve(this.unanswered(runId));
        return next === undefined;
      };
      this.#time.wait({ done, quiet });
    });
  }

  /** The keys that a run has asked for and got no outcome of, in quotation marks. */
  unanswered(runId: string): readonly string[] {
    const settled = new Set(
      this.load(runId).events.flatMap((event) => (isDelivery(event) && 'key' in event ? [event.key] : [])),
    );
    return [...(this.#asked.get(runId) ?? [])].filter((key) => !settled.has(key)).map((key) => `"${key}"`);
  }

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
        const { status } = this.load(runId).record;
        return isUnderWay(status) ? false : never(`it is ${status}`);
      };
      const quiet = (next: number | undefined): boolean =>
        next === undefined && never('it waits for what somebody must send, and nothing else is under way');
      this.#time.wait({ done, quiet });
    });
  }

  load(runId: string): StoredRun {
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

const isUnderWay = (status: RunStatus): boolean => status === 'running';
