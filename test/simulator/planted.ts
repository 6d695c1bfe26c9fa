/** Stores that do something wrong, to see that it is found. */
import type { JournalEvent } from '../../runtime/journal/events.ts';
import type { Claim } from '../../runtime/stores/claims.ts';
import type { Append, LoadedRun, Store } from '../../runtime/stores/store.ts';

type Method = (...args: never[]) => unknown;

/** The store with some of its methods replaced. */
function replaced(store: Store, methods: Partial<Store>): Store {
  return new Proxy(store, {
    get(target, name) {
      const own: unknown = Reflect.get(methods, name);
      const value: unknown = own ?? Reflect.get(target, name);
      return typeof value === 'function'
        ? (value as Method).bind(own === undefined ? target : methods)
        : value;
    },
  });
}

const at = (store: Store) => store as unknown as { [K in keyof Store]: (...args: unknown[]) => never };

/**
 * Writes what the holder of an older token writes.
 *
 * @returns what replaces a store; all that it has replaced know the tokens of each other, like the connections to one file
 */
export function ignoresFencing(): (store: Store) => Store {
  const tokens = new Map<string, number>();
  const note = (claim: Claim | null): Claim | null => {
    if (claim !== null) tokens.set(claim.runId, claim.token);
    return claim;
  };
  const current = (append: Append): Append => {
    const { runId, token } = append.claim;
    return { ...append, claim: { runId, token: tokens.get(runId) ?? token } };
  };
  return (store) =>
    replaced(store, {
      create: (...args) => note(at(store).create(...args)),
      claim: (...args) => (at(store).claim(...args) as readonly Claim[]).map((claim) => note(claim)!),
      append: (batch) => at(store).append(batch.map(current)),
    });
}

/** Gives journals in which the last outcome of a step is missing, so that it is called again. */
export function forgetsSteps(store: Store): Store {
  return replaced(store, {
    load: (id) => {
      const run = at(store).load(id) as LoadedRun | undefined;
      const last = run?.events.at(-1);
      if (run === undefined || last?.type !== 'step') return run;
      const blank: JournalEvent = { type: 'output', at: last.at };
      return { ...run, events: [...run.events.slice(0, -1), blank] };
    },
  });
}

/** Takes each fifth message and doesn't keep it. */
export function losesMessages(store: Store): Store {
  let count = 0;
  return replaced(store, {
    send: (...args) => (args[1].kind === 'signal' && ++count % 5 === 0 ? 'sent' : at(store).send(...args)),
  });
}

/** Keeps messages that were received. */
export function sendsAgain(store: Store): Store {
  const kept = ({ events, ...append }: Append): Append => ({
    ...append,
    events: events.map((event) => ('message' in event ? { ...event, message: -1 } : event)),
  });
  return replaced(store, { append: (batch) => at(store).append(batch.map(kept)) });
}

/** Forgets that runs have ended, so that they end again. */
export function forgetsEnds(store: Store): Store {
  const open = ({ events, ...append }: Append): Append => ({
    ...append,
    events: events.filter(({ type }) => type !== 'run-ended'),
  });
  return replaced(store, { append: (batch) => at(store).append(batch.map(open)) });
}

/** Loses each third run. */
export function losesRuns(store: Store): Store {
  let count = 0;
  return replaced(store, {
    create: (...args) => (++count % 3 === 0 ? { runId: args[0], token: 1 } : at(store).create(...args)),
  });
}

/** Gives each third journal with another value of a step. */
export function altersValues(store: Store): Store {
  let count = 0;
  const altered = (events: readonly JournalEvent[]): readonly JournalEvent[] => {
    const values = events.flatMap((event) => (event.type === 'step' && event.ok ? [event.value] : []));
    return events.map((event) =>
      event.type === 'step' && event.ok ? { ...event, value: values[0]! } : event,
    );
  };
  return replaced(store, {
    load: (id) => {
      const run = at(store).load(id) as LoadedRun | undefined;
      return run === undefined || ++count % 3 !== 0 ? run : { ...run, events: altered(run.events) };
    },
  });
}

/** Removes runs that ended later as well. */
export const removesTooMuch = (store: Store): Store =>
  replaced(store, { prune: (_, rows) => at(store).prune(Number.POSITIVE_INFINITY, rows) });

/** Forgets one more event than it is asked to, when a run is resumed. */
export const reopensTooFar = (store: Store): Store =>
  replaced(store, {
    reopen: (id, { seq, token }, by) => at(store).reopen(id, { seq: Math.max(1, seq - 1), token }, by),
  });

/** Doesn't write when a schedule is due next. */
export const forgetsSchedules = (store: Store): Store =>
  replaced(store, { swap: (key, ...args) => key.startsWith('schedule:') || at(store).swap(key, ...args) });
