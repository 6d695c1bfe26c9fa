import { setImmediate } from 'node:timers/promises';
import { defaultRuntime, hasDefaultRuntime, type Runtime } from '../../runtime/tools.ts';
import { InputError } from '../base/json-input.ts';
import { loadFirst, loadModule } from '../base/load-module.ts';
import { storePathOf } from '../runs/open-store.ts';

/** Options of the commands that execute durable functions. */
export interface ExecuteOptions {
  /** The path of the file, or `memory:`. */
  readonly store?: string;
  /** Modules that are loaded before all others. */
  readonly import?: readonly string[];
  readonly json?: boolean;
}

/** Modules of a project that are loaded, and the runtime that drives their runs. */
export interface Session {
  readonly runtime: Runtime;
  readonly modules: readonly Readonly<Record<string, unknown>>[];
  /** Where runs are kept, for people. */
  readonly place: string;
}

/**
 * Loads modules. Runs are driven by the runtime that they set with `setDefaultRuntime`, and else by one over the store.
 *
 * Rejects with ModuleError; InputError if a store is named and the modules set a runtime, which has one of its own.
 */
export async function openSession(files: readonly string[], options: ExecuteOptions): Promise<Session> {
  const path = storePathOf(options.store);
  // Modules may ask for the default runtime while they are loaded.
  process.env.DURABLE_STORE = path;
  for (const name of options.import ?? []) await loadFirst(name);
  const modules = [];
  for (const file of files) modules.push(await loadModule(file));
  // Modules of CommonJS go on after they are loaded.
  await setImmediate();
  const isSet = hasDefaultRuntime();
  if (isSet && options.store !== undefined)
    throw new InputError(
      `--store ${options.store}: the modules set a runtime with setDefaultRuntime, whose store is used. Leave --store out.`,
    );
  return { runtime: defaultRuntime(), modules, place: isSet ? 'the store of its runtime' : path };
}
