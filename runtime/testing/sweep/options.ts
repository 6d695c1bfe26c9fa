import type { TestHandle } from '../runtime/handle.ts';
import type { TestRuntime, TestRuntimeOptions } from '../runtime/test-runtime.ts';

export interface CrashSweepOptions extends TestRuntimeOptions {
  /**
   * What the outside world does to the run: sends signals, completes callbacks. It is called in the executions that call
   * steps; in the others the same things come at the same points.
   */
  readonly drive?: (run: TestHandle, runtime: TestRuntime) => Promise<void>;
  /**
   * What effects have led to, as plain data: `() => bank.charges`. When nothing but the body is executed again, it must not
   * change, or the body has effects outside of its steps.
   */
  readonly outside?: () => unknown;
  /**
   * Brings what is outside back to how it was before. If it is given, the run is executed once more with each step called
   * twice, as happens after a crash in the middle of one: it must end in the same way, and `outside` must give the same.
   */
  readonly reset?: () => unknown;
  /**
   * What a new process does first: evaluates modules again, as `vi.resetModules(); await import('./order.js')` does. With it
   * a sweep finds what the function, or a step, leaves in variables of those modules.
   */
  readonly restart?: () => unknown;
  /**
   * Whether to kill the run once more after each event with real steps, before the crash and after it; default false. It
   * shows what recorded steps have left in objects that are made anew after a crash: cursors, connections, iterators. A
   * step must give the same whenever it is called with the same, and `reset` has to bring back what steps have changed.
   */
  readonly callSteps?: boolean;
  /** Whether processes that resume after a crash die as well; default true. It takes as many processes as events. */
  readonly nested?: boolean;
  /** More processes than these are not needed by any program that comes to an end; default 10,000. */
  readonly maxLives?: number;
}
