import { writeFileSync } from 'node:fs';
import { exportRun, maskedRun } from '../../runtime/tools/look.ts';
import { InputError } from '../base/json-input.ts';
import { findRun, withSource } from '../runs/find-run.ts';
import { NoRunError } from '../runs/no-run.ts';
import { storePathOf } from '../runs/open-store.ts';

export interface ExportOptions {
  readonly store?: string;
  readonly output?: string;
  /** Values are kept. */
  readonly values?: boolean;
}

/**
 * Writes a run as JSON.
 *
 * @returns the exit code
 */
export function exportToFile(
  given: string,
  { store, output, values = false }: ExportOptions,
): Promise<number> {
  return withSource(storePathOf(store), async (source) => {
    const id = await findRun(source, given);
    const run = await exportRun(source, id, Date.now());
    if (run === undefined) throw new NoRunError(`The run "${id}" is no longer in ${source.name}.`);
    const text = JSON.stringify(await maskedRun(run, !values), null, 2);
    if (output === undefined) console.log(text);
    else write(output, `${text}\n`);
    return 0;
  });
}

/** Not over a file that is there: it may be the store. */
function write(file: string, text: string): void {
  try {
    writeFileSync(file, text, { mode: 0o600, flag: 'wx' });
  } catch (error) {
    throw new InputError(`${file} can't be written: ${(error as Error).message}`);
  }
}
