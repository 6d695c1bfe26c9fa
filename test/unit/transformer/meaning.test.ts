import { describe, expect, it } from 'vitest';
import { runPlain } from '../../../runtime/compiled.ts';
import type { AnyFunction } from '../../../runtime/functions/definition.ts';
import { crashEverywhere } from '../../support/crash.ts';
import { takeEffects } from '../../support/effects.ts';
import {
  emitPlain,
  emitThroughAst,
  emitThroughText,
  type Fixture,
  load,
  runnableFixtures,
} from '../../support/fixtures.ts';
import { FULL } from '../../support/tier.ts';

/**
 * The one principle: every fixture is run plainly, compiled, and compiled with a crash after every journal event. Results,
 * thrown errors, the order of effects and printed lines agree; no recorded step runs again.
 */
const EMITTERS = [
  ['text', emitThroughText],
  // That both give the same code is held by emit.test.ts.
  ...(FULL ? ([['ast', emitThroughAst]] as const) : []),
] as const;
/** @param index of the fixture: every third one is killed at three places, the others at one */
const crashesOf = (index: number): { readonly crashes?: number } =>
  FULL ? {} : { crashes: index % 3 === 0 ? 3 : 1 };

interface Seen {
  readonly outcome: unknown;
  readonly effects: readonly string[];
}

async function mainOf(fixture: Fixture, kind: string, code: string): Promise<AnyFunction> {
  const { main } = await load(fixture, kind, code);
  expect(main, `${fixture.name} exports main`).toBeTypeOf('function');
  return main as AnyFunction;
}

/** Errors by what a program can read of them, without the classes, which each copy of a module has its own of. */
function readable(outcome: PromiseSettledResult<unknown>): unknown {
  if (outcome.status === 'fulfilled' || !(outcome.reason instanceof Error)) return outcome;
  const { reason } = outcome;
  return {
    thrown: reason.constructor.name,
    name: reason.name,
    message: reason.message,
    cause: reason.cause,
    properties: { ...reason },
  };
}

async function runUncompiled(fixture: Fixture): Promise<Seen> {
  const main = await mainOf(fixture, 'plain', emitPlain(fixture));
  takeEffects();
  const [outcome] = await Promise.allSettled([main()]);
  return { outcome: readable(outcome), effects: takeEffects() };
}

const runnable = runnableFixtures();

describe('compiled code means what the plain code means', () => {
  it('finds the fixtures', () => {
    expect(runnable.length).toBeGreaterThan(40);
  });

  for (const [index, fixture] of runnable.entries()) {
    it(fixture.name, async () => {
      const plain = await runUncompiled(fixture);
      // Programs that do several things at a time start them together after a crash.
      const order = /Promise|then\(/.test(fixture.source) ? 'any' : 'exact';
      for (const [kind, emit] of EMITTERS) {
        const main = await mainOf(fixture, kind, emit(fixture));
        const whole = await crashEverywhere(main, [], { order, ...crashesOf(index) });
        // An effect without a key comes from a call that is no step: it would come again on every replay.
        expect(
          whole.effects.filter(({ key }) => key === undefined),
          `${kind}: effects outside of steps`,
        ).toEqual([]);
        expect(readable(whole.outcome), `${kind}: result`).toEqual(plain.outcome);
        expect(
          whole.effects.map(({ name }) => name),
          `${kind}: order of effects`,
        ).toEqual(plain.effects);
      }
      // Compiled code outside of every run, with the pass-through runtime.
      if (!/sleep|step\(|setTimeout|withPolicy/.test(fixture.source)) {
        const main = await mainOf(fixture, 'through', emitThroughText(fixture));
        takeEffects();
        const [outcome] = await Promise.allSettled([runPlain(() => main())]);
        expect(readable(outcome!), 'pass-through: result').toEqual(plain.outcome);
        expect(takeEffects(), 'pass-through: order of effects').toEqual(plain.effects);
      }
    });
  }
});
