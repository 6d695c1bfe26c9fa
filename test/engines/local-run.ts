import type { Handle, Runtime } from '../../runtime/index.ts';
import type { EngineRun } from './harness.ts';

/** A run of our runtime, as one outside of it that only sends sees it. */
export function runOf(outside: Runtime, id: string, result: () => Promise<unknown>): EngineRun {
  const handle = async (): Promise<Handle> => {
    const found = await outside.get(id);
    if (found === undefined) throw new Error(`There is no run "${id}".`);
    return found;
  };
  return {
    id,
    result,
    signal: async (name, payload) => (await handle()).signal(name, payload),
    complete: (token, value) => outside.complete(token, value),
    fail: (token, error) => outside.fail(token, error),
    cancel: async (reason) => (await handle()).cancel(reason),
  };
}
