/** What events change in a store besides the journal. */

import type { JournalEvent, Received, RunEnded, RunStarted } from '../journal/events.ts';
import type { Action } from './actions.ts';
import type { NewMessage, RunStatus } from './store.ts';

/** The status of a run after its end. */
export const statusAfter = ({ ok, cancelled }: RunEnded): RunStatus =>
  ok ? 'completed' : cancelled ? 'cancelled' : 'failed';

/** The action by which a run was started, if it is known who did that. */
export const startedBy = ({ by, at }: RunStarted): Action | undefined =>
  by === undefined ? undefined : { action: 'start', by, at, ok: true };

/** The message that the runs which watch a run receive at its end. */
export const endMessage = (id: string, { ok, value }: RunEnded): NewMessage => ({
  kind: 'child',
  name: id,
  ok,
  value,
});

/** The message that an event has taken. */
export function receivedMessage({ ok, value, channel }: Received): NewMessage {
  const colon = channel.indexOf(':');
  return { kind: channel.slice(0, colon) as NewMessage['kind'], name: channel.slice(colon + 1), ok, value };
}

/** Whether an event changes only the journal. */
export const isPlainAppend = (event: JournalEvent): boolean =>
  event.type !== 'run-ended' &&
  event.type !== 'callback-created' &&
  event.code === undefined &&
  !('message' in event);
