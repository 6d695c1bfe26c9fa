import { DurableError, type Runtime, StoreError } from '../../runtime/tools.ts';
import { plural, styled } from '../base/terminal.ts';
import { type StoreOptions, storePathOf, withStore } from '../runs/open-store.ts';
import { type Deed, type SelectOptions, selectRuns } from './select.ts';

export interface SteerOptions extends StoreOptions, SelectOptions {}

/** What came of it for one run. */
type Steered =
  | { readonly id: string; readonly status: string }
  | { readonly id: string; readonly error: { readonly code: string; readonly message: string } };

/**
 * Does something to the run that is named, or to all that the options say, and leaves them to the workers.
 *
 * @param act gives the id of the run that goes on, which may be a new one
 * @returns the exit code: 1 if it was refused for a run; then nothing was written for that one
 */
export async function steer(
  given: string | undefined,
  deed: Deed,
  options: SteerOptions,
  act: (runtime: Runtime, id: string) => Promise<string>,
): Promise<number> {
  const path = storePathOf(options.store);
  const ids = await selectRuns(path, given, deed, options);
  if (ids === undefined) return 1;
  const isOne = given !== undefined && ids.length === 1;
  let refused = 0;
  const print = options.json ? printAsJson(isOne) : printAsText(isOne ? path : undefined);
  await withStore(path, async (runtime) => {
    for (const id of ids) {
      const steered = await attempt(runtime, id, act);
      if ('error' in steered) refused++;
      print(steered);
    }
  });
  if (!options.json && !isOne) console.log(summary(ids.length, refused, path));
  return refused > 0 ? 1 : 0;
}

async function attempt(
  runtime: Runtime,
  id: string,
  act: (runtime: Runtime, id: string) => Promise<string>,
): Promise<Steered> {
  try {
    const now = await act(runtime, id);
    const handle = await runtime.get(now);
    return { id: now, status: (await handle?.status()) ?? 'unknown' };
  } catch (error) {
    // A store that fails refuses nothing: whether it was done isn't known.
    if (!(error instanceof DurableError) || error instanceof StoreError) throw error;
    return { id, error: { code: error.code, message: error.message } };
  }
}

/** One object for a run that was named; a line for each of several. */
const printAsJson =
  (isOne: boolean) =>
  (steered: Steered): void =>
    console.log(isOne ? JSON.stringify(withoutId(steered), null, 2) : JSON.stringify(steered));

/** Of a refusal only the error: the run was named. */
const withoutId = (steered: Steered): object => ('error' in steered ? { error: steered.error } : steered);

const printAsText =
  (path: string | undefined) =>
  (steered: Steered): void => {
    const { id } = steered;
    if ('error' in steered) {
      const about = path === undefined ? `${id}: ` : '';
      console.error(`${styled('red', 'refused', process.stderr)}: ${about}${steered.error.message}`);
    } else if (path === undefined) console.log(`${id} is ${steered.status}.`);
    else console.log(`${id} is ${steered.status}. ${goesOn(steered.status, path)}`.trimEnd());
  };

const goesOn = (status: string, path: string): string =>
  status === 'running' ? `The workers on ${path} go on with it.` : '';

function summary(all: number, refused: number, path: string): string {
  if (all === 0) return 'No run is meant: none fits the options.';
  const rest = refused === 0 ? '' : `, ${refused} refused`;
  return `${plural(all - refused, 'run')}${rest}. The workers on ${path} go on with them.`;
}
