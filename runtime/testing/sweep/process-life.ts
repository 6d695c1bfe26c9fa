import { CallbackError, MisuseError } from '../../base/errors.ts';
import { runNotFound } from '../../base/messages/runs.ts';
import type { TestHooks } from '../../run/test-hooks.ts';
import { hasEnded, type Store } from '../../stores/store.ts';
import { compareOutcomes, type OutcomeDifference } from '../runtime/differences.ts';
import type { ExternalInput } from '../runtime/external-inputs.ts';
import type { TestHandle } from '../runtime/handle.ts';
import { CalledSteps, RecordedSteps, type Recording } from '../runtime/recorded-steps.ts';
import { given, VirtualRuntime } from '../runtime/runtime.ts';
import { StepDirector } from '../runtime/steps.ts';
import { eventsOf } from '../runtime/store-log.ts';
import { VirtualTime } from '../runtime/virtual-time.ts';
import type { CrashSweepOptions } from './options.ts';

/** Modules have been loaded by then, so this is for promises that runs settle themselves. */
const FOREIGN_MS = 5;

/** Beyond what the first execution took, in ms of real time: the machine may be busy. */
const PATIENCE_MS = 500;

/** How a process ended that drove a run. */
export interface Lived {
  /** Undefined if it died before the run ended. */
  readonly outcome: PromiseSettledResult<unknown> | undefined;
  readonly difference: OutcomeDifference | undefined;
  /** The keys of the steps that it has called. */
  readonly called: ReadonlySet<string>;
  /** The keys that it has requested. */
  readonly asked: ReadonlySet<string>;
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
  readonly acts: ExternalInput[];
  readonly runtime: CrashSweepOptions;
  readonly prints: NonNullable<TestHooks['prints']>;
  readonly reads: NonNullable<TestHooks['reads']>;
  /** Steps are really called, instead of returning recorded results. */
  readonly callSteps?: boolean;
  /** Resolves when the process is to die. */
  readonly death?: Promise<void>;
}

/** Simulates one process that drives a run. Its steps return the recorded results. */
export async function live(options: LifeOptions): Promise<Lived> {
  const { store, runId, recording, acts } = options;
  const { steps, stepPolicy, maxSteps, tracing } = options.runtime;
  const time = new VirtualTime(options.now, FOREIGN_MS);
  const { course } = recording;
  time.course = {
    patienceMs: PATIENCE_MS + recording.realMs,
    lags: (rank) => course.lags(store, rank),
    isBehind: (moment) => course.isBehind(store, moment),
  };
  const director = new StepDirector(steps);
  const run = { id: runId, steps: recordedIn(store, runId) };
  const standIn = options.callSteps
    ? new CalledSteps(recording, director.substitute, run)
    : new RecordedSteps(recording, time, director.substitute, run);
  const hooks = { substitute: standIn.substitute, prints: options.prints, reads: options.reads };
  const runtime = new VirtualRuntime(store, time, director, {
    ...given({ stepPolicy, maxSteps, tracing }),
    hooks,
    onBlocked: () => {},
  });
  let over = false;
  let difference: OutcomeDifference | undefined;
  try {
    await options.runtime.restart?.();
    await runtime.recover();
    const handle = await runtime.get(runId);
    if (handle === undefined) throw new MisuseError(runNotFound(runId));
    const ended = end(handle, runtime);
    let died = false;
    const death = (options.death ?? new Promise<void>(() => {})).then(() => {
      died = true;
      return undefined;
    });
    const sent = actAgain(acts, runtime, time, () => over).then(
      (found) => (found === undefined ? ended : found),
      () => ended,
    );
    const result = await Promise.race([death, ended, sent]);
    over = true;
    let outcome: PromiseSettledResult<unknown> | undefined;
    if (result !== undefined && 'what' in result) difference = result;
    else if (!died) outcome = result;
    const asked = runtime.progress.asked(runId);
    const { called } = standIn.calls;
    return { outcome, difference: standIn.calls.difference ?? difference, called, asked, now: time.now() };
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
): Promise<PromiseSettledResult<unknown> | OutcomeDifference> {
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
  acts: ExternalInput[],
  runtime: VirtualRuntime,
  time: VirtualTime,
  isOver: () => boolean,
): Promise<OutcomeDifference | undefined> {
  for (let act = acts[0]; act !== undefined && !isOver(); act = acts[0]) {
    const { rank } = act;
    await runtime.progress.reach(act.runId, act.count, () => !time.course?.lags(rank));
    if (isOver()) break;
    try {
      time.busy(act, true);
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
    } finally {
      time.busy(act, false);
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
  { outcome, difference, asked }: Lived,
  recorded: ReadonlySet<string>,
): OutcomeDifference | undefined {
  if (difference !== undefined || outcome === undefined) return difference;
  const found = compareOutcomes(whole.outcome, outcome);
  // Steps that nothing awaits any more need not have ended.
  const missing = [...whole.recorded].find((key) => !recorded.has(key) && !asked.has(key));
  if (missing === undefined || outcome.status !== whole.outcome.status) return found;
  return { what: `step "${missing}" is not called`, expected: 'it is', actual: 'it is not' };
}
