/** What comes to runs from outside, and doing it again. */
import type { Definition } from '../../functions/definition.ts';
import { findDefinition } from '../../functions/definitions.ts';
import { decode, decodeError } from '../../values/codec.ts';
import type { VirtualRuntime } from './runtime.ts';
import type { Change } from './store-log.ts';

/** Something that came from outside, to be done again. */
export interface ExternalInput {
  readonly runId: string;
  /** How many events the run had written by then. */
  readonly count: number;
  /** Its place in the log. */
  readonly rank: number;
  perform(runtime: VirtualRuntime): Promise<void>;
}

/**
 * The same log, with each input from outside as late as possible: right before a run takes it, or before the next input. The
 * moment of an input is chance: a run that resumes after a crash in the meantime may take it earlier.
 */
export function arrange(log: readonly Change[]): Change[] {
  const taken = takenAt(log);
  const arranged: Change[] = [];
  const waiting: number[] = [];
  const place = (count: number): void => {
    for (const index of waiting.splice(0, count)) {
      const change = log[index];
      const at = Math.max(change?.at ?? 0, arranged.at(-1)?.at ?? 0);
      if (change !== undefined) arranged.push({ ...change, at });
    }
  };
  for (const [index, change] of log.entries()) {
    if (change.type === 'send' || change.type === 'complete') {
      waiting.push(index);
      continue;
    }
    // The end of a run may be a message to another one; messages are numbered in their order.
    const isEnd = change.type === 'event' && change.event.type === 'run-ended';
    place(isEnd ? waiting.length : waiting.findLastIndex((sent) => taken.get(sent) === index) + 1);
    arranged.push(change);
  }
  place(waiting.length);
  return arranged;
}

/** For each thing that came from outside, by its index, the index of the event that says that a run took it. */
function takenAt(log: readonly Change[]): ReadonlyMap<number, number> {
  const taken = new Map<number, number>();
  const sent = new Map<string, number[]>();
  for (const [index, change] of log.entries()) {
    if (change.type === 'send') {
      const [runId, { kind, name }] = change.args;
      const channel = `${runId}\n${kind}:${name}`;
      sent.set(channel, [...(sent.get(channel) ?? []), index]);
    } else if (change.type === 'complete') sent.set(`callback:${change.args[0]}`, [index]);
    else if (change.type === 'event') {
      const { runId, event } = change;
      const channel = event.type === 'received' ? event.channel : 'cancel:';
      if (event.type !== 'received' && event.type !== 'cancel-requested') continue;
      const first = (sent.get(`${runId}\n${channel}`) ?? sent.get(channel))?.shift();
      if (first !== undefined) taken.set(first, index);
    }
  }
  return taken;
}

/** What came from outside after the first `cut` changes of a log. */
export function inputsAfter(log: readonly Change[], cut: number): ExternalInput[] {
  const counts = new Map<string, number>();
  const owners = new Map<string, string>();
  const acts: ExternalInput[] = [];
  for (const [index, change] of log.entries()) {
    if (change.type === 'create') counts.set(change.args[0], 1);
    else if (change.type === 'event') {
      counts.set(change.runId, (counts.get(change.runId) ?? 0) + 1);
      if (change.event.type === 'callback-created') owners.set(change.event.token, change.runId);
    } else if (index >= cut && change.type === 'send') {
      const [runId, { kind, name, value }] = change.args;
      const perform = async (runtime: VirtualRuntime): Promise<void> => {
        const run = await runtime.get(runId);
        if (kind === 'signal') await run?.signal(name, decode(value, classesOf(runtime, runId)));
        else await run?.cancel((decodeError(value) as { readonly reason?: string }).reason);
      };
      acts.push({ runId, rank: index, count: counts.get(runId) ?? 0, perform });
    } else if (index >= cut && change.type === 'complete') {
      const [token, { ok, value }] = change.args;
      const runId = owners.get(token) ?? '';
      const perform = (runtime: VirtualRuntime): Promise<void> => {
        const given = decode(value, classesOf(runtime, runId));
        return ok ? runtime.complete(token, given) : runtime.fail(token, given);
      };
      acts.push({ runId, rank: index, count: counts.get(runId) ?? 0, perform });
    }
  }
  return acts;
}

const classesOf = (runtime: VirtualRuntime, runId: string): Definition['classes'] =>
  findDefinition(runtime.progress.load(runId).record.fn)?.classes;
