/** A journal outside of a store: one JSON text, to carry a run from production to a test. */

import { MisuseError } from '../base/errors.ts';
import {
  journalDamaged,
  journalNotJson,
  journalPartsInvalid,
  journalTooNew,
  noJournal,
} from '../base/messages/runs.ts';
import type { Manifest } from '../functions/manifest.ts';
import { faultOfJournal } from './event-shapes.ts';
import { JOURNAL_VERSION, type JournalEvent } from './events.ts';

const FORMAT = 'use-durable.journal';

export interface JournalCopy {
  readonly id: string;
  readonly fn: string;
  /** With at least its `run-started`. */
  readonly events: readonly JournalEvent[];
  /** Of the versions of code that it was recorded with, as far as they are known; none in a copy by 0.1.0. */
  readonly manifests?: readonly Manifest[];
}

export const journalText = ({ id, fn, events, manifests }: JournalCopy): string =>
  JSON.stringify({ format: FORMAT, id, fn, events, manifests });

/** @throws MisuseError for what isn't such a text, or was written by a newer version */
export function readJournal(text: string): JournalCopy {
  let copy: Partial<JournalCopy> & { readonly format?: unknown };
  try {
    copy = JSON.parse(text) as typeof copy;
  } catch {
    throw new MisuseError(journalNotJson());
  }
  const started = copy?.format === FORMAT ? copy.events?.[0] : undefined;
  if (started?.type !== 'run-started') {
    throw new MisuseError(noJournal());
  }
  if (started.version > JOURNAL_VERSION) {
    throw new MisuseError(journalTooNew(started.version, JOURNAL_VERSION));
  }
  const { id, fn, events, manifests = [] } = copy;
  if (!Array.isArray(events) || !Array.isArray(manifests) || typeof id !== 'string' || fn !== started.fn) {
    throw new MisuseError(journalPartsInvalid());
  }
  const fault = faultOfJournal(events);
  if (fault !== undefined) throw new MisuseError(journalDamaged(fault));
  return copy as JournalCopy;
}
