import type { Manifest } from '../../functions/manifest.ts';
import type { JournalEvent } from '../../journal/events.ts';
import type { RunRecord } from '../../stores/store.ts';

/** A run as a store has it, for tools that only look. */
export interface RecordedRun {
  readonly record: RunRecord;
  readonly events: readonly JournalEvent[];
  /** What the store knows of the versions whose code the run executes, by the ids of functions. */
  readonly manifests: ReadonlyMap<string, Manifest>;
}
