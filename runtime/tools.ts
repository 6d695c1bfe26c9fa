/** What the command line tool needs of the runtime. */

export { type Duration, parseSpan } from './base/durations.ts';
export { DurableError, MisuseError, RuntimeClosedError, StoreError } from './base/errors.ts';
export type { AnyFunction } from './functions/definition.ts';
export { definitionOf, definitions } from './functions/definitions.ts';
export {
  type Edit,
  type EditPlace,
  type Freedom,
  judge,
  type KnownCode,
  type Verdict,
} from './functions/edits.ts';
export type {
  FlowCase,
  FlowNode,
  FlowSite,
  FlowUse,
  FunctionFlow,
} from './functions/flow.ts';
export { readFlow } from './functions/read-flow.ts';
export { describeThrown, plainJson } from './http/plain-json.ts';
export { durationText } from './inspect/duration-text.ts';
export type { JournalEvent } from './journal/events.ts';
export type { RecordedRun } from './local/run/recorded-run.ts';
export { defaultRuntime, hasDefaultRuntime } from './local/worker/default-runtime.ts';
export type { Handle } from './local/worker/handle.ts';
export { createRuntime } from './local/worker/runtime.ts';
export type { Runtime } from './local/worker/runtime-interface.ts';
export type { VersionInUse } from './local/worker/versions.ts';
export type { RuntimeEvent } from './observe/runtime-events.ts';
export { formatOf } from './stores/schema.ts';
export { fileStore } from './stores/sqlite.ts';
