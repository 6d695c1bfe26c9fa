/** What the command line tool needs of the runtime. */

export { MisuseError, StoreError } from './base/errors.ts';
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
export { createRuntime, type Runtime } from './local/worker/runtime.ts';
export type { VersionInUse } from './local/worker/versions.ts';
export { formatOf } from './stores/schema.ts';
export { fileStore } from './stores/sqlite.ts';
