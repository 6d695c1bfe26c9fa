/** What happens to a store, written down, so that a store can be brought to every state that it has been in. */

import { StoreError } from '../../base/errors.ts';
import {
  journalBeginsOtherwise,
  memoryStoreLostRun,
  memoryStoreNotAtOnce,
  processDied,
} from '../../base/messages/testing.ts';
import type { JournalEvent } from '../../journal/events.ts';
import type { Claim } from '../../stores/claims.ts';
import type { Append, Shown, Store } from '../../stores/store.ts';

type Arguments<M extends 'create' | 'watch' | 'send' | 'complete'> = Parameters<Store[M]>;

/** One change; appends are taken apart into events. `at` is when, ms since the epoch. */
export type Change = { readonly at: number } & (
  | { readonly type: 'create'; readonly args: Arguments<'create'> }
  | { readonly type: 'event'; readonly runId: string; readonly event: JournalEvent; readonly shown?: Shown }
  | { readonly type: 'shown'; readonly runId: string; readonly shown: Shown }
  | { readonly type: 'watch'; readonly args: Arguments<'watch'> }
  | { readonly type: 'send'; readonly args: Arguments<'send'> }
  | { readonly type: 'complete'; readonly args: Arguments<'complete'> }
);

/** What a method answers when it has changed something. */
const CHANGES: Readonly<Record<string, (result: unknown) => boolean>> = {
  create: (claim) => claim !== null,
  watch: () => true,
  send: (sent) => sent === 'sent',
  complete: (completed) => completed === 'completed',
};

type Method = (...args: unknown[]) => unknown;

/** A store in memory, with another function in the place of some of its methods. */
export function altered(store: Store, alter: (name: string, method: Method) => Method): Store {
  return new Proxy(store, {
    get(target, property) {
      const value: unknown = Reflect.get(target, property);
      return typeof value === 'function' ? alter(String(property), value.bind(target) as Method) : value;
    },
  });
}

/** The same store, whose changes are added to the log. */
export function logged(store: Store, log: Change[], now: () => number): Store {
  return altered(store, (name, method) => (...args) => {
    const result = method(...args);
    const at = now();
    if (name === 'append') {
      for (const append of args[0] as readonly Append[]) log.push(...changesOf(append, at));
    } else if (CHANGES[name]?.(result) === true) {
      log.push({ type: name, args, at } as unknown as Change);
    }
    return result;
  });
}

/** What the run shows is written with the first of the events: so it is never behind one of them. */
function changesOf({ claim: { runId }, events, shown }: Append, at: number): readonly Change[] {
  const changes = events.map((event): Change => ({ type: 'event', runId, event, at }));
  if (shown === undefined) return changes;
  const [first, ...others] = changes;
  return first === undefined
    ? [{ type: 'shown', runId, shown, at }]
    : [{ ...first, shown } as Change, ...others];
}

/** The same store, where a run is given this seed; undefined leaves it its own. */
export function seeded(store: Store, id: string, seed: string | undefined): Store {
  if (seed === undefined) return store;
  return altered(store, (name, method) => {
    if (name !== 'create') return method;
    return (runId, started, ...rest) =>
      method(runId, runId === id ? { ...(started as object), seed } : started, ...rest);
  });
}

/** The same store for a process that dies as soon as it has written this number of events, also in the middle of a batch. */
export function dying(store: Store, limit: number, onDeath: () => void): Store {
  let left = limit;
  return altered(store, (name, method) => {
    if (name !== 'append') return method;
    return (batch) => {
      const written = (batch as readonly Append[]).map((append) => {
        const events = append.events.slice(0, left);
        left -= events.length;
        // What is cut off is not written in part.
        return events.length < append.events.length ? { ...append, events, shown: {} } : append;
      });
      const refused = method(written);
      if (left > 0) return refused;
      onDeath();
      throw new StoreError(processDied());
    };
  });
}

/** Applies a log to an empty store in memory. Its runs then belong to no worker. */
export async function bringTo(store: Store, log: readonly Change[]): Promise<void> {
  const claims = new Map<string, { readonly claim: Claim; seq: number }>();
  const workers = new Set<string>();
  for (const change of log) {
    if (change.type === 'create') {
      workers.add(change.args[2].worker);
      const claim = await store.create(...change.args);
      if (claim !== null) claims.set(claim.runId, { claim, seq: 1 });
    } else if (change.type === 'event') {
      const run = claims.get(change.runId);
      if (run !== undefined) {
        const { event, shown } = change;
        await store.append([{ claim: run.claim, seq: run.seq, events: [event], ...(shown && { shown }) }]);
        run.seq++;
      }
    } else if (change.type === 'shown') {
      const { runId, shown } = change;
      const run = claims.get(runId);
      if (run !== undefined) await store.append([{ claim: run.claim, seq: run.seq, events: [], shown }]);
    } else await (store[change.type] as Method)(...change.args);
  }
  for (const worker of workers) await store.release(worker);
}

/** The journal of a run in a store in memory. */
export function eventsOf(store: Store, id: string): readonly JournalEvent[] {
  const run = store.load(id);
  if (run === undefined || run instanceof Promise) throw new Error(memoryStoreLostRun());
  return run.events;
}

/** A store in memory that holds one run with this journal, which no worker drives. */
export function holdRun(store: Store, id: string, events: readonly JournalEvent[]): Claim {
  const [started] = events;
  if (started?.type !== 'run-started') throw new StoreError(journalBeginsOtherwise());
  const claim = store.create(id, started, { worker: 'dead', pid: 0, host: 'nowhere', leaseUntil: 0 });
  if (claim === null || claim instanceof Promise) throw new Error(memoryStoreNotAtOnce());
  if (events.length > 1) void store.append([{ claim, seq: 1, events: events.slice(1) }]);
  void store.release('dead');
  return claim;
}
