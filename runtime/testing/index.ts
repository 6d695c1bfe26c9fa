/** The testing kit. */

export { CrashSweepError, NeverError } from './runtime/errors.ts';
export type { TestHandle } from './runtime/handle.ts';
export { hanging, lasting } from './runtime/lasting.ts';
export { type Replay, replay } from './runtime/replay.ts';
export { type Lost, type RoundTrip, type RoundTripOptions, roundTrip } from './runtime/round-trip.ts';
export { createTestRuntime } from './runtime/runtime.ts';
export type { Replacement, StepCall, StepImplementations } from './runtime/steps.ts';
export type { TestRuntime, TestRuntimeOptions } from './runtime/test-runtime.ts';
export type { WorldRead } from './runtime/world-reads.ts';
export { type CrashSweep, crashSweep } from './sweep/crash-sweep.ts';
export type { CrashSweepOptions } from './sweep/options.ts';
