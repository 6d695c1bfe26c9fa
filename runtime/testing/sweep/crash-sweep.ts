import { MisuseError } from '../../base/errors.ts';
import {
  callStepsWithoutReset,
  maxLivesInvalid,
  sweepOptionNoFunction,
} from '../../base/messages/testing.ts';
import type { AnyFunction } from '../../functions/definition.ts';
import { compiledDefinition } from '../../functions/definitions.ts';
import { type WorldRead, WorldReads, watchWorld } from '../runtime/world-reads.ts';
import { callTwice } from './call-twice.ts';
import { killWithRealSteps } from './called-again.ts';
import { killAgainAndAgain, killOnce, type Sweep } from './crash-points.ts';
import { EffectsProbe } from './effects-probe.ts';
import type { CrashSweepOptions } from './options.ts';
import { executeReference, type Program } from './reference-run.ts';

/** What a sweep has tried. */
export interface CrashSweep {
  /** The outcome, without a crash and with all of them. */
  readonly outcome: PromiseSettledResult<unknown>;
  /** Points of time at which the process was killed, once each. */
  readonly crashes: number;
  /** Processes that it took when each died after it had written one event; 0 if that wasn't tried. */
  readonly lives: number;
  /** Crashes that were tried with real steps; 0 without `callSteps`. */
  readonly realCrashes: number;
  /**
   * What code that isn't compiled has read of the clock, of chance and of the environment outside of steps. In each
   * execution its clocks show another time, so what matters of it is found as a difference.
   */
  readonly reads: readonly WorldRead[];
  /** The names in `steps` that no step was called by. */
  readonly unused: readonly string[];
}

/**
 * Executes a durable function once to its end, and then as if the process had died after each event of its journal; and then so
 * that each process dies after one further event. Each time it must do the same: call the same steps with the same arguments,
 * no recorded one again, print the same lines, and end in the same way.
 *
 * The steps are called in the first execution only (and in that of `reset`). In the others they return what they returned
 * there, and end in the same order, so differences are not caused by them.
 *
 * Rejects with CrashSweepError that shows the first difference, NeverError if the run waits for something that `drive` doesn't
 * send, MisuseError, NotCompiledError.
 */
export async function crashSweep<A extends unknown[]>(
  fn: (...args: A) => unknown,
  args: A,
  options: CrashSweepOptions = {},
): Promise<CrashSweep> {
  const definition = compiledDefinition(fn, `The function "${(fn as AnyFunction).name}"`);
  checkOptions(options);
  const program: Program = { definition, fn: fn as AnyFunction, args };
  const reads = new WorldReads();
  const stop = watchWorld();
  try {
    return await sweepThrough(program, options, reads);
  } finally {
    stop();
  }
}

async function sweepThrough(
  program: Program,
  options: CrashSweepOptions,
  reads: WorldReads,
): Promise<CrashSweep> {
  const { reset, nested = true, callSteps = false } = options;
  await reset?.();
  const whole = await executeReference(program, options, reads);
  reads.settle((runId, key) => whole.recording.isPlain(runId, key));
  const probe = new EffectsProbe(options.outside);
  await probe.note();
  const sweep: Sweep = { program, reference: whole, probe: probe, options, reads };
  const crashes = await killOnce(sweep);
  const lives = nested ? await killAgainAndAgain(sweep) : 0;
  const realCrashes = callSteps ? await killWithRealSteps(sweep) : 0;
  if (reset !== undefined) await callTwice(sweep);
  return { outcome: whole.outcome, crashes, lives, realCrashes, reads: reads.all, unused: whole.unused };
}

function checkOptions({ maxLives = 1, outside, reset, restart, drive, callSteps }: CrashSweepOptions): void {
  if (!(maxLives >= 1)) {
    throw new MisuseError(maxLivesInvalid(maxLives));
  }
  if (callSteps === true && outside !== undefined && reset === undefined) {
    throw new MisuseError(callStepsWithoutReset());
  }
  for (const [name, value] of Object.entries({ outside, reset, restart, drive })) {
    if (value !== undefined && typeof value !== 'function') {
      throw new MisuseError(sweepOptionNoFunction(name));
    }
  }
}
