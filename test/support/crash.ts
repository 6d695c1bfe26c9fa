/**
 * Kills runs. `crashEverywhere` executes a durable function once to its end, then, for each prefix of its journal, as
 * if the process had died right after that event; and then so that it dies again after each further event. Every time
 * the result must be the same, recorded steps must not run again, and the other effects and the printed lines must
 * come as they did.
 */
import { expect } from 'vitest';
import { StoreError } from '../../runtime/base/errors.ts';
import type { AnyFunction } from '../../runtime/functions/definition.ts';
import { createRuntime, memoryStore, type Store } from '../../runtime/index.ts';
import type { JournalEvent } from '../../runtime/journal/events.ts';
import { currentContext } from '../../runtime/run/context.ts';

export interface Effect {
  readonly name: string;
  /** Key of the step that it happened in; undefined in the body of the run. */
  readonly key: string | undefined;
  /** The attempt of that step, from 1. */
  readonly attempt: number | undefined;
}

export interface Execution {
  readonly outcome: PromiseSettledResult<unknown>;
  readonly events: readonly JournalEvent[];
  readonly effects: readonly Effect[];
  readonly lines: readonly string[];
}

export interface CrashOptions {
  /**
   * How far the timing of steps may show. Steps that were under way start together after a crash, so what depends on
   * how long they take may come out in another way than without a crash.
   * - `exact` (default): not at all; effects and lines come in the same order after every crash;
   * - `any`: in the order of effects and lines, not in the result;
   * - `free`: in the value of the result too. It must then be what its own journal leads to, replayed from the start.
   */
  readonly order?: 'exact' | 'any' | 'free';
  /** How many crashes are tried at most, evenly spread; by default one behind each event. */
  readonly crashes?: number;
}

const EFFECTS = Symbol.for('use-durable.test.effects');
const CONSOLE = ['log', 'info', 'warn', 'error', 'debug'] as const;

let counter = 0;

/** Executes a function to its end on a memory store. */
export async function execute(fn: AnyFunction, args: readonly unknown[] = []): Promise<Execution> {
  const store = memoryStore();
  const id = `run-${++counter}`;
  const runtime = createRuntime({ store });
  const watch = observe(id);
  try {
    const handle = await runtime.start(fn, [...args], { id });
    const outcome = await settled(handle.result());
    return { outcome, events: eventsOf(store, id), ...watch.seen() };
  } finally {
    watch.stop();
    await runtime.close();
  }
}

/**
 * Takes up a run whose journal is `events`.
 *
 * @param limit dies when so many further events have been written
 */
export async function recover(
  events: readonly JournalEvent[],
  limit = Number.POSITIVE_INFINITY,
): Promise<Execution> {
  const id = `run-${++counter}`;
  const store = storeWith(id, events);
  const runtime = createRuntime({ store: dyingStore(store, limit) });
  const watch = observe(id);
  try {
    const [handle] = await runtime.recover();
    expect(handle, 'the run can be claimed').toBeDefined();
    const outcome = await settled(handle!.result());
    return { outcome, events: eventsOf(store, id), ...watch.seen() };
  } finally {
    watch.stop();
    await runtime.close();
  }
}

/** @returns the execution without a crash */
export async function crashEverywhere(
  fn: AnyFunction,
  args: readonly unknown[] = [],
  options: CrashOptions = {},
): Promise<Execution> {
  const whole = await execute(fn, args);
  const stride = strideOf(whole, options);
  for (let count = 1; count < whole.events.length; count += stride) {
    const prefix = whole.events.slice(0, count);
    await checkOnce(
      prefix,
      whole,
      options,
      `after a crash behind event ${count - 1} (${name(prefix.at(-1)!)})`,
    );
  }
  await checkAgainAndAgain(whole, options);
  return whole;
}

/** Events from one crash to the next. */
const strideOf = ({ events }: Execution, { crashes = events.length }: CrashOptions): number =>
  Math.ceil(events.length / crashes);

async function checkOnce(
  prefix: readonly JournalEvent[],
  whole: Execution,
  { order = 'exact' }: CrashOptions,
  when: string,
): Promise<void> {
  const second = await recover(prefix);
  const recorded = recordedSteps(prefix);
  const attempts = recordedAttempts(prefix);
  const repeated = second.effects.filter(
    (effect) => (effect.key !== undefined && recorded.has(effect.key)) || attempts.has(attemptOf(effect)),
  );
  expect(repeated, `recorded steps that ran again ${when}`).toEqual([]);
  const printed = printedIn(prefix);
  if (order === 'free') {
    expect(second.outcome.status, `the kind of result ${when}`).toBe(whole.outcome.status);
    const journal = second.events.slice(0, -1);
    const replayed = await recover(journal);
    expect(comparable(replayed.outcome), `the result of a replay ${when}`).toEqual(
      comparable(second.outcome),
    );
    const unrecorded = printed + second.lines.length - printedIn(journal);
    expect(replayed.lines.length, `the lines of a replay ${when}`).toBe(unrecorded);
    return;
  }
  expect(comparable(second.outcome), `the result ${when}`).toEqual(comparable(whole.outcome));
  // A step whose outcome was never recorded lost a race: nobody waits for it after the crash.
  const needed = recordedSteps(whole.events);
  const isNeeded = (effect: Effect): boolean =>
    effect.key === undefined ||
    (needed.has(effect.key) && !recorded.has(effect.key) && !attempts.has(attemptOf(effect)));
  expect(arrange(second.effects.filter(isNeeded), order), `the effects ${when}`).toEqual(
    arrange(whole.effects.filter(isNeeded), order),
  );
  expect(arrange(second.lines, order), `the lines ${when}`).toEqual(
    arrange(whole.lines.slice(printed), order),
  );
}

