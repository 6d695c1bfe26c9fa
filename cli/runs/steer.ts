import { MisuseError, type Runtime } from '../../runtime/tools.ts';
import { styled } from '../base/terminal.ts';
import { type StoreOptions, storePathOf, withStore } from './open-store.ts';

/** What is printed of the run that goes on. */
interface Steered {
  readonly id: string;
  readonly status: string;
}

/**
 * Does something to a run, and leaves it to the workers.
 *
 * @returns the exit code: 1 if it was refused; then nothing was written
 */
export async function steer(
  { store, json = false }: StoreOptions,
  act: (runtime: Runtime) => ReturnType<Runtime['resume']>,
): Promise<number> {
  const path = storePathOf(store);
  let steered: Steered;
  try {
    steered = await withStore(path, async (runtime) => {
      const handle = await act(runtime);
      return { id: handle.id, status: await handle.status() };
    });
  } catch (error) {
    if (!(error instanceof MisuseError)) throw error;
    const { code, message } = error;
    if (json) console.log(JSON.stringify({ error: { code, message } }, null, 2));
    else console.error(`${styled('red', 'refused')}: ${message}`);
    return 1;
  }
  if (json) console.log(JSON.stringify(steered, null, 2));
  else console.log(`${steered.id} is ${steered.status}. The workers on ${path} go on with it.`);
  return 0;
}
