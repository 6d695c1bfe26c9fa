import { MisuseError } from '../../base/errors.ts';
import { defaultRuntimeInvalid } from '../../base/messages/options.ts';
import { state } from '../../base/process-state.ts';
import { memoryStore } from '../../stores/memory.ts';
import { fileStore } from '../../stores/sqlite.ts';
import { createRuntime } from './runtime.ts';
import type { Runtime } from './runtime-interface.ts';

/** Where runs are kept if nothing else is said. */
const DEFAULT_PATH = '.durable/runs.db';

/**
 * The runtime for durable functions that are called directly. Unless one was set, it is made at the first call, on the
 * store that DURABLE_STORE names: `memory:`, or the path of a file; default `.durable/runs.db`.
 */
export function defaultRuntime(): Runtime {
  if (state.defaultRuntime === undefined) {
    const name = process.env.DURABLE_STORE || DEFAULT_PATH;
    state.defaultRuntime = createRuntime({ store: name === 'memory:' ? memoryStore() : fileStore(name) });
  }
  return state.defaultRuntime as Runtime;
}

/** Whether one was set, or made at a call. */
export const hasDefaultRuntime = (): boolean => state.defaultRuntime !== undefined;

/**
 * Sets the runtime for durable functions that are called directly; undefined goes back to DURABLE_STORE.
 *
 * @throws MisuseError if it is no runtime
 */
export function setDefaultRuntime(runtime: Runtime | undefined): void {
  if (runtime !== undefined && typeof runtime?.start !== 'function') {
    throw new MisuseError(defaultRuntimeInvalid());
  }
  state.defaultRuntime = runtime;
}
