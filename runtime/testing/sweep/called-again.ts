/** Executions in which the process dies and steps are really called: before the crash, and after it. */
import { memoryStore } from '../../stores/memory.ts';
import type { OutcomeDifference } from '../runtime/differences.ts';
import { inputsAfter } from '../runtime/external-inputs.ts';
import { bringTo, dying, eventsOf } from '../runtime/store-log.ts';
import { hasEnded, liveOn, type Sweep } from './crash-points.ts';
import type { Lived } from './process-life.ts';
import { recordedIn } from './process-life.ts';
import { RUN } from './reference-run.ts';
import { differs, notTheSame } from './sweep-report.ts';

/**
 * For each event: executes the run until it has written the event, and resumes it in another process, both with real steps. So
 * changes that recorded steps made in objects are gone after the crash, as in production. Returns the number of crashes.
 */
export async function killWithRealSteps(sweep: Sweep): Promise<number> {
  const { log } = sweep.reference;
  if (log.some((change) => change.type === 'event' && change.event.type === 'step-started')) return 0;
  await checkRepeatable(sweep);
  for (let crashes = 0; ; crashes++) {
    await sweep.options.reset?.();
    const store = memoryStore();
    await bringTo(store, log.slice(0, 1));
    const acts = inputsAfter(log, 1);
    const written = crashes + 1;
    const when = `after ${written} event${written === 1 ? '' : 's'} of a process that called its steps`;
    let die = (): void => {};
    const death = new Promise<void>((resolve) => {
      die = resolve;
    });
    const mortal = dying(store, written, () => die());
    const start = sweep.reference.start;
    const first = await liveOn(sweep, { store: mortal, now: start, acts, death, callSteps: true }, when);
    if (hasEnded(store)) return crashes;
    const interrupted = isInterrupted(first, recordedIn(store, RUN));
    const now = Math.max(first.now, eventsOf(store, RUN).at(-1)?.at ?? start);
    await liveOn(sweep, { store, now, acts, callSteps: true }, when);
    // A step that the crash interrupted has been called twice. Another check decides whether it may be.
    const difference = interrupted ? undefined : await outsideOf(sweep);
    if (difference !== undefined) throw differs(sweep.program.definition, difference, when, sweep.reads.all);
  }
}

/** Whether steps do the same when they are called again from the beginning. */
async function checkRepeatable(sweep: Sweep): Promise<void> {
  const { reference: whole, options, program } = sweep;
  await options.reset?.();
  const store = memoryStore();
  await bringTo(store, whole.log.slice(0, 1));
  const life = { store, now: whole.start, acts: inputsAfter(whole.log, 1), callSteps: true };
  await liveOn(sweep, life, 'none', notTheSame);
  const difference = await outsideOf(sweep);
  if (difference !== undefined) throw notTheSame(program.definition, difference);
}

const outsideOf = ({ probe: outside, options }: Sweep): Promise<OutcomeDifference | undefined> =>
  options.reset === undefined ? Promise.resolve(undefined) : outside.compare();

const isInterrupted = ({ called }: Lived, recorded: ReadonlySet<string>): boolean =>
  [...called].some((key) => !recorded.has(key));
