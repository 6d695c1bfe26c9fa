import type { Manifest } from '../functions/manifest.ts';
import { codeOf } from '../journal/summary.ts';
import { manifestKey, readManifest } from '../local/run/manifests.ts';
import type { RecordedRun } from '../local/run/recorded-run.ts';
import type { InspectSource } from '../stores/inspect-source.ts';
import type { Message } from '../stores/store.ts';
import type { Facts } from './reason.ts';

/** A run with what it was sent and has not received. */
export interface FoundRun extends RecordedRun {
  readonly messages: readonly Message[];
}

/** Undefined if there is no such run. Rejects with StoreError. */
export async function findRecordedRun(source: InspectSource, id: string): Promise<FoundRun | undefined> {
  const run = await source.load(id);
  if (run === undefined) return undefined;
  const manifests = new Map<string, Manifest>();
  for (const [fn, version] of codeOf(run.events)) {
    const manifest = readManifest(await source.setting(manifestKey(fn, version)));
    if (manifest !== undefined) manifests.set(fn, manifest);
  }
  return { ...run, manifests };
}

/** What the store knows of a run besides its journal. Rejects with StoreError. */
export async function factsOf(
  source: InspectSource,
  { record, events, messages }: FoundRun,
  now: number,
): Promise<Facts> {
  const waits = record.status === 'running' && events.some(({ type }) => type === 'child-started');
  const workers = await source.workers();
  return {
    now,
    standing: await source.standing(record.id),
    workers: workers.filter(({ state }) => state === 'alive').length,
    others: waits ? await source.watched(record.id) : [],
    messages,
  };
}
