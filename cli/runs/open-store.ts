import { createRuntime, fileStore, formatOf, type Runtime } from '../../runtime/tools.ts';
import { NoStoreError } from './no-store.ts';

/** Options of all commands over a store. */
export interface StoreOptions {
  /** The path of the file. */
  readonly store?: string;
  readonly json?: boolean;
}

/** Where durable functions keep their runs unless the program says otherwise. */
const DEFAULT_PATH = '.durable/runs.db';

export const storePathOf = (given: string | undefined): string =>
  given ?? (process.env.DURABLE_STORE || DEFAULT_PATH);

/**
 * Lets a command use the file in which workers keep their runs, while they go on. It has no durable function loaded, so it
 * drives no run: what it steers is left to the workers.
 *
 * @throws NoStoreError as `requireStore`
 */
export async function withStore<T>(path: string, use: (runtime: Runtime) => Promise<T>): Promise<T> {
  requireStore(path);
  const runtime = createRuntime({ store: fileStore(path) });
  try {
    return await use(runtime);
  } finally {
    await runtime.close({ store: true });
  }
}

/** @throws NoStoreError if there is no file, or not one of this version: opening it would migrate it under its workers */
export function requireStore(path: string): void {
  const format = formatOf(path);
  if (format === 'missing')
    throw new NoStoreError(`There is no store at ${path}. Name it with --store <file>.`);
  if (format === 'older')
    throw new NoStoreError(
      `The store ${path} was written by an earlier version of use-durable. A worker of this version migrates it when it opens it; this ` +
        'command does not, since workers of the earlier version may have it open.',
    );
  if (format === 'other')
    throw new NoStoreError(`${path} is no store that this version of use-durable can open.`);
}