/** One further event at a time, or one stride: every process dies as soon as it has written that. */
async function checkAgainAndAgain(whole: Execution, options: CrashOptions): Promise<void> {
  const { order = 'exact' } = options;
  const stride = strideOf(whole, options);
  let events: readonly JournalEvent[] = whole.events.slice(0, 1);
  for (let life = 1; ; life++) {
    const recorded = recordedSteps(events);
    const next = await recover(events, stride);
    const repeated = next.effects.filter(({ key }) => key !== undefined && recorded.has(key));
    expect(repeated, `recorded steps that ran again in life ${life}`).toEqual([]);
    if (next.events.at(-1)?.type === 'run-ended') {
      const last = await outcomeOf(next.events);
      const expected = order === 'free' ? await recover(next.events.slice(0, -1)) : whole;
      expect(comparable(last), 'the result after a crash behind every event').toEqual(
        comparable(expected.outcome),
      );
      const keys = [...recordedSteps(next.events)];
      if (order === 'exact') expect(keys, 'the steps of all lives').toEqual([...recordedSteps(whole.events)]);
      return;
    }
    expect(next.events.length, `life ${life} writes an event`).toBeGreaterThan(events.length);
    events = next.events;
  }
}

/** What another process reads in the journal of a run that has ended. */
async function outcomeOf(events: readonly JournalEvent[]): Promise<PromiseSettledResult<unknown>> {
  const runtime = createRuntime({ store: storeWith('ended', events) });
  const handle = await runtime.get('ended');
  const outcome = await settled(handle!.result());
  await runtime.close();
  return outcome;
}

/** A memory store that holds one run, which nobody drives. */
export function storeWith(id: string, events: readonly JournalEvent[]): Store {
  const store = memoryStore();
  const [started] = events;
  if (started?.type !== 'run-started') throw new Error('a journal begins with run-started');
  const claim = store.create(id, started, { worker: 'dead', pid: 0, host: 'nowhere', leaseUntil: 0 });
  if (claim === null || claim instanceof Promise) throw new Error('the memory store answers at once');
  if (events.length > 1) void store.append([{ claim, seq: 1, events: events.slice(1) }]);
  void store.release('dead');
  return store;
}

export function eventsOf(store: Store, id: string): readonly JournalEvent[] {
  const run = store.load(id);
  if (run === undefined || run instanceof Promise) throw new Error('the memory store answers at once');
  return run.events;
}

/** Writes `limit` events, in the middle of a batch if need be, and fails from then on. */
function dyingStore(store: Store, limit: number): Store {
  let left = limit;
  return new Proxy(store, {
    get(target, property) {
      if (property !== 'append') {
        const value: unknown = Reflect.get(target, property);
        return typeof value === 'function' ? value.bind(target) : value;
      }
      return (batch: Parameters<Store['append']>[0]) => {
        const written = batch.map((append) => {
          const events = append.events.slice(0, left);
          left -= events.length;
          return { ...append, events };
        });
        const refused = target.append(written);
        if (left <= 0) throw new StoreError('the process died');
        return refused;
      };
    },
  });
}

/** Watches the effects and the output of one run; a step of an earlier life that is still at work isn't counted. */
export function observe(runId: string) {
  const effects: Effect[] = [];
  const lines: string[] = [];
  const names: string[] = [];
  names.push = (...added) => {
    const context = currentContext();
    const run = context === undefined || context.place === 'plain' ? undefined : context.run;
    const step = context?.place === 'step' ? context : undefined;
    if (run === undefined || run.backend.runId === runId)
      effects.push(...added.map((name) => ({ name, key: step?.key, attempt: step?.attempt })));
    return effects.length;
  };
  (globalThis as unknown as Record<symbol, { effects: string[] }>)[EFFECTS] = { effects: names };
  const originals = CONSOLE.map((method) => console[method]);
  for (const method of CONSOLE)
    console[method] = (...args: unknown[]) => {
      // What a step prints belongs to the step; only lines of the body are counted in the journal.
      if (currentContext()?.place !== 'step') lines.push(args.join(' '));
    };
  return {
    seen: () => ({ effects: [...effects], lines: [...lines] }),
    stop: () => {
      for (const [index, method] of CONSOLE.entries()) console[method] = originals[index]!;
    },
  };
}

export const settled = async (promise: Promise<unknown>): Promise<PromiseSettledResult<unknown>> =>
  (await Promise.allSettled([promise]))[0]!;

/** Errors are compared by class and all that a program can read, but for the stack. */
export function comparable(outcome: PromiseSettledResult<unknown>): unknown {
  if (outcome.status === 'fulfilled') return outcome;
  const { reason } = outcome;
  if (!(reason instanceof Error)) return outcome;
  const { name, message, cause } = reason;
  return { thrown: reason.constructor, name, message, cause, properties: { ...reason } };
}

function recordedSteps(events: readonly JournalEvent[]): Set<string> {
  return new Set(events.flatMap((event) => (event.type === 'step' ? [event.key] : [])));
}

/** The attempts that failed and were to be followed by others. */
function recordedAttempts(events: readonly JournalEvent[]): Set<string> {
  return new Set(events.flatMap((event) => (event.type === 'attempt-failed' ? [attemptOf(event)] : [])));
}

const attemptOf = ({ key, attempt }: Pick<Effect, 'key' | 'attempt'>): string => `${key}#${attempt}`;

const printedIn = (events: readonly JournalEvent[]): number =>
  events.reduce((count, event) => event.output ?? count, 0);

function arrange(list: readonly unknown[], order: 'exact' | 'any'): readonly unknown[] {
  return order === 'exact' ? list : list.map((item) => JSON.stringify(item)).sort();
}

const name = (event: JournalEvent): string => ('key' in event ? `${event.type} ${event.key}` : event.type);
