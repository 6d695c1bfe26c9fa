import { type FoundRun, findRecordedRun } from '../../runtime/tools/look.ts';
import { type LaidRun, layRun } from '../../runtime/tools/picture.ts';
import { readFlow } from '../../runtime/tools.ts';
import { findRun, withSource } from '../runs/find-run.ts';
import { type DrawnFunction, functionsOf } from './functions.ts';
import { NothingToDrawError } from './nothing-to-draw.ts';

/**
 * The function of a run, as it was when the run executed it, with the run laid over it.
 *
 * @param file a source file, for versions of which the store knows no flow
 * @throws NothingToDrawError, NoRunError, NoStoreError, StoreError
 */
export const functionOfRun = (
  store: string,
  given: string,
  file: string | undefined,
): Promise<DrawnFunction & LaidRun> =>
  withSource(store, async (source) => {
    const run = await findRecordedRun(source, await findRun(source, given));
    if (run === undefined) throw new NothingToDrawError(`The run "${given}" is no longer in ${store}.`);
    return drawn(run, file);
  });

function drawn(run: FoundRun, file: string | undefined): DrawnFunction & LaidRun {
  const { fn } = run.record;
  const manifest = run.manifests.get(fn);
  const known = manifest && readFlow(manifest);
  if (manifest !== undefined && known !== undefined)
    return { id: fn, version: manifest.version, flow: known, ...layRun(known, run) };
  const found = file === undefined ? undefined : functionsOf(file).find((one) => one.id === fn);
  if (found === undefined)
    throw new NothingToDrawError(
      `The store has no flow of ${fn}, which was compiled by an earlier version of use-durable. Name its source file.`,
    );
  if (manifest !== undefined && manifest.version !== found.version)
    throw new NothingToDrawError(`${file} has another version of ${fn} than the run.`);
  return { ...found, ...layRun(found.flow, run) };
}
