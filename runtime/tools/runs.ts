/** Runs of a store against the functions that this process has loaded, for tools: nothing is written, and no step is called. */
import { SerializationError } from '../base/errors.ts';
import { siteOf } from '../base/keys.ts';
import { findDefinition } from '../functions/definitions.ts';
import type { Manifest } from '../functions/manifest.ts';
import { acceptedOrder } from '../journal/accepted.ts';
import type { JournalEvent } from '../journal/events.ts';
import { codeOf } from '../journal/summary.ts';
import { manifestKey, readManifest } from '../local/run/manifests.ts';
import { StoreReader, type UnfinishedRun } from '../stores/store-reader.ts';
import { type Replay, replayEvents } from '../testing/runtime/replay.ts';
import { decode } from '../values/codec.ts';

export { StoreError } from '../base/errors.ts';
export { StoreReader };

/** The journal of one run, as it was at one moment. */
export interface RunJournal {
  readonly id: string;
  readonly fn: string;
  readonly events: readonly JournalEvent[];
  /** The versions of the functions that it was recorded with, by their ids; empty for a journal of 0.1.0. */
  readonly versions: ReadonlyMap<string, string>;
}

/** Undefined where the journal can't be read. */
export function runJournal(store: StoreReader, run: UnfinishedRun): RunJournal | undefined {
  const events = store.journal(run);
  return events && { id: run.id, fn: run.fn, events, versions: codeOf(events) };
}

/** The only code version that takes the run up, if one was accepted for it. */
export const acceptedVersion = ({ events }: RunJournal): string | undefined => acceptedOrder(events)?.version;

/** The sites and scopes under which a run has recorded something. */
export function recordedSites({ events }: RunJournal): ReadonlySet<string> {
  const sites = new Set<string>();
  for (const event of events) {
    if (!('key' in event)) continue;
    // A name given by hand may contain a slash: then it is looked for as a whole as well.
    const key = event.key.replaceAll(/\[\d+\](?=\/|$)/g, '');
    sites.add(key);
    for (let at = 0; at !== -1; at = key.indexOf('/', at + 1)) sites.add(key.slice(at === 0 ? 0 : at + 1));
    for (const part of key.split('/')) sites.add(part);
  }
  return sites;
}

/** A value that a run has recorded. */
export interface RecordedValue {
  /** The call that it is of; empty for the input of the run. */
  readonly site: string;
  /** Surely a call of the function of the run, and not of one that it calls. */
  readonly isOuter: boolean;
  /** Undefined where it needs something that this process hasn't loaded. */
  read(): { readonly of: unknown } | undefined;
}

/** The input of a run, the results of its steps, and the signals that it received. */
export function* recordedValues({ events }: RunJournal): Generator<RecordedValue> {
  for (const event of events) {
    if (event.type === 'run-started') yield { site: '', isOuter: true, read: reader(event.input) };
    else if ((event.type === 'step' || event.type === 'received') && event.ok)
      yield { site: siteOf(event.key), isOuter: !event.key.includes('/'), read: reader(event.value) };
  }
}

const reader = (text: string) => (): { readonly of: unknown } | undefined => {
  try {
    return { of: decode(text) };
  } catch (error) {
    if (error instanceof SerializationError) return undefined;
    throw error;
  }
};

/** What the store knows of a version of a function. */
export const manifestIn = (store: StoreReader, fn: string, version: string): Manifest | undefined =>
  readManifest(store.setting(manifestKey(fn, version)));

/** Replays a journal against the function that is loaded; undefined if none is. */
export async function replayRun(
  { id, fn, events }: RunJournal,
  manifests: readonly Manifest[],
): Promise<Replay | undefined> {
  const definition = findDefinition(fn);
  return definition && replayEvents(definition, id, { recorded: events, ended: undefined, manifests });
}
