import { type AnyFunction, type Definition, definitionOf, findDefinition } from '../definitions.ts';
import { MisuseError, NotCompiledError } from '../errors.ts';
import { describeEvent } from '../local/mismatch.ts';
import { memoryStore } from '../stores/memory.ts';
import type { Store } from '../stores/store.ts';
import type { Difference } from './differences.ts';
import { CrashSweepError, NeverError } from './errors.ts';
import type { TestHandle } from './handle.ts';
import { actsAfter, compareLives, live, recordedIn } from './life.ts';
import { Recording } from './recorded-steps.ts';
import { startOf, type TestRuntime, type TestRuntimeOptions, VirtualRuntime } from './runtime.ts';
import { StepDirector } from './steps.ts';
import { bringTo, type Change, dying, eventsOf, logged } from './store-log.ts';
import { VirtualTime } from './virtual-time.ts';

export interface CrashSweepOptions extends TestRuntimeOptions {
  /**
   * What the outside world does to the run: sends signals, completes callbacks. It is called once; in the other executions
   * the same things come at the same points.
   */
  readonly drive?: (run: TestHandle, runtime: TestRuntime) => Promise<void>;
  /** More processes than these are not needed by any program that comes to an end; default 10,000. */
  readonly maxLives?: number;
}

/** What a sweep has tried. */
export interface CrashSweep {
  /** The outcome, without a crash and with all of them. */
  readonly outcome: PromiseSettledResult<unknown>;
  /** Points of time at which the process was killed, once each. */
  readonly crashes: number;
  /** Processes that it took when each died after it had written one event. */
  readonly lives: number;
}

const RUN = 'crash-sweep';

/**
 * Executes a durable function once to its end, and then as if the process had died after each event of its journal; and
 * then so that each process dies after one further event. Every time it must do the same: call the same steps with the
 * same arguments, no recorded one again, and end in the same way.
 *
 * The steps are called in the first execution only. In the others they give what they gave there, and end in the same
 * order, so what differs is not their doing.
 *
 * Rejects with CrashSweepError that tells the first difference, NeverError if the run waits for what `drive` doesn't send,
 * MisuseError, NotCompiledError.
 */
export async function crashSweep<A extends unknown[]>(
  fn: (...args: A) => unknown,
  args: A,
  options: CrashSweepOptions = {},
): Promise<CrashSweep> {
  const definition = definitionOf(fn);
  if (definition === undefined) throw new NotCompiledError(`The function "${(fn as AnyFunction).name}"`);
  const { maxLives = 1 } = options;
  if (!(maxLives >= 1)) {
    throw new MisuseError(`crashSweep: maxLives must be a number from 1 on, not ${maxLives}.`);
  }
  const whole = await executeWhole(fn, args, options);
  const crashes = await killOnce(definition, whole, options);
  const lives = await killAgainAndAgain(definition, whole, options);
  return { outcome: whole.outcome, crashes, lives };
}

/** The execution without a crash. */
interface Whole {
  readonly outcome: PromiseSettledResult<unknown>;
  readonly log: readonly Change[];
  readonly recording: Recording;
  /** Steps of the run whose outcomes were recorded. */
  readonly recorded: ReadonlySet<string>;
  /** When time began, ms since the epoch. */
  readonly start: number;
}

async function executeWhole<A extends unknown[]>(
  fn: (...args: A) => unknown,
  args: A,
  { drive, maxLives: _, steps, now, ...others }: CrashSweepOptions,
): Promise<Whole> {
  const start = startOf(now);
  const time = new VirtualTime(start);
  const log: Change[] = [];
  const store = memoryStore();
  const recording = new Recording();
  const calls = new StepDirector(steps);
  const listener = { substitute: recording.listen(calls.substitute) };
  const runtime = new VirtualRuntime(
    logged(store, log, () => time.now()),
    time,
    listener,
    others,
    calls,
  );
  try {
    const run = await runtime.start(fn, args, { id: RUN });
    await drive?.(run, runtime);
    const stuck = runtime.stuck(RUN).then((keys) => {
      throw new NeverError(
        `crashSweep: the run waits for ${keys.join(', ')}, which nothing is going to bring. Send it in the option ` +
          `drive: async (run, runtime) => { ... }.`,
      );
    });
    const [outcome] = await Promise.race([Promise.allSettled([run.result()]), stuck]);
    recording.take(log);
    return { outcome, log, recording, recorded: recordedIn(store, RUN), start };
  } finally {
    await runtime.close();
  }
}

