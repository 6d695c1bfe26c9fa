import type { TestHooks } from '../context.ts';
import { type Definition, findDefinition } from '../definitions.ts';
import { CallbackError, MisuseError } from '../errors.ts';
import { hasEnded, type Store } from '../stores/store.ts';
import { decode, decodeError } from '../values/codec.ts';
import { compareOutcomes, type Difference } from './differences.ts';
import type { TestHandle } from './handle.ts';
import { RecordedSteps, type Recording } from './recorded-steps.ts';
import { VirtualRuntime } from './runtime.ts';
import { StepDirector } from './steps.ts';
import { type Change, eventsOf } from './store-log.ts';
import type { TestRuntimeOptions } from './test-runtime.ts';
import { VirtualTime } from './virtual-time.ts';

/** Something that came from outside, to be done again. */
export interface Act {
  readonly runId: string;
  /** How many events the run had written by then. */
  readonly count: number;
  perform(runtime: VirtualRuntime): Promise<void>;
}

/** What came from outside after the first `cut` changes of a log. */
export function actsAfter(log: readonly Change[], cut: number): Act[] {
  const counts = new Map<string, number>();
  const owners = new Map<string, string>();
  const acts: Act[] = [];
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
      acts.push({ runId, count: counts.get(runId) ?? 0, perform });
    } else if (index >= cut && change.type === 'complete') {
      const [token, { ok, value }] = change.args;
      const runId = owners.get(token) ?? '';
      const perform = (runtime: VirtualRuntime): Promise<void> => {
        const given = decode(value, classesOf(runtime, runId));
        return ok ? runtime.complete(token, given) : runtime.fail(token, given);
      };
      acts.push({ runId, count: counts.get(runId) ?? 0, perform });
    }
  }
  return acts;
}

const classesOf = (runtime: VirtualRuntime, runId: string): Definition['classes'] =>
  findDefinition(runtime.progress.load(runId).record.fn)?.classes;

/** How a process ended that drove a run. */
export interface Lived {
  /** Undefined if it died before the run ended. */
  readonly outcome: PromiseSettledResult<unknown> | undefined;
  readonly difference: Difference | undefined;
  /** The virtual time at its end, ms since the epoch. */
  readonly now: number;
}

export interface LifeOptions {
  /** In memory; holds the run. */
  readonly store: Store;
  readonly runId: string;
  readonly now: number;
  readonly recording: Recording;
  /** What is to come from outside; those that have come are taken away. */
  readonly acts: Act[];
  readonly runtime: TestRuntimeOptions;
  readonly prints: NonNullable<TestHooks['prints']>;
  /** Resolves when the process is to die. */
  readonly death?: Promise<void>;
}

/** Drives a run in a process of its own, so to speak, whose steps give what they gave before. */
export async function live(options: LifeOptions): Promise<Lived> {
  const { store, runId, recording, acts } = options;
  const { steps, now: _, ...others } = options.runtime;
  const time = new VirtualTime(options.now);
  const director = new StepDirector(time, steps);
  const run = { id: runId, steps: recordedIn(store, runId) };
  const standIn = new RecordedSteps(recording, time, director.substitute, run);
  const hooks = { substitute: standIn.substitute, prints: options.prints };
  const runtime = new VirtualRuntime(store, time, director, { ...others, hooks, onBlocked: () => {} });
  let over = false;
  let difference: Difference | undefined;
  try {
    await runtime.recover();
    const handle = await runtime.get(runId);
    if (handle === undefined) throw new MisuseError(`There is no run "${runId}" in the store.`);
    const ended = end(handle, runtime);
    let died = false;
    const death = (options.death ?? new Promise<void>(() => {})).then(() => {
      died = true;
      return undefined;
    });
    const sent = actAgain(acts, runtime, () => over).then(
      (found) => (found === undefined ? ended : found),
      () => ended,
    );
    const result = await Promise.race([death, ended, sent]);
    over = true;
    let outcome: PromiseSettledResult<unknown> | undefined;
    if (result !== undefined && 'what' in result) difference = result;
    else if (!died) outcome = result;
    return { outcome, difference: standIn.difference ?? difference, now: time.now() };
  } finally {
    over = true;
    standIn.end();
    await runtime.close();
  }
}

/** How the run ends; a difference if it never does. */
async function end(
  handle: TestHandle,
  runtime: VirtualRuntime,
): Promise<PromiseSettledResult<unknown> | Difference> {
  const stuck = runtime.progress.stuck(handle.id).then((keys) => ({
    what: 'the run never ends',
    expected: 'it ends',
    actual: `it waits for ${keys.join(', ')}, which nothing is going to bring`,
  }));
  const [settled] = await Promise.race([
    Promise.allSettled([handle.result()]),
    stuck.then((difference) => [difference]),
  ]);
  return settled;
}

/** Lets come again what came from outside, each thing when the run has come as far as it had then. */
async function actAgain(
  acts: Act[],
  runtime: VirtualRuntime,
  isOver: () => boolean,
): Promise<Difference | undefined> {
  for (let act = acts[0]; act !== undefined && !isOver(); act = acts[0]) {
    await runtime.progress.reach(act.runId, act.count);
    if (isOver()) break;
    try {
      await act.perform(runtime);
    } catch (error) {
      if (!(error instanceof CallbackError || error instanceof MisuseError)) throw error;
      if (!hasEnded(runtime.progress.load(act.runId).record.status)) {
        return {
          what: `the run "${act.runId}" doesn't take what comes from outside`,
          expected: 'it takes it',
          actual: error.message,
        };
      }
    }
    acts.shift();
  }
  return undefined;
}

/** The keys of the steps whose outcomes a run in memory has recorded. */
export const recordedIn = (store: Store, runId: string): ReadonlySet<string> =>
  new Set(eventsOf(store, runId).flatMap((event) => (event.type === 'step' ? [event.key] : [])));

/** The difference between how the run went without a crash and with one; undefined if there is none. */
export function compareLives(
  whole: { readonly outcome: PromiseSettledResult<unknown>; readonly recorded: ReadonlySet<string> },
  { outcome, difference }: Lived,
  recorded: ReadonlySet<string>,
): Difference | undefined {
  if (difference !== undefined || outcome === undefined) return difference;
  const found = compareOutcomes(whole.outcome, outcome);
  const missing = [...whole.recorded].find((key) => !recorded.has(key));
  if (missing === undefined || outcome.status !== whole.outcome.status) return found;
  return { what: `step "${missing}" is not called`, expected: 'it is', actual: 'it is not' };
}
