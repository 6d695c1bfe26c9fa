import { fileStore, MisuseError } from '../../runtime/tools.ts';
import { InputError } from '../base/json-input.ts';
import { requireStore, type StoreOptions, storePathOf } from '../runs/open-store.ts';

export type BackupOptions = StoreOptions;

/**
 * Copies a store as it is at one moment into a new file.
 *
 * Rejects with InputError if there is something at the path, NoStoreError, StoreError.
 *
 * @returns the exit code
 */
export async function backup(file: string, { store, json = false }: BackupOptions): Promise<number> {
  const path = storePathOf(store);
  requireStore(path);
  const opened = fileStore(path);
  try {
    await opened.backup(file);
  } catch (error) {
    if (error instanceof MisuseError) throw new InputError(error.message);
    throw error;
  } finally {
    await opened.close();
  }
  if (json) console.log(JSON.stringify({ store: path, backup: file }, null, 2));
  else console.log(`${path} is copied to ${file}.`);
  return 0;
}
