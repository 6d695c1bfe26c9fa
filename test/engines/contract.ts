/**
 * The contract: on every engine, interrupted or not, each program gives the result or the error that the plain function
 * gives, and does to the world what the plain function does; what is recorded doesn't happen again.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Crashes, Engine, EngineRun, EngineSession, Program } from './harness.ts';
import { plain } from './plain.ts';
import { portrayOutcome } from './portray.ts';
import { programs } from './programs.ts';
import { type Death, type Effect, happened, isEffect, seen } from './world.ts';

interface Observed {
  readonly outcome: PromiseSettledResult<unknown>;
  readonly world: readonly (Effect | Death)[];
}

/** Tests an engine in all of its modes. */
export function holdToContract(engine: Engine): void {
  describe(engine.name, () => {
    for (const crash of engine.crashes) describe(TITLES[crash], () => testMode(engine, crash));
  });
}

const TITLES: Readonly<Record<Crashes, string>> = {
  never: 'without a crash',
  replay: 'replayed again and again',
  kill: 'killed again and again',
};

function testMode(engine: Engine, crash: Crashes): void {
  let session: EngineSession | undefined;
  let reference: EngineSession | undefined;
  beforeAll(async () => {
    reference = await plain.open('never');
    session = await engine.open(crash);
  }, 120_000);
  afterAll(async () => {
    await session?.close();
    await reference?.close();
  }, 60_000);

  for (const program of programs) {
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
      expect(portrayOutcome(observed.outcome), 'result').toEqual(portrayOutcome(expected.outcome));
      compareEffects(observed, expected, program);
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

function compareEffects(observed: Observed, expected: Observed, { order = 'exact', once }: Program): void {
  const effects = observed.world.filter(isEffect);
  const names = effects.map(({ name }) => name);
  const hasDied = effects.length < observed.world.length;
  const arrange = (list: string[]): string[] => (order === 'exact' ? list : list.toSorted());
  const wanted = expected.world.filter(isEffect).map(({ name }) => name);
  expect(wanted, 'the program gives each effect a name of its own').toEqual([...new Set(wanted)]);
  const distinct = [...new Set(names)];
  const missed = hasDied && once !== undefined && !distinct.includes(once);
  expect(arrange(distinct), 'effects').toEqual(
    arrange(missed ? wanted.filter((name) => name !== once) : wanted),
  );
  if (once !== undefined)
    expect(names.filter((name) => name === once).length, 'at most once').toBeLessThan(2);
  if (!hasDied) expect(names, 'every effect happens once').toEqual(distinct);
  expect(repeatedAfterRecord(observed.world), 'recorded steps that ran again').toEqual([]);
  if (order === 'exact') expect(repeatedTooLate(effects), 'effects that came again too late').toEqual([]);
}

/** Steps that ran in spite of a death before which they were recorded, as far as the engine could tell. */
function repeatedAfterRecord(world: readonly (Effect | Death)[]): string[] {
  const recorded = new Set<string>();
  const repeated: string[] = [];
  for (const entry of world) {
    if (!isEffect(entry)) for (const key of entry.recorded ?? []) recorded.add(key);
    else if (entry.key !== undefined && recorded.has(entry.key)) repeated.push(entry.name);
  }
  return repeated;
}

/**
 * In a program that does one thing after the other, a step that comes again was the last one before its process died; a
 * line that comes again was printed before that step.
 */
function repeatedTooLate(effects: readonly Effect[]): string[] {
  return effects.flatMap(({ name, key }, index) => {
    const before = effects.slice(0, index).findLastIndex((earlier) => earlier.name === name);
    if (before < 0) return [];
    const between = effects
      .slice(before + 1, index)
      .filter((other) => other.key !== undefined && other.key !== key);
    const steps = new Set(between.map((other) => other.key)).size;
    return steps > (key === undefined ? 1 : 0) ? [name] : [];
  });
}
