/** The testing kit. */
export { type CrashSweep, type CrashSweepOptions, crashSweep } from './crash-sweep.ts';
export { CrashSweepError, NeverError } from './errors.ts';
export type { TestHandle } from './handle.ts';
export { hanging, lasting } from './lasting.ts';
export { type Replay, replay } from './replay.ts';
export { type Lost, type RoundTrip, type RoundTripOptions, roundTrip } from './round-trip.ts';
export { createTestRuntime } from './runtime.ts';
export type { Replacement, StepCall, StepImplementations } from './steps.ts';
export type { TestRuntime, TestRuntimeOptions } from './test-runtime.ts';
export type { WorldRead } from './world-reads.ts';
