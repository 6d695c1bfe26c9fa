import { type Duration, parseDuration } from '../../base/durations.ts';
import { MisuseError, RuntimeClosedError } from '../../base/errors.ts';
import { nowInvalid } from '../../base/messages/testing.ts';
import { testStandsStill } from '../../base/messages/warnings.ts';
import { emitWarning } from '../../base/warnings.ts';
import type { AnyFunction } from '../../functions/definition.ts';
import type { ForkOptions } from '../../journal/fork.ts';
import type { ResumeOptions } from '../../journal/rewind.ts';
import type { RuntimeHooks } from '../../local/time/runtime-hooks.ts';
import { processSystem } from '../../local/time/system.ts';
import type { Handle } from '../../local/worker/handle.ts';
import type { CloseOptions, StartOptions } from '../../local/worker/options.ts';
import { createRuntime } from '../../local/worker/runtime.ts';
import type { RerunOptions, Runtime } from '../../local/worker/runtime-interface.ts';
import type { Schedule, ScheduleTimes } from '../../local/worker/schedules.ts';
import type { VersionInUse } from '../../local/worker/versions.ts';
import type { TestHooks } from '../../run/test-hooks.ts';
import { memoryStore } from '../../stores/memory.ts';
import type { Store } from '../../stores/store.ts';
import { PatientHandle, type TestHandle } from './handle.ts';
import { Progress } from './progress.ts';
import { real } from './real-timers.ts';
import { type Replacement, type StepCall, StepDirector } from './steps.ts';
import type { TestRuntime, TestRuntimeOptions } from './test-runtime.ts';
import { VirtualTime, workOf } from './virtual-time.ts';

/** @throws MisuseError for options that can't be meant */
export function createTestRuntime(options: TestRuntimeOptions = {}): TestRuntime {
  const { steps, now, ...others } = options;
  const time = new VirtualTime(startOf(now));
  return new VirtualRuntime(memoryStore(), time, new StepDirector(steps), others);
}

/** @throws MisuseError for what is no moment */
export function startOf(now: Date | number = Date.now()): number {
  const start = Number(now);
  if (!Number.isFinite(start)) throw new MisuseError(nowInvalid());
  return start;
}

/** The same without what is undefined. */
export const given = <T extends object>(options: T): { [K in keyof T]?: Exclude<T[K], undefined> } =>
  Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined)) as never;

/** Longer than any test, and no longer than a timer of the platform takes. */
const LEASE_MS = 2 ** 31 - 1;

/** How long `close` waits for steps, in ms of real time. */
const CLOSE_MS = 1000;

/** What a runtime of the kit does that isn't for everybody. */
export interface VirtualOptions extends Omit<TestRuntimeOptions, 'steps' | 'now'> {
  /** Replacements of steps that go before the director's, and listeners to printed lines. */
  readonly hooks?: Pick<TestHooks, 'substitute' | 'prints' | 'reads'>;
}

export class VirtualRuntime implements TestRuntime {
  readonly progress: Progress;
  readonly #runtime: Runtime;
  readonly #time: VirtualTime;
  readonly #director: StepDirector;
  readonly on: Runtime['on'] = (type: never, listener: never) => this.#runtime.on(type, listener);

  /** @param store in memory, so that it answers at once */
  constructor(store: Store, time: VirtualTime, director: StepDirector, options: VirtualOptions = {}) {
    const { hooks: given, ...others } = options;
    this.#time = time;
    this.#director = director;
    this.progress = new Progress(store, time);
    time.onStandstill = warn;
    const hooks: RuntimeHooks = {
      turn: time.turn,
      system: processSystem,
      after: (ms, callback) => time.after(ms, callback),
      pass: (runId, key, ms, signal) => time.pass(workOf(runId, key), ms, signal),
      busy: (runId, key, isBusy) => time.busy(workOf(runId, key), isBusy),
      foreign: time.foreign,
      patience: time.patience,
      alone: true,
      asked: (runId, key) => this.progress.note(runId, key),
      // Delays are at their longest, the same in each execution.
      random: () => 0,
      substitute: director.substitute,
      ...given,
    };
    const alone = { leaseMs: LEASE_MS, parkAfterMs: Number.POSITIVE_INFINITY };
    this.#runtime = createRuntime({ ...others, ...alone, store, clock: time, hooks });
  }

  now(): number {
    return this.#time.now();
  }

  async start<A extends unknown[], R>(
    fn: (...args: A) => R,
    args: A,
    options?: StartOptions,
  ): Promise<TestHandle<Awaited<R>>> {
    this.#director.check();
    return this.#wrap(await this.#runtime.start(fn, args, options));
  }

  async get(id: string): Promise<TestHandle | undefined> {
    const handle = await this.#runtime.get(id);
    return handle && this.#wrap(handle);
  }

  async recover(): Promise<readonly TestHandle[]> {
    return (await this.#runtime.recover()).map((handle) => this.#wrap(handle));
  }

  versions(fn?: string): Promise<readonly VersionInUse[]> {
    return this.#runtime.versions(fn);
  }

  async fork(id: string, options: ForkOptions): Promise<TestHandle> {
    return this.#wrap(await this.#runtime.fork(id, options));
  }

  async rerun(id: string, options?: RerunOptions): Promise<TestHandle> {
    return this.#wrap(await this.#runtime.rerun(id, options));
  }

  async resume(id: string, options?: ResumeOptions): Promise<TestHandle> {
    return this.#wrap(await this.#runtime.resume(id, options));
  }

  complete(...args: Parameters<Runtime['complete']>): Promise<void> {
    return this.#runtime.complete(...args);
  }

  fail(...args: Parameters<Runtime['fail']>): Promise<void> {
    return this.#runtime.fail(...args);
  }

  list(...args: Parameters<Runtime['list']>): ReturnType<Runtime['list']> {
    return this.#runtime.list(...args);
  }

  async schedule<A extends unknown[]>(
    name: string,
    times: ScheduleTimes,
    fn: (...args: A) => unknown,
    args: A,
  ): Promise<Schedule> {
    this.#director.check();
    return this.#runtime.schedule(name, times, fn, args);
  }

  prune(...args: Parameters<Runtime['prune']>): Promise<number> {
    return this.#runtime.prune(...args);
  }

  denied(...args: Parameters<Runtime['denied']>): ReturnType<Runtime['denied']> {
    return this.#runtime.denied(...args);
  }

  audit(...args: Parameters<Runtime['audit']>): ReturnType<Runtime['audit']> {
    return this.#runtime.audit(...args);
  }

  mask(...args: Parameters<Runtime['mask']>): unknown {
    return this.#runtime.mask(...args);
  }

  async close({ timeoutMs = CLOSE_MS, ...others }: CloseOptions = {}): Promise<void> {
    this.#time.endPassing(new RuntimeClosedError());
    const stop = real.after(timeoutMs, () => this.#director.end());
    try {
      await this.#runtime.close({ ...others, timeoutMs: Number.POSITIVE_INFINITY });
    } finally {
      stop();
    }
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

  mock<F extends AnyFunction>(fn: AnyFunction, step: string, implementation: Replacement<F>): void {
    this.#director.replace(fn, step, implementation);
  }

  unused(): readonly string[] {
    return this.#director.unused();
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

  #wrap<R>(handle: Handle<R>): TestHandle<R> {
    return new PatientHandle(handle, this, this.progress);
  }
}

function warn(busy: readonly string[]): void {
  emitWarning('USE_DURABLE_STANDSTILL', testStandsStill(busy));
}
