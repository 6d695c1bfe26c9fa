import type { RecordedCode } from '../../journal/code-versions.ts';
import type { JournalEvent } from '../../journal/events.ts';
import type { RunTrace } from '../../port/tracing.ts';
import type { Message, RunRecord } from '../../stores/store.ts';
import type { Trial } from './crash-trials.ts';

/** What this process has loaded of a run before it drives the run. */
export interface Past {
  /** The journal so far, with at least its `run-started`. */
  readonly events: readonly JournalEvent[];
  /** The messages that were sent to the run and are not in the journal. */
  readonly messages: readonly Message[];
  /** Messages that were found while the run was being loaded, or before. */
  readonly early: readonly Message[];
  /** What is known of the code that it was recorded with; undefined for a new run. */
  readonly code: RecordedCode | undefined;
  /** Undefined for a new run. */
  readonly record?: RunRecord | undefined;
  /** Undefined if the run is not traced. */
  readonly trace: RunTrace | undefined;
  /** Set if the run was with workers that are gone. */
  readonly trial?: Trial | undefined;
}
