import type { JournalEvent } from '../journal/events.ts';
import { SUSPECT } from '../stores/crashes.ts';
import type { RunRecord } from '../stores/store.ts';
import type { Way } from './actions.ts';
import type { Facts, Reason } from './reason.ts';

/** What keeps a run from being driven, and whether it is driven or would be. */
interface Driving {
  readonly reasons: readonly Reason[];
  readonly drives: boolean;
}

const DRIVEN: Driving = { reasons: [], drives: true };

/** Of a run that is running: whether a worker has it, and why not. */
export function driving(record: RunRecord, facts: Facts): Driving {
  const { standing, now } = facts;
  if (standing === undefined) return DRIVEN;
  const { owner, wakeAt, crashes } = standing;
  if (owner?.state === 'gone') return { reasons: [left(owner.worker, facts)], drives: true };
  if (owner?.state === 'stopped') return { reasons: [stopped(owner.worker, owner.pid)], drives: true };
  if (owner !== undefined) return DRIVEN;
  if (crashes.count >= SUSPECT && wakeAt > now) return { reasons: [heldBack(record, facts)], drives: false };
  if (wakeAt > now) return { reasons: [], drives: false };
  return { reasons: [due(record, facts)], drives: true };
}

const START: Way = { text: 'a worker that has loaded the function' };

function left(worker: string, { workers }: Facts): Reason {
  const next = workers === 0 ? 'No worker is alive.' : 'Another worker takes it up when it looks next.';
  return {
    kind: 'worker-gone',
    text: `The worker ${worker} that had it is gone. ${next}`,
    name: worker,
    ways: [START],
  };
}

const stopped = (worker: string, pid: number): Reason => ({
  kind: 'worker-stopped',
  text: `The process ${pid} of its worker ${worker} is stopped.`,
  name: worker,
  ways: [{ text: `the process goes on (kill -CONT ${pid}), or its lease runs out` }],
});

function heldBack({ id }: RunRecord, { standing }: Facts): Reason {
  const { crashes, wakeAt } = standing!;
  const doing = crashes.doing === null ? '' : ` When that happened last, ${crashes.doing}.`;
  return {
    kind: 'held-back',
    text: `It is held back: ${crashes.count} times in a row its worker died or was found gone.${doing}`,
    until: wakeAt,
    ways: [{ text: 'by itself' }, { text: 'at once', action: { type: 'resume', run: id } }],
  };
}

function due({ updatedAt }: RunRecord, { standing, workers, messages }: Facts): Reason {
  const { wakeAt } = standing!;
  const sent = messages.length === 0 ? '' : ` Messages that it has not received: ${messages.length}.`;
  const why =
    workers === 0
      ? 'No worker is alive.'
      : `Workers that are alive: ${workers}. They have not loaded the function, have no room for its journal, or come to it in its turn.`;
  return {
    kind: 'worker',
    text: `It is due, and no worker has taken it up. ${why}${sent}`,
    since: Math.max(wakeAt, updatedAt),
    ways: [START],
  };
}

/** The reason says itself what happened. */
export function blocked({ id, reason, updatedAt }: RunRecord): Reason {
  const text = reason ?? 'It is blocked.';
  const accept = /accept: '([^']+)'/.exec(text)?.[1];
  const resume = { type: 'resume', run: id } as const;
  return {
    kind: 'blocked',
    text,
    since: updatedAt,
    ways: [
      { text: 'deploy code that fits its journal, or has the function; workers try again when they start' },
      ...(accept === undefined
        ? []
        : [{ text: 'accept the order of the new code', action: { ...resume, accept } }]),
      { text: 'try again, when the cause is gone', action: resume },
      { text: 'start it anew: all its steps are called again', action: { type: 'rerun', run: id } },
    ],
  };
}

export function ended({ id, status }: RunRecord, events: readonly JournalEvent[]): Reason {
  const end = events.at(-1);
  const again: readonly Way[] =
    status === 'completed'
      ? []
      : [
          { text: 'from its last failed step', action: { type: 'resume', run: id } },
          { text: 'anew', action: { type: 'rerun', run: id } },
        ];
  return {
    kind: 'ended',
    text: `It waits for nothing: it is ${status}.`,
    ...(end && { since: end.at }),
    ...(end?.type === 'run-ended' && !end.ok && { error: end.value }),
    ways: again,
  };
}
