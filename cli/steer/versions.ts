import type { VersionInUse } from '../../runtime/tools.ts';
import { plural } from '../base/terminal.ts';
import { type StoreOptions, storePathOf, withStore } from '../runs/open-store.ts';

/**
 * Prints which versions of the code unfinished runs execute.
 *
 * @param fn the id of a function, or its name; undefined for all
 * @returns the exit code
 */
export async function versions(
  fn: string | undefined,
  { store, json = false }: StoreOptions,
): Promise<number> {
  const path = storePathOf(store);
  const all = await withStore(path, (runtime) => runtime.versions());
  const found =
    fn === undefined
      ? all
      : all.filter((one) => one.fn === fn || one.fn.slice(one.fn.lastIndexOf('#') + 1) === fn);
  if (json) console.log(JSON.stringify({ store: path, versions: found }, null, 2));
  else if (found.length === 0 && all.length > 0) console.log(noneOf(fn ?? '', all));
  else print(found);
  return 0;
}

/** The name may be misspelled, so this doesn't say that its old versions can go. */
function noneOf(fn: string, all: readonly VersionInUse[]): string {
  const others = [...new Set(all.map((one) => one.fn))].join(', ');
  return `No unfinished run executes a function "${fn}". Unfinished runs execute: ${others}.`;
}

function print(found: readonly VersionInUse[]): void {
  if (found.length === 0) return console.log('No run is unfinished: every old version can go.');
  let last: string | undefined;
  for (const { fn, version, number, running, blocked, since } of found) {
    if (fn !== last) console.log(fn);
    last = fn;
    const name = `${version ?? 'of 0.1.0'}${number === undefined ? '' : ` (version ${number})`}`;
    const runs = [`${running} running`, ...(blocked > 0 ? [`${blocked} blocked`] : [])].join(', ');
    console.log(`  ${name}: ${runs}, since ${new Date(since).toISOString()}`);
  }
  const functions = new Set(found.map((one) => one.fn)).size;
  console.log(
    `${plural(found.length, 'version')} of ${plural(functions, 'function')}. A version that is not listed has no unfinished run.`,
  );
}
