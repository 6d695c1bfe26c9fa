import { expect } from 'vitest';
import type { Crashes, Program } from './harness.ts';
import { type Death, type Effect, isEffect } from './world.ts';

/** What could be seen of one run. */
export interface Observed {
  readonly outcome: PromiseSettledResult<unknown>;
  readonly world: readonly (Effect | Death)[];
}

/**
 * Asserts that the same things happened: each of them once, or again only where a process died before it was recorded.
 *
 * @param crash how the run was interrupted; an engine that does so may do it between the start of a step that is called
 *   at most once and its call, which then isn't made
 */
export function compareEffects(
  observed: Observed,
  expected: Observed,
  { order = 'exact', once }: Program,
  crash: Crashes,
): void {
  const effects = observed.world.filter(isEffect);
  const names = effects.map(({ name }) => name);
  const hasDied = effects.length < observed.world.length;
  const arrange = (list: string[]): string[] => (order === 'exact' ? list : list.toSorted());
  const wanted = expected.world.filter(isEffect).map(({ name }) => name);
  expect(wanted, 'the program gives each effect a name of its own').toEqual([...new Set(wanted)]);
  const distinct = [...new Set(names)];
  const missed = crash !== 'never' && once !== undefined && !distinct.includes(once);
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
    const first = effects.findIndex((earlier) => earlier.name === name);
    if (first === index) return [];
    const between = effects
      .slice(first + 1, index)
      .filter((other) => other.key !== undefined && other.key !== key);
    const steps = new Set(between.map((other) => other.key)).size;
    return steps > (key === undefined ? 1 : 0) ? [name] : [];
  });
}
