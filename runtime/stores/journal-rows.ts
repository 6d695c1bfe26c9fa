import { StoreError } from '../errors.ts';
import type { JournalEvent, RunEnded } from '../local/events.ts';
import { checksum, parseEvent, type Row } from './statements.ts';
import { hasEnded, type RunRecord } from './store.ts';

/**
 * The events in the rows of a journal, in order.
 *
 * @param store the name of the store
 * @param length so many events there are at least
 * @throws StoreError naming the run, if a row is missing, was changed, or is no event
 */
export function readJournal(
  store: string,
  { id, status }: RunRecord,
  rows: readonly Row[],
  length: number,
): JournalEvent[] {
  const damaged = (what: string): StoreError => damagedJournal(store, id, what);
  const events = rows.map((row, i) => {
    if (row.seq !== i) throw damaged(`event ${i} is missing`);
    return readEvent(store, id, row);
  });
  if (events[0]?.type !== 'run-started') throw damaged('its first event is missing');
  if (hasEnded(status) && events.at(-1)?.type !== 'run-ended') throw damaged('its last event is missing');
  if (events.length < length) throw damaged(`it has ${events.length} events, and had ${length} or more`);
  return events;
}

/**
 * The end of a run that has ended, from the last row of its journal.
 *
 * @throws StoreError naming the run, if that row was changed, or is another event
 */
export function readEnd(store: string, { id }: RunRecord, row: Row | undefined): RunEnded {
  const event = row && readEvent(store, id, row);
  if (event?.type !== 'run-ended') throw damagedJournal(store, id, 'its last event is missing');
  return event;
}

function readEvent(store: string, id: string, { seq, data, sum }: Row): JournalEvent {
  const event = parseEvent(data);
  // Rows of files from before version 3 have no checksum.
  if (sum !== null && sum !== checksum(id, Number(seq), String(data))) {
    const what = event === undefined ? "can't be read" : 'was changed';
    throw damagedJournal(store, id, `event ${seq} ${what}`);
  }
  if (event === undefined) throw damagedJournal(store, id, `event ${seq} can't be read`);
  return event;
}

export const damagedJournal = (store: string, id: string, what: string): StoreError =>
  new StoreError(
    `The journal of run "${id}" in ${store} is damaged: ${what}. Other runs are not affected. Restore the file from a ` +
      `backup, or start the work again under another id.`,
    { partial: true },
  );