/** Once behind each change of the store. */
async function killOnce(definition: Definition, whole: Whole, options: CrashSweepOptions): Promise<number> {
  const { log, recording } = whole;
  let crashes = 0;
  for (let cut = 1; cut < log.length; cut++) {
    const last = log[cut - 1];
    if (last === undefined || endsRun(last)) break;
    const before = log.slice(0, cut);
    // Whether such a step was carried out isn't known: the run is told so, and does as it likes.
    if (isInDoubt(before)) continue;
    const store = memoryStore();
    await bringTo(store, before);
    const lived = await live({
      store,
      runId: RUN,
      now: last.at,
      recording,
      acts: actsAfter(log, cut),
      runtime: options,
    });
    crashes++;
    const difference = compareLives(whole, lived, recordedIn(store, RUN));
    if (difference === undefined) continue;
    throw differs(definition, difference, `right after ${describeChange(last, before)}`);
  }
  return crashes;
}

/** One further event at a time: every process dies as soon as it has written one. */
async function killAgainAndAgain(
  definition: Definition,
  whole: Whole,
  options: CrashSweepOptions,
): Promise<number> {
  const { log, recording } = whole;
  if (log.some((change) => change.type === 'event' && change.event.type === 'step-started')) return 0;
  const { maxLives = 10_000 } = options;
  const store = memoryStore();
  await bringTo(store, log.slice(0, 1));
  const acts = actsAfter(log, 1);
  let now = whole.start;
  for (let life = 1; life <= maxLives; life++) {
    const before = eventsOf(store, RUN).length;
    let died = false;
    let die = (): void => {};
    const death = new Promise<void>((resolve) => {
      die = resolve;
    });
    const mortal = dying(store, 1, () => {
      died = true;
      die();
    });
    const lived = await live({ store: mortal, runId: RUN, now, recording, acts, runtime: options, death });
    ({ now } = lived);
    const ended = eventsOf(store, RUN).at(-1)?.type === 'run-ended';
    const outcome = ended ? await outcomeIn(store) : died ? undefined : lived.outcome;
    const difference = compareLives(whole, { ...lived, outcome }, recordedIn(store, RUN));
    if (difference !== undefined) {
      const when = `after every event; this is process ${life}, which found ${before} events`;
      throw differs(definition, difference, when);
    }
    if (ended) return life;
  }
  throw new CrashSweepError(
    `crashSweep: ${place(definition)} didn't come to its end in ${maxLives} processes that each died after one event; ` +
      `without a crash it took ${log.filter(({ type }) => type === 'event').length} events. If it needs that many, raise ` +
      `maxLives.`,
  );
}

/** What another process reads in the journal of the run. */
async function outcomeIn(store: Store): Promise<PromiseSettledResult<unknown>> {
  const runtime = new VirtualRuntime(store, new VirtualTime(0), new StepDirector(), {});
  const run = await runtime.get(RUN);
  const [outcome] = await Promise.allSettled([run?.result()]);
  await runtime.close();
  return outcome;
}

const endsRun = (change: Change): boolean =>
  change.type === 'event' && change.runId === RUN && change.event.type === 'run-ended';

/** Whether a step that is called at most once has begun and has not ended. */
function isInDoubt(log: readonly Change[]): boolean {
  const open = new Set<string>();
  for (const change of log) {
    if (change.type !== 'event' || !('key' in change.event)) continue;
    const id = `${change.runId}\n${change.event.key}`;
    if (change.event.type === 'step-started') open.add(id);
    else open.delete(id);
  }
  return open.size > 0;
}

function describeChange(change: Change, before: readonly Change[]): string {
  switch (change.type) {
    case 'create':
      return change.args[0] === RUN ? 'its start' : `the start of the run "${change.args[0]}"`;
    case 'watch':
      return `the run "${change.args[1]}" has begun to wait for "${change.args[0]}"`;
    case 'send':
      return `something was sent to "${change.args[0]}"`;
    case 'complete':
      return 'a callback was completed or failed from outside';
    case 'event': {
      const { runId, event } = change;
      const index = before.filter((other) => other.type === 'event' && other.runId === runId).length;
      const start = before.find((other) => other.type === 'create' && other.args[0] === runId);
      const fn = start?.type === 'create' ? findDefinition(start.args[1].fn) : undefined;
      const what = fn === undefined ? event.type : describeEvent(event, fn);
      return `event ${index}${runId === RUN ? '' : ` of the run "${runId}"`}, ${what}`;
    }
  }
}

const place = ({ meta: { id, file, line } }: Definition): string => `${id} (${file}:${line})`;

function differs(
  definition: Definition,
  { what, expected, actual }: Difference,
  when: string,
): CrashSweepError {
  return new CrashSweepError(
    [
      `crashSweep: ${place(definition)} does something else after a crash: ${what}.`,
      `  the crash:         ${when}`,
      `  without the crash: ${expected}`,
      `  after the crash:   ${actual}`,
      'What differs from one execution to the next is usually state outside of the function (a variable of the module, a ' +
        'cache), the environment, a value that a step has changed in place, or a promise that no step made.',
    ].join('\n'),
  );
}
