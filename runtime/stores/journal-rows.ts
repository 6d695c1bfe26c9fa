import { StoreError } from '../base/errors.ts';
import {
  endMissing,
  eventChanged,
  eventFault,
  eventMissing,
  eventsMissing,
  eventUnreadable,
  functionsDiffer,
  messageChanged,
  startMissing,
} from '../base/messages/damage.ts';
import { storedJournalDamaged } from '../base/messages/stores.ts';
import { faultOf, faultOfJournal } from '../journal/event-shapes.ts';
import { JOURNAL_VERSION, type JournalEvent, type RunEnded } from '../journal/events.ts';
import { checksum, type Row } from './row-sums.ts';
import { isMessageIntact, messageFrom, parseData } from './statements.ts';
import { hasEnded, type Message, type RunRecord } from './store.ts';

/**
 * The events in the rows of a journal, in order.
 *
 * @param store the name of the store
 * @param length at least this many events must be there
 * @throws StoreError naming the run, if a row is missing, was changed, or is not the event that must be there
 */
export function readJournal(
  store: string,
  { id, fn, status }: RunRecord,
  rows: readonly Row[],
  length: number,
): JournalEvent[] {
  const damaged = (what: string): StoreError => damagedJournal(store, id, what);
  const events = rows.map((row, i) => {
    if (row.seq !== i) throw damaged(eventMissing(i));
    return readEvent(store, id, row);
  });
  const [started] = events;
  // Only the newer version can check what it has written. The caller reports it.
  if (started?.type === 'run-started' && started.version > JOURNAL_VERSION) return events;
  if (started?.type !== 'run-started') throw damaged(startMissing());
  if (started.fn !== fn) throw damaged(functionsDiffer(fn, started.fn));
  if (hasEnded(status) && events.at(-1)?.type !== 'run-ended') throw damaged(endMissing());
  if (events.length < length) throw damaged(eventsMissing(events.length, length));
  const fault = faultOfJournal(events);
  if (fault !== undefined) throw damaged(fault);
  return events;
}

/**
 * The end of a run that has ended, from the last row of its journal.
 *
 * @throws StoreError naming the run, if that row was changed, or is another event
 */
export function readEnd(store: string, { id }: RunRecord, row: Row | undefined): RunEnded {
  const event = row && readEvent(store, id, row);
  const fault = event && faultOf(event);
  if (fault !== undefined) throw damagedJournal(store, id, eventFault(row?.seq, fault));
  if (event?.type !== 'run-ended') throw damagedJournal(store, id, endMissing());
  return event;
}

/** Does not check the shape. */
function readEvent(store: string, id: string, { seq, data, sum }: Row): JournalEvent {
  const event = parseData(data);
  // Rows of files from before version 3 have no checksum.
  if (sum !== null && sum !== checksum(id, Number(seq), String(data))) {
    const what = event === undefined ? eventUnreadable() : eventChanged();
    throw damagedJournal(store, id, eventFault(seq, what));
  }
  if (event === undefined) throw damagedJournal(store, id, eventFault(seq, eventUnreadable()));
  return event as JournalEvent;
}

/**
 * The messages in the rows of a run.
 *
 * @throws StoreError naming the run, if one was changed
 */
export function readMessages(store: string, id: string, rows: readonly Row[]): Message[] {
  return rows.map((row) => {
    if (!isMessageIntact(row)) throw damagedMessage(store, id, row);
    return messageFrom(row);
  });
}

export const damagedMessage = (store: string, id: string, { seq }: Row): StoreError =>
  damagedJournal(store, id, messageChanged(seq));

export const damagedJournal = (store: string, id: string, what: string): StoreError =>
  new StoreError(storedJournalDamaged(id, store, what), { partial: true });
