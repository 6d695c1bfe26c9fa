/** What the command line tool needs of the runtime. */
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
