/** The public API. */

export { durableLogger } from './api/durable-logger.ts';
export { type LogContext, logContext } from './api/log-context.ts';
export {
  createCallback,
  currentRun,
  currentStep,
  type RunInfo,
  type StepInfo,
  setAttributes,
  signals,
  since,
  sleep,
  startChild,
  step,
  waitFor,
} from './api/primitives.ts';
export type { AttributeChanges, Attributes, AttributeValue } from './base/attributes.ts';
export type { Duration } from './base/durations.ts';
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
} from './base/errors.ts';
export type { AnyFunction } from './functions/definition.ts';
export { stepsOf } from './functions/definitions.ts';
export type { Site, SiteKind } from './functions/manifest.ts';
export { type RetryPolicy, type StepPolicy, withPolicy } from './functions/policy.ts';
export { type Allowed, type Authorize, createHandler, type HandlerOptions } from './http/handler.ts';
export {
  type FetchHandler,
  type NodeListenerOptions,
  type NodeRequest,
  type NodeResponse,
  toNodeListener,
} from './http/node-listener.ts';
export type { HttpAction } from './http/routes.ts';
export type { ForkOptions } from './journal/fork.ts';
export type { ResumeOptions } from './journal/rewind.ts';
export type { ActionOptions } from './local/worker/audit.ts';
export { setDefaultRuntime } from './local/worker/default-runtime.ts';
export type { Handle, RunEvent } from './local/worker/handle.ts';
export type { BlockedRun, CloseOptions, RuntimeOptions, StartOptions } from './local/worker/options.ts';
export { createRuntime } from './local/worker/runtime.ts';
export type { AuditOptions, RerunOptions, Runtime } from './local/worker/runtime-interface.ts';
export type { Schedule, ScheduleTimes } from './local/worker/schedules.ts';
export type { VersionInUse } from './local/worker/versions.ts';
export type { Mask, MaskPlace } from './observe/masking.ts';
export type { RuntimeEvent, RuntimeEvents, RuntimeEventType } from './observe/runtime-events.ts';
export type { Tracing } from './port/tracing.ts';
export type {
  Callback,
  ChildOptions,
  ChildRun,
  SignalOptions,
  WaitOptions,
} from './scope/external-events.ts';
export type { SleepOptions } from './scope/sleep-options.ts';
export type { Action, ActionType, KeptAction } from './stores/actions.ts';
export { memoryStore } from './stores/memory.ts';
export { fileStore } from './stores/sqlite.ts';
export type { ListFilter, RunRecord, RunStatus, Store } from './stores/store.ts';
export { type ClassOptions, registerClass } from './values/classes.ts';
