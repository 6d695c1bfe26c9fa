import { type Run, recordOf } from './memory-run.ts';
import { hasEnded } from './store.ts';

/**
 * Removes runs that ended before a moment, in the order of creation, until about `rows` events and messages are removed.
 *
 * @param before ms since the epoch
 * @returns the ids of the removed runs, and whether none is left to remove
 */
export function pruneRuns(
  runs: Map<string, Run>,
  before: number,
  rows: number,
): { readonly gone: ReadonlySet<string>; readonly done: boolean } {
  let left = rows;
  const gone = new Set<string>();
  for (const run of runs.values()) {
    if (left <= 0) break;
    if (!hasEnded(run.status) || recordOf(run).updatedAt >= before || isWatched(runs, run, before)) continue;
    runs.delete(run.id);
    gone.add(run.id);
    left -= run.events.length + run.messages.length + 1;
  }
  return { gone, done: left > 0 };
}

/** A run that is under way, or that may be resumed and is not removed itself, may still need its outcome. */
function isWatched(runs: ReadonlyMap<string, Run>, { watchers }: Run, before: number): boolean {
  for (const id of watchers) {
    const watcher = runs.get(id);
    if (watcher === undefined || watcher.status === 'completed') continue;
    if (!hasEnded(watcher.status) || recordOf(watcher).updatedAt >= before) return true;
  }
  return false;
}
