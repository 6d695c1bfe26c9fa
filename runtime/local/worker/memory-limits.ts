/** How much a process takes on, by the memory that it may use. Measured; `docs/runtime.md` says what that means. */
import { getHeapStatistics } from 'node:v8';

/** A run that waits takes 8 kB, and what its own variables hold. So all of them take a quarter of the heap, or less. */
const BYTES_A_RUN = 64 * 1024;

/**
 * A journal takes up to three times its size while it is read, replayed and decoded, and twice its size as long as the code of
 * the run keeps its values. The other half of the heap is for everything else.
 */
const JOURNAL_SHARE = 6;

/** The runs that may be under way in a process that doesn't say otherwise. */
export const defaultMaxRuns = (): number => Math.floor(getHeapStatistics().heap_size_limit / BYTES_A_RUN);

/**
 * A part of the limit that Node reports, up to this size, is for young objects: 192 MiB on 64 bits by default. Journals don't
 * fit in there. Node does not report its size.
 */
const YOUNG_BYTES = 200_000_000;

/** The bytes of journals that may be under way in a process, by what it has left of its heap now. */
export function journalBudget(): number {
  const { heap_size_limit: limit, used_heap_size: used } = getHeapStatistics();
  const left = Math.max(limit - YOUNG_BYTES, limit / 4) - used;
  return Math.floor(Math.max(left, 0) / JOURNAL_SHARE);
}
