/** How much a process takes on, by the memory that it may use. Measured; `docs/runtime.md` says what that means. */
import { getHeapStatistics } from 'node:v8';

/** A run that waits takes 8 kB, and what its own variables hold. So all of them take a quarter of the heap, or less. */
const BYTES_A_RUN = 64 * 1024;

/**
 * A journal that is read, replayed and decoded takes up to three times its size while that goes on, and twice as much
 * as long as the code of the run keeps its values. The other half of the heap is for everything else.
 */
const JOURNAL_SHARE = 6;

/** The runs that may be under way in a process that doesn't say otherwise. */
export const defaultMaxRuns = (): number => Math.floor(getHeapStatistics().heap_size_limit / BYTES_A_RUN);

/**
 * Up to so much of the limit that Node tells is for young objects, 192 MiB on 64 bits by default, and journals don't fit in
 * there. How much it is can't be asked for.
 */
const YOUNG_BYTES = 200_000_000;

/** The bytes of journals that may be under way in a process, by what it has left of its heap now. */
export function journalBudget(): number {
  const { heap_size_limit: limit, used_heap_size: used } = getHeapStatistics();
  const left = Math.max(limit - YOUNG_BYTES, limit / 4) - used;
  return Math.floor(Math.max(left, 0) / JOURNAL_SHARE);
}
