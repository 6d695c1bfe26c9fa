import { calleeIn } from '../base/keys.ts';
import {
  argumentsAltered,
  asksForAnother,
  callUncertain,
  drawsAltered,
  EVENTS,
  EVENTS_OF_RUN,
  endedWithoutAsking,
  journalMismatch,
  keyThenAndNow,
  REQUESTS,
  sameCodeDiffers,
  waysOut,
} from '../base/messages/mismatch.ts';
import type { Definition } from '../functions/definition.ts';
import type { ChangedCall, CodeVersions } from './code-versions.ts';
import type { JournalEvent } from './events.ts';
import { asksFor, type Place, placeIn, positionIn, titleOf } from './mismatch-text.ts';
import type { Mismatch } from './replay-machine.ts';

/** The run that a text is about. */
export interface MismatchedRun {
  readonly runId: string;
  readonly definition: Definition;
  readonly code: CodeVersions;
}

/** Describes how a journal and the code disagree, with places in the source. */
export function describeMismatch(run: MismatchedRun, mismatch: Mismatch): string {
  const now: Place = (key) => placeIn(run.code.definitionOf(key))(key);
  const { recorded, index } = mismatch;
  const event = describeEvent(recorded, (key) => placeThen(run, key));
  const text = journalMismatch(title(run), index, event, requested(mismatch, now));
  return `${text}\n${run.code.isSame ? sameCodeDiffers() : waysOut(run.code.acceptable)}`;
}

/** The code was changed, so that a recorded call could be any of several calls with its name. */
export function describeUncertain(run: MismatchedRun, { key, difference, definition }: ChangedCall): string {
  const { file } = definition.meta;
  const at = ({ line, column }: { readonly line: number; readonly column: number }): string =>
    `${file}:${line}:${column}`;
  const { old, now } = difference;
  return difference.isDrawn
    ? drawsAltered(title(run), key, at(old), at(now))
    : callUncertain(title(run), calleeIn(old.id), key, at(old), at(now));
}

/** The code was changed, so that a step would be called with other values than before the crash. */
export const describeAltered = (run: MismatchedRun, key: string): string =>
  argumentsAltered(title(run), placeIn(run.code.definitionOf(key))(key), run.code.acceptable);

const title = ({ runId, definition }: MismatchedRun): string => titleOf(runId, definition);

/** What an event records, with the place of its site. */
export function describeEvent(event: JournalEvent, place: Place): string {
  return 'key' in event ? EVENTS[event.type](place(event.key)) : EVENTS_OF_RUN[event.type];
}

function requested({ requested, ended, recorded: event }: Mismatch, place: Place): string {
  if (ended) return endedWithoutAsking();
  const key = 'key' in event ? event.key : undefined;
  const kind = key === undefined ? undefined : requested.get(key);
  if (key !== undefined && kind !== undefined) return asksForAnother(REQUESTS[kind], place(key));
  return asksFor([...requested].map(([name, what]) => `${REQUESTS[what]} ${place(name)}`));
}

/** The key, with the place of its site in the recorded code and in the present code, as far as they are known. */
function placeThen({ code }: MismatchedRun, key: string): string {
  const definition = code.definitionOf(key);
  const old = code.oldPlace(key);
  if (old === undefined) return placeIn(definition)(key);
  const then = `${old.file}:${old.site.line}:${old.site.column}`;
  return keyThenAndNow(key, then, positionIn(definition, key));
}
