import type { JournalEvent } from '../journal/events.ts';

/** The time in which nothing but waits was under way, ms: between the end of one step and what follows it. */
export function idleTime(events: readonly JournalEvent[]): number {
  let idle = 0;
  let before = events[0]?.at ?? 0;
  for (const event of events) {
    const start = event.type === 'step' || event.type === 'attempt-failed' ? event.startedAt : event.at;
    const isEndOfWait = event.type === 'wait-fired' || event.type === 'received' || event.type === 'expired';
    if (isEndOfWait) idle += Math.max(0, start - before);
    before = Math.max(before, event.at);
  }
  return idle;
}
