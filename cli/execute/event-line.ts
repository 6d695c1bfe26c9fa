import { durationText, type RuntimeEvent } from '../../runtime/tools.ts';
import type { Style } from '../base/terminal.ts';
import { clockText, dateText, timeText } from '../runs/times.ts';

/** One line about something that happened to a run. */
export interface EventLine {
  readonly icon: string;
  readonly style: Style;
  /** The key of a step or a wait; undefined for what concerns the run as a whole. */
  readonly key?: string;
  readonly text: string;
}

const DONE = { icon: '✓', style: 'green' } as const;
const FAILED = { icon: '✗', style: 'red' } as const;
const WAITS = { icon: '◷', style: 'yellow' } as const;
const NEWS = { icon: '●', style: 'cyan' } as const;
const ASIDE = { icon: '·', style: 'dim' } as const;

/** Undefined for what people needn't see: what follows says the same, or it is the program's own concern. */
export function eventLine(event: RuntimeEvent): EventLine | undefined {
  return 'key' in event ? keyLine(event) : runLine(event);
}

function runLine(event: RuntimeEvent): EventLine | undefined {
  switch (event.type) {
    case 'run-started':
      return { ...NEWS, text: 'started' };
    case 'run-forked':
      return { ...NEWS, text: `started from ${event.from} of ${event.of}` };
    case 'run-taken-up':
      return { ...NEWS, text: `resumes after ${event.events} events` };
    case 'code-changed':
      return { ...ASIDE, text: 'goes on with changed code' };
    case 'code-accepted':
      return { ...ASIDE, text: `goes on in the order of version ${event.version}` };
    case 'since':
      return { ...ASIDE, text: `takes the branch since "${event.name}"` };
    case 'run-blocked':
      return { ...FAILED, text: `is blocked: ${event.error.message}` };
    case 'run-held-back':
      return { ...WAITS, text: heldBack(event) };
    case 'run-unrecorded':
      return {
        ...WAITS,
        text: `awaits something that is not recorded${event.awaits ? `: ${event.awaits}` : ''}`,
      };
    case 'run-stopped':
      return event.reason === 'closed'
        ? undefined
        : { ...FAILED, text: `stops here: ${event.error.message}` };
    case 'cancel-requested':
      return { ...WAITS, text: `is to end: ${messageOf(event.error)}` };
    case 'run-ended':
      return event.status === 'completed'
        ? { ...DONE, text: `completed in ${durationText(event.duration)}` }
        : { ...FAILED, text: `${event.status} after ${durationText(event.duration)}${because(event.error)}` };
    case 'version-finished':
      return { ...ASIDE, text: `was the last run of version ${event.version} of ${event.fn}` };
    default:
      return undefined;
  }
}

function keyLine(event: Extract<RuntimeEvent, { readonly key: string }>): EventLine | undefined {
  const { key } = event;
  switch (event.type) {
    case 'step-ended': {
      const attempts = event.attempt > 1 ? `, attempt ${event.attempt}` : '';
      const lasted = `${durationText(event.duration)}${attempts}`;
      return event.ok
        ? { ...DONE, key, text: lasted }
        : { ...FAILED, key, text: `${lasted}${because(event.error)}` };
    }
    case 'attempt-failed':
      return {
        ...WAITS,
        key,
        text: `attempt ${event.attempt}${because(event.error)}; again ${dueText(event.retryAt)}`,
      };
    case 'wait-set':
      return { ...WAITS, key, text: `until ${dueText(event.until)}` };
    case 'wait-fired':
      return { ...DONE, key, text: 'the time has come' };
    case 'wait-expired':
      return { ...FAILED, key, text: 'did not come in time' };
    case 'received':
      return { ...(event.ok ? DONE : FAILED), key, text: receivedText(event) };
    case 'callback-created':
      return {
        ...WAITS,
        key,
        text: event.until === undefined ? 'waits for its completion' : `waits until ${dueText(event.until)}`,
      };
    case 'child-started':
      return {
        ...(event.ok ? NEWS : FAILED),
        key,
        text: event.ok ? 'another run' : 'another run was refused',
      };
    default:
      return undefined;
  }
}

function heldBack(event: Extract<RuntimeEvent, { readonly type: 'run-held-back' }>): string {
  const { reason, count = 0, until, bytes = 0 } = event;
  return reason === 'memory'
    ? `waits for memory: its journal has ${Math.ceil(bytes / 1_000_000)} MB`
    : `is held back until ${dueText(until ?? 0)}: ${count} of its workers died`;
}

function receivedText({ from, name, ok }: Extract<RuntimeEvent, { readonly type: 'received' }>): string {
  if (from === 'callback') return ok ? 'the callback is completed' : 'the callback has failed';
  return from === 'signal' ? `signal ${name ?? ''}` : `run ${name ?? ''} has ended`;
}

const because = (error: unknown): string => (error === undefined ? '' : `: ${messageOf(error)}`);

/** The first line: what follows is most often a stack or a list. */
const messageOf = (error: unknown): string => {
  const text = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  return text.split('\n', 1)[0]!;
};

/** The clock alone for today. */
function dueText(time: number): string {
  return dateText(time) === dateText(Date.now()) ? clockText(time) : timeText(time);
}
