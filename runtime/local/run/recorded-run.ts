import type { Manifest } from '../../functions/manifest.ts';
import type { JournalEvent } from '../../journal/events.ts';
import { summarize } from '../../journal/summary.ts';
import type { RunRecord, Store } from '../../stores/store.ts';
import { Manifests } from './manifests.ts';

/** A run as a store has it, for tools that only look. */
export interface RecordedRun {
  readonly record: RunRecord;
  readonly events: readonly JournalEvent[];
  /** What the store knows of the versions whose code the run executes, by the ids of functions. */
  readonly manifests: ReadonlyMap<string, Manifest>;
}

/** Undefined if there is no such run. Rejects with StoreError. */
export async function recordedRun(store: Store, id: string): Promise<RecordedRun | undefined> {
  const run = await store.load(id);
  if (run === undefined) return undefined;
  const { code } = summarize(run.events);
  const known = await new Manifests(store).all(code);
  return { ...run, manifests: new Map(known.map((manifest) => [manifest.fn, manifest])) };
}
