/** Executions in which the process dies. */
import { sweepWithoutEnd } from '../../base/messages/testing.ts';
import { memoryStore } from '../../stores/memory.ts';
import type { Store } from '../../stores/store.ts';
import { CrashSweepError } from '../runtime/errors.ts';
import { inputsAfter } from '../runtime/external-inputs.ts';
import { compareLines, Lines } from '../runtime/lines.ts';
import { VirtualRuntime } from '../runtime/runtime.ts';
import { StepDirector } from '../runtime/steps.ts';
import { bringTo, type Change, dying, eventsOf } from '../runtime/store-log.ts';
import { VirtualTime } from '../runtime/virtual-time.ts';
import type { WorldReads } from '../runtime/world-reads.ts';
import type { EffectsProbe } from './effects-probe.ts';
import type { CrashSweepOptions } from './options.ts';
import { compareLives, type LifeOptions, type Lived, live, recordedIn } from './process-life.ts';
import { type Program, type ReferenceRun, RUN } from './reference-run.ts';
import { describeChange, differs, leaks, placeOf } from './sweep-report.ts';

/** What the executions after a crash are compared with. */
export interface Sweep {
  readonly program: Program;
  readonly reference: ReferenceRun;
  readonly probe: EffectsProbe;
  readonly options: CrashSweepOptions;
  readonly reads: WorldReads;
}

/** Once after each change of the store. Returns the number of crashes. */
export async function killOnce(sweep: Sweep): Promise<number> {
  const { log } = sweep.reference;
  let crashes = 0;
  for (let cut = 1; cut < log.length; cut++) {
    const last = log[cut - 1];
    if (last === undefined || endsRun(last)) break;
    const before = log.slice(0, cut);
    // Whether such a step was carried out isn't known. The run gets that error, and may take any path.
    if (isInDoubt(before)) continue;
    const store = memoryStore();
    await bringTo(store, before);
    const acts = inputsAfter(log, cut);
    await liveAndCompare(sweep, { store, now: last.at, acts }, `right after ${describeChange(last, before)}`);
    crashes++;
  }
  return crashes;
}

/** One further event at a time: every process dies as soon as it has written one. Gives how many it took. */
export async function killAgainAndAgain(sweep: Sweep): Promise<number> {
  const { program, reference: whole, options } = sweep;
  const { log } = whole;
  if (log.some((change) => change.type === 'event' && change.event.type === 'step-started')) return 0;
  const { maxLives = 10_000 } = options;
  const store = memoryStore();
  await bringTo(store, log.slice(0, 1));
  const acts = inputsAfter(log, 1);
  let now = whole.start;
  for (let life = 1; life <= maxLives; life++) {
    const when = `after every event; this is process ${life}, which found ${eventsOf(store, RUN).length} events`;
    let die = (): void => {};
    const death = new Promise<void>((resolve) => {
      die = resolve;
    });
    const mortal = dying(store, 1, () => die());
    now = await liveAndCompare(sweep, { store: mortal, now, acts, death }, when);
    if (hasEnded(store)) return life;
  }
  throw new CrashSweepError(
    sweepWithoutEnd(placeOf(program.definition), maxLives, log.filter(({ type }) => type === 'event').length),
  );
}

/** Gives the virtual time at the end of the process. */
async function liveAndCompare(sweep: Sweep, life: Life, when: string): Promise<number> {
  const lived = await liveOn(sweep, life, when);
  const leak = await sweep.probe.compare();
  if (leak !== undefined) throw leaks(sweep.program.definition, leak, when);
  return lived.now;
}

/** What is different from one process to the next. */
export type Life = Pick<LifeOptions, 'store' | 'now' | 'acts' | 'death' | 'callSteps'>;

/** Lets a process drive the run; rejects with what `report` makes of a difference to what was done without a crash. */
export async function liveOn(
  { program: { definition }, reference: whole, options, reads }: Sweep,
  life: Life,
  when: string,
  report = differs,
): Promise<Lived> {
  const lines = new Lines(RUN, true);
  const lived = await live({
    ...life,
    runId: RUN,
    recording: whole.recording,
    prints: lines.prints,
    reads: reads.listener(),
    runtime: options,
  });
  const outcome = hasEnded(life.store) ? await outcomeIn(life.store) : lived.outcome;
  const difference =
    compareLives(whole, { ...lived, outcome }, recordedIn(life.store, RUN)) ??
    compareLines(whole.lines, lines.printed, outcome !== undefined);
  if (difference !== undefined) throw report(definition, difference, when, reads.all);
  return lived;
}

/** What another process reads in the journal of the run. */
async function outcomeIn(store: Store): Promise<PromiseSettledResult<unknown>> {
  const time = new VirtualTime(0);
  const runtime = new VirtualRuntime(store, time, new StepDirector());
  const run = await runtime.get(RUN);
  const [outcome] = await Promise.allSettled([run?.result()]);
  await runtime.close();
  return outcome;
}

export const hasEnded = (store: Store): boolean => eventsOf(store, RUN).at(-1)?.type === 'run-ended';

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
