import type { Duration } from '../../base/durations.ts';
import type { AnyFunction } from '../../functions/definition.ts';
import type { ForkOptions } from '../../journal/fork.ts';
import type { ResumeOptions } from '../../journal/rewind.ts';
import type { CloseOptions, RuntimeOptions, StartOptions } from '../../local/worker/options.ts';
import type { RerunOptions, Runtime } from '../../local/worker/runtime-interface.ts';
import type { TestHandle } from './handle.ts';
import type { Replacement, StepCall, StepImplementations } from './steps.ts';

export interface TestRuntimeOptions
  extends Pick<RuntimeOptions, 'stepPolicy' | 'maxSteps' | 'onBlocked' | 'tracing'> {
  /**
   * What is called in the place of steps, of all functions; see `TestRuntime.mock`. The types can be had from a module:
   * `{ chargeCard: async () => 'receipt' } satisfies Partial<typeof import('./bank.js')>`.
   */
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
  rerun(id: string, options?: RerunOptions): Promise<TestHandle>;
  fork(id: string, options: ForkOptions): Promise<TestHandle>;
  resume(id: string, options?: ResumeOptions): Promise<TestHandle>;
  /** The virtual time, ms since the epoch. */
  now(): number;
  /** Lets this much time pass, or the time up to that moment; resolves when all that is due by then has happened. */
  advance(time: Duration): Promise<void>;
  /** Lets time pass until all runs have ended, or wait for what only others can send. */
  idle(): Promise<void>;
  /**
   * From now on `implementation` is called instead of a step of `fn`, with the arguments of the call. A step is named by its
   * key (`orders.map[2]/chargeCard`), its id (`chargeCard#2`) or its id without the number, which covers all calls with that
   * name. A replacement for a step of one function goes before the option `steps`, which applies to all.
   *
   * The types can be taken from the replaced function: `mock<typeof chargeCard>(checkout, 'chargeCard', ...)`.
   *
   * @throws MisuseError if `fn` has no such step, NotCompiledError
   */
  mock<F extends AnyFunction>(fn: AnyFunction, step: string, implementation: Replacement<F>): void;
  /** The replacements that no step has called so far, by name; `chargeCard of checkout` for those of `mock`. */
  unused(): readonly string[];
  /**
   * Ends the test of this runtime: steps that are under way may end in `timeoutMs` of real time (default 1000), then they
   * are left. Its runs reject with RuntimeClosedError.
   */
  close(options?: CloseOptions): Promise<void>;
  /**
   * The calls of a step so far, by any of its names, or of all steps; in the order in which they were called.
   *
   * @throws MisuseError if no durable function that was imported has such a step
   */
  calls(step?: string): readonly StepCall[];
}
