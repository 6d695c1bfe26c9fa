/** A run as a file: to look at it elsewhere, or to attach it to a report of an error. */

import { MisuseError } from '../base/errors.ts';
import { exportDamaged, exportTooNew, noExport } from '../base/messages/runs.ts';
import { faultOfJournal } from '../journal/event-shapes.ts';
import type { JournalEvent } from '../journal/events.ts';
import { codeOf } from '../journal/summary.ts';
import { manifestKey } from '../local/run/manifests.ts';
import type { InspectSource, Standing, WorkerFacts } from '../stores/inspect-source.ts';
import type { Message, RunRecord } from '../stores/store.ts';

const FORMAT = 'use-durable.run';
const VERSION = 1;

/** What a store has of one run, as plain JSON. */
export interface ExportedRun {
  readonly format: typeof FORMAT;
  readonly version: number;
  /** ms since the epoch. */
  readonly at: number;
  /** Its values are left out: see `maskedRun`. */
  readonly masked: boolean;
  readonly record: RunRecord;
  readonly events: readonly JournalEvent[];
  readonly messages: readonly Message[];
  /** Undefined in the place of `Infinity`. */
  readonly standing: (Omit<Standing, 'wakeAt'> & { readonly wakeAt?: number }) | undefined;
  /** Runs whose end it waits for. */
  readonly watched: readonly RunRecord[];
  readonly workers: readonly WorkerFacts[];
  /** What the store knows of the versions of its code. */
  readonly settings: Readonly<Record<string, string>>;
}

/** Undefined if there is no such run. Rejects with StoreError. */
export async function exportRun(
  source: InspectSource,
  id: string,
  now: number,
): Promise<ExportedRun | undefined> {
  const run = await source.load(id);
  if (run === undefined) return undefined;
  const { record, events, messages } = run;
  const settings: Record<string, string> = {};
  for (const [fn, version] of codeOf(events)) {
    const key = manifestKey(fn, version);
    const text = await source.setting(key);
    if (text !== undefined) settings[key] = text;
  }
  const { wakeAt, ...standing } = (await source.standing(id)) ?? {};
  return {
    format: FORMAT,
    version: VERSION,
    at: source.at ?? now,
    masked: false,
    record,
    events,
    // The reason of a damage is of this process.
    messages: messages.map(({ damage: _, ...message }) => message),
    standing: {
      ...(standing as Standing),
      ...(wakeAt !== Number.POSITIVE_INFINITY && { wakeAt: wakeAt ?? 0 }),
    },
    watched: await source.watched(id),
    workers: await source.workers(),
    settings,
  };
}

/** @throws MisuseError for what is no such text, or was written by a newer version */
export function readExport(name: string, text: string): ExportedRun {
  let run: Partial<ExportedRun>;
  try {
    run = JSON.parse(text) as typeof run;
  } catch {
    throw new MisuseError(noExport(name));
  }
  if (run?.format !== FORMAT || typeof run.version !== 'number') throw new MisuseError(noExport(name));
  if (run.version > VERSION) throw new MisuseError(exportTooNew(name, run.version, VERSION));
  const { record, events, messages, workers, watched, settings } = run;
  const isWhole =
    typeof record?.id === 'string' &&
    Array.isArray(events) &&
    [messages, workers, watched].every((list) => Array.isArray(list)) &&
    typeof settings === 'object' &&
    settings !== null;
  const fault = isWhole ? faultOfJournal(events as readonly JournalEvent[]) : 'parts are missing';
  if (fault !== undefined) throw new MisuseError(exportDamaged(name, fault));
  return run as ExportedRun;
}
