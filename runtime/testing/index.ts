/** The testing kit. */
export { type CrashSweep, type CrashSweepOptions, crashSweep } from './crash-sweep.ts';
export { CrashSweepError, NeverError } from './errors.ts';
export type { TestHandle } from './handle.ts';
export { type Replay, replay } from './replay.ts';
export { createTestRuntime, type TestRuntime, type TestRuntimeOptions } from './runtime.ts';
export type { StepCall, StepImplementations } from './steps.ts';
