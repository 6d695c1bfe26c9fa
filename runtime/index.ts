/** The public API. */
export { type AnyFunction, stepsOf } from './definitions.ts';
export { durableLogger } from './durable-logger.ts';
export type { Duration } from './durations.ts';
export {
  CallbackError,
  CancelledError,
  CrashLoopError,
  DuplicateFunctionError,
  DurableError,
  EngineMissingError,
  EngineUnreachableError,
  FatalError,
  IncompatibleCopiesError,
  LeaseLostError,
  LimitError,
  MisuseError,
  NonDeterminismError,
  NotCompiledError,
  RunConflictError,
  RuntimeClosedError,
  SerializationError,
  StepInterruptedError,
  StoreError,
  TimeoutError,
  UnknownFunctionError,
  UnsupportedError,
} from './errors.ts';
export { type Authorize, createHandler, type HandlerOptions } from './http/handler.ts';
export {
  type FetchHandler,
  type NodeListenerOptions,
  type NodeRequest,
  type NodeResponse,
  toNodeListener,
} from './http/node-listener.ts';
export type { HttpAction } from './http/routes.ts';
export { setDefaultRuntime } from './local/default-runtime.ts';
export type { Handle, RunEvent } from './local/handle.ts';
export type { BlockedRun, CloseOptions, RuntimeOptions, StartOptions } from './local/options.ts';
export type { ResumeOptions } from './local/rewind.ts';
export { createRuntime, type Runtime } from './local/runtime.ts';
export type { Schedule, ScheduleTimes } from './local/scheduler.ts';
export { type LogContext, logContext } from './log-context.ts';
export type { Site, SiteKind } from './manifest.ts';
export type { RuntimeEvent, RuntimeEvents, RuntimeEventType } from './observe/events.ts';
export { type RetryPolicy, type StepPolicy, withPolicy } from './policy.ts';
export {
  createCallback,
  currentRun,
  currentStep,
  type RunInfo,
  type SleepOptions,
  type StepInfo,
  signals,
  sleep,
  startChild,
  step,
  waitFor,
} from './primitives.ts';
export type { Callback, ChildOptions, ChildRun, SignalOptions, WaitOptions } from './receiving.ts';
export { memoryStore } from './stores/memory.ts';
export { fileStore } from './stores/sqlite.ts';
export type { ListFilter, RunRecord, RunStatus, Store } from './stores/store.ts';
export type { Tracing } from './tracing.ts';
export { type ClassOptions, registerClass } from './values/classes.ts';
