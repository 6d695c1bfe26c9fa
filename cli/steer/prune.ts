import { type Duration, MisuseError, parseSpan } from '../../runtime/tools.ts';
import { InputError } from '../base/json-input.ts';
import { personAt } from '../base/person.ts';
import { ask, isInteractive, plural } from '../base/terminal.ts';
import { type StoreOptions, storePathOf, withStore } from '../runs/open-store.ts';

export interface PruneOptions extends StoreOptions {
  readonly yes?: boolean;
}

/**
 * Removes runs that ended longer ago than a duration.
 *
 * @returns the exit code: 1 if the answer was no
 */
export async function prune(
  age: Duration,
  { store, yes = false, json = false }: PruneOptions,
): Promise<number> {
  checkAge(age);
  const path = storePathOf(store);
  const question = `Remove all runs from ${path} that ended more than ${age} ago, with their journals`;
  if (!yes && !isInteractive()) throw new InputError(`${question}: nobody can be asked here. Add --yes.`);
  if (!yes && !(await ask(`${question}?`))) return 1;
  const removed = await withStore(path, (runtime) => runtime.prune(age, { by: personAt('durable') }));
  if (json) console.log(JSON.stringify({ removed }, null, 2));
  else console.log(removed === 0 ? 'No run ended so long ago.' : `${plural(removed, 'run')} removed.`);
  return 0;
}

function checkAge(age: Duration): void {
  try {
    parseSpan('prune', age);
  } catch (error) {
    if (error instanceof MisuseError) throw new InputError(error.message);
    throw error;
  }
}
