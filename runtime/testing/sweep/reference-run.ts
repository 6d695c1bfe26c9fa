import { sweepStandsStill } from '../../base/messages/testing.ts';
import type { Definition } from '../../functions/definition.ts';
import { findDefinition } from '../../functions/definitions.ts';
import type { Substitute } from '../../run/test-hooks.ts';
import { memoryStore } from '../../stores/memory.ts';
import { NeverError } from '../runtime/errors.ts';
import { arrange } from '../runtime/external-inputs.ts';
import { Lines } from '../runtime/lines.ts';
import { Recording } from '../runtime/recorded-steps.ts';
import { given, startOf, VirtualRuntime } from '../runtime/runtime.ts';
import { StepDirector } from '../runtime/steps.ts';
import { type Change, logged, seeded } from '../runtime/store-log.ts';
import { VirtualTime } from '../runtime/virtual-time.ts';
import type { WorldReads } from '../runtime/world-reads.ts';
import type { CrashSweepOptions } from './options.ts';
import { recordedIn } from './process-life.ts';

/** The id of the run in a sweep. */
export const RUN = 'crash-sweep';

/** What is swept. */
export interface Program {
  readonly definition: Definition;
  readonly fn: (...args: unknown[]) => unknown;
  readonly args: unknown[];
}

/** An execution without a crash, in which steps are called. */
export interface ReferenceRun {
  readonly outcome: PromiseSettledResult<unknown>;
  readonly log: readonly Change[];
  readonly recording: Recording;
  /** Steps of the run whose outcomes were recorded. */
  readonly recorded: ReadonlySet<string>;
  readonly lines: readonly string[];
  /** When time began, ms since the epoch. */
  readonly start: number;
  /** Replacements that no step called. */
  readonly unused: readonly string[];
}

/** What is different in an execution from how it is in production. */
export interface Peculiarity {
  readonly seed: string | undefined;
  /** Goes around all calls of steps. */
  wrap(inner: Substitute): Substitute;
}

/** Rejects with NeverError if the run comes to no end. */
export async function executeReference(
  { definition, fn, args }: Program,
  { drive, steps, now, stepPolicy, maxSteps, tracing, onBlocked }: CrashSweepOptions,
  reads: WorldReads,
  peculiarity?: Peculiarity,
): Promise<ReferenceRun> {
  const start = startOf(now);
  const time = new VirtualTime(start);
  const log: Change[] = [];
  const store = memoryStore();
  const recording = new Recording();
  const lines = new Lines(RUN, peculiarity !== undefined);
  const calls = new StepDirector(steps);
  const substitute = recording.listen(peculiarity?.wrap(calls.substitute) ?? calls.substitute);
  const watched = logged(seeded(store, RUN, peculiarity?.seed), log, () => time.now());
  const hooks = { substitute, prints: lines.prints, reads: reads.listener() };
  const runtime = new VirtualRuntime(watched, time, calls, {
    ...given({ stepPolicy, maxSteps, tracing, onBlocked }),
    hooks,
  });
  try {
    const latest = findDefinition(definition.id)?.callable ?? fn;
    const run = await runtime.start(latest, args, { id: RUN });
    await drive?.(run, runtime);
    const stuck = runtime.progress.stuck(RUN).then((keys) => {
      throw new NeverError(sweepStandsStill(keys.join(', ')));
    });
    const [outcome] = await Promise.race([Promise.allSettled([run.result()]), stuck]);
    const arranged = arrange(log);
    recording.take(arranged);
    const recorded = recordedIn(store, RUN);
    return {
      outcome,
      log: arranged,
      recording,
      recorded,
      lines: lines.printed,
      start,
      unused: calls.unused(),
    };
  } finally {
    await runtime.close();
  }
}
