/**
 * The contract: on every engine, interrupted or not, each program gives the result or the error that the plain function
 * gives, and does to the world what the plain function does; what is recorded doesn't happen again.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sample } from '../support/tier.ts';
import type { Crashes, Engine, EngineRun, EngineSession, Program } from './harness.ts';
import { compareEffects, type Observed } from './observed.ts';
import { plain } from './plain.ts';
import { portrayOutcome } from './portray.ts';
import { programs } from './programs.ts';
import { closeWorld, happened, openWorld, seen } from './world.ts';

/**
 * Tests an engine in all of its modes.
 *
 * @param every in the quick tier one of so many programs is interrupted
 */
export function holdToContract(engine: Engine, every = 1): void {
  describe(engine.name, () => {
    for (const crash of engine.crashes) describe(TITLES[crash], () => testMode(engine, crash, every));
  });
}

const TITLES: Readonly<Record<Crashes, string>> = {
  never: 'without a crash',
  replay: 'replayed again and again',
  kill: 'killed again and again',
};

function testMode(engine: Engine, crash: Crashes, every: number): void {
  let session: EngineSession | undefined;
  let reference: EngineSession | undefined;
  beforeAll(async () => {
    openWorld();
    reference = await plain.open('never');
    session = await engine.open(crash);
  }, 120_000);
  afterAll(async () => {
    await session?.close();
    await reference?.close();
    closeWorld();
  }, 60_000);

  for (const program of crash === 'never' ? programs : sample(programs, every)) {
    const can = engine.can[program.feature];
    // What can't even be tried has its reason in the table of docs/engines.md.
    if (can !== true && can.error === undefined) continue;
    if (engine.skipsTime && program.racesTime) continue;
    it(`${program.module}: ${program.fn}`, async () => {
      const observed = await observe(session!, program);
      if (can !== true) {
        const { outcome } = observed;
        expect(outcome.status === 'rejected' && (outcome.reason as Error).name, 'the refusal').toBe(
          can.error,
        );
        return;
      }
      const expected = await observe(reference!, program);
      expect(portrayOutcome(observed.outcome), 'result').toStrictEqual(portrayOutcome(expected.outcome));
      compareEffects(observed, expected, program, crash);
    });
  }
}

/** One run from its start to its end, with what happens to it from outside. */
async function observe(session: EngineSession, program: Program): Promise<Observed> {
  let run: EngineRun;
  try {
    run = await session.start(program);
  } catch (reason) {
    return { outcome: { status: 'rejected', reason }, world: [] };
  }
  const ended = new AbortController();
  const drive = program.drive?.(run, (name) => seen(run.id, name, ended.signal)) ?? Promise.resolve();
  const driven = Promise.allSettled([drive]);
  const [outcome] = await Promise.allSettled([run.result()]);
  ended.abort();
  const [driving] = await driven;
  // Why a run failed says more than that nobody could drive it to its end.
  if (driving.status === 'rejected' && outcome.status === 'fulfilled') throw driving.reason;
  return { outcome, world: happened(run.id) };
}
