/** The public API. */
export { type AnyFunction, type Site, type SiteKind, stepsOf } from './definitions.ts';
export type { Duration } from './durations.ts';
export {
  DuplicateFunctionError,
  DurableError,
  LeaseLostError,
  MisuseError,
  NonDeterminismError,
  NotCompiledError,
  RunConflictError,
  RuntimeClosedError,
  SerializationError,
  StoreError,
  UnknownFunctionError,
} from './errors.ts';
export { setDefaultRuntime } from './local/default-runtime.ts';
export type { Handle, RunEvent } from './local/handle.ts';
export {
  type BlockedRun,
  createRuntime,
  type Runtime,
  type RuntimeOptions,
  type StartOptions,
} from './local/runtime.ts';
export { currentRun, currentStep, type RunInfo, type StepInfo, sleep, step } from './primitives.ts';
export { memoryStore } from './stores/memory.ts';
export { fileStore } from './stores/sqlite.ts';
export type { ListFilter, RunRecord, RunStatus, Store } from './stores/store.ts';
export { type ClassOptions, registerClass } from './values/classes.ts';
