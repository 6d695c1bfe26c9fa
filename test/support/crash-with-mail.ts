/**
 * Kills runs that others send something to. Everything that changes the store is written down during one execution to
 * the end; then, for each point of that log, a store is brought to the state it had there, as if every process had died,
 * the run goes on, and what the outside world did after that point is done again.
 */
import { expect } from 'vitest';
import type { AnyFunction } from '../../runtime/functions/definition.ts';
import { createRuntime, type Handle, memoryStore, type Runtime, type Store } from '../../runtime/index.ts';
import type { JournalEvent } from '../../runtime/journal/events.ts';
import type { Claim } from '../../runtime/stores/claims.ts';
import type { Append, Completed } from '../../runtime/stores/store.ts';
import { comparable, type Effect, observe, settled } from './crash.ts';

/** One change of the store; appends are taken apart into events. */
type Change =
  | { readonly type: 'create'; readonly args: Parameters<Store['create']> }
  | { readonly type: 'event'; readonly runId: string; readonly event: JournalEvent }
  | { readonly type: 'watch'; readonly args: Parameters<Store['watch']> }
  | { readonly type: 'send'; readonly args: Parameters<Store['send']> }
  | { readonly type: 'complete'; readonly args: Parameters<Store['complete']> };

export interface Survived {
  readonly outcome: PromiseSettledResult<unknown>;
  readonly effects: readonly Effect[];
  readonly events: readonly JournalEvent[];
}

const CHANGES: readonly string[] = ['create', 'watch', 'send'];

let counter = 0;

/**
 * @param drive what the outside world does to the run; it is given the handle and the runtime
 * @returns the execution without a crash
 */
export async function crashWithMail(
  fn: AnyFunction,
  args: readonly unknown[],
  drive: (run: Handle, runtime: Runtime) => Promise<void>,
): Promise<Survived> {
  const id = `mail-${++counter}`;
  const log: Change[] = [];
  const store = logged(memoryStore(), log);
  const whole = await live(store, id, async (runtime) => {
    const run = await runtime.start(fn, [...args], { id });
    const driven = drive(run, runtime);
    const outcome = await settled(run.result());
    await driven;
    return outcome;
  });
  for (let cut = 1; cut < log.length; cut++) {
    if (endsRun(log[cut - 1]!, id)) break;
    const again = memoryStore();
    const recorded = await bringTo(again, log.slice(0, cut), id);
    const second = await live(again, id, async (runtime) => {
      await runtime.recover();
      const outside = repeat(again, runtime, log.slice(cut));
      const outcome = await settled((await runtime.get(id))!.result());
      await outside;
      return outcome;
    });
    const when = `after a crash behind change ${cut} (${describeChange(log[cut - 1]!)})`;
    expect(comparable(second.outcome), `the result ${when}`).toEqual(comparable(whole.outcome));
    const repeated = second.effects.filter(({ key }) => key !== undefined && recorded.has(key));
    expect(repeated, `recorded steps that ran again ${when}`).toEqual([]);
  }
  return whole;
}

async function live(
  store: Store,
  id: string,
  execute: (runtime: Runtime) => Promise<PromiseSettledResult<unknown>>,
): Promise<Survived> {
  const runtime = createRuntime({ store });
  const watch = observe(id);
  try {
    const outcome = await execute(runtime);
    const { effects } = watch.seen();
    return { outcome, effects, events: (await store.load(id))!.events };
  } finally {
    watch.stop();
    await runtime.close();
  }
}

function logged(store: Store, log: Change[]): Store {
  return new Proxy(store, {
    get(target, property) {
      const method = Reflect.get(target, property) as unknown;
      if (typeof method !== 'function') return method;
      return (...args: never[]) => {
        if (property === 'append') {
          for (const { claim, events } of args[0] as unknown as readonly Append[])
            for (const event of events) log.push({ type: 'event', runId: claim.runId, event });
        }
        const result: unknown = method.apply(target, args);
        // What was refused has changed nothing.
        const changes = property === 'complete' ? result === 'completed' : CHANGES.includes(String(property));
        if (changes) log.push({ type: property, args } as unknown as Change);
        return result;
      };
    },
  });
}

/** Gives the keys of the steps of the run whose outcomes are recorded. */
async function bringTo(store: Store, log: readonly Change[], id: string): Promise<Set<string>> {
  const claims = new Map<string, { claim: Claim; seq: number }>();
  const recorded = new Set<string>();
  for (const change of log) {
    if (change.type === 'create') {
      const claim = await store.create(...change.args);
      if (claim !== null) claims.set(claim.runId, { claim, seq: 1 });
    } else if (change.type === 'event') {
      const run = claims.get(change.runId)!;
      await store.append([{ claim: run.claim, seq: run.seq++, events: [change.event] }]);
      if (change.event.type === 'step' && change.runId === id) recorded.add(change.event.key);
    } else await (store[change.type] as (...args: unknown[]) => unknown)(...change.args);
  }
  for (const { worker } of log.flatMap((change) => (change.type === 'create' ? [change.args[2]] : []))) {
    await store.release(worker);
  }
  return recorded;
}

/** What others did, in the same order; a callback can be completed once its token exists. */
async function repeat(store: Store, runtime: Runtime, log: readonly Change[]): Promise<void> {
  for (const change of log) {
    if (change.type === 'send') await store.send(...change.args);
    if (change.type !== 'complete') continue;
    let completed: Completed = 'unknown';
    while (completed === 'unknown') {
      completed = await store.complete(...change.args);
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
  }
  // What is sent through the store alone is found at the next round of the postman, as from another process.
  await runtime.list();
}

const endsRun = (change: Change, id: string): boolean =>
  change.type === 'event' && change.runId === id && change.event.type === 'run-ended';

const describeChange = (change: Change): string =>
  change.type === 'event' ? `${change.event.type} of ${change.runId}` : change.type;
