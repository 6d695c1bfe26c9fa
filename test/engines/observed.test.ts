import { describe, expect, it } from 'vitest';
import type { Program } from './harness.ts';
import { compareEffects, type Observed } from './observed.ts';
import { portray } from './portray.ts';
import type { Death, Effect } from './world.ts';

const step = (name: string, key = name): Effect => ({ name, key });
const line = (name: string): Effect => ({ name });
const death: Death = { died: 'after' };
const knownDeath = (...recorded: string[]): Death => ({ died: 'seen', recorded });

const observed = (...world: (Effect | Death)[]): Observed => ({
  outcome: { status: 'fulfilled', value: undefined },
  world,
});
const compare = (a: Observed, b: Observed, program: Program): void => compareEffects(a, b, program, 'kill');
const program = { module: 'm', fn: 'f', args: [], feature: 'steps' } as const;

describe('the contract notices', () => {
  const expected = observed(step('a'), line('line: 1'), step('b'), step('c'));
  const wrong: Readonly<Record<string, readonly (Effect | Death)[]>> = {
    'an effect too few': [step('a'), line('line: 1'), step('b')],
    'another order': [step('a'), line('line: 1'), step('c'), step('b')],
    'an effect that comes twice without a death': [
      step('a'),
      step('a'),
      line('line: 1'),
      step('b'),
      step('c'),
    ],
    'a recorded step that runs again': [
      step('a'),
      death,
      knownDeath('a'),
      step('a'),
      line('line: 1'),
      step('b'),
      step('c'),
    ],
    'a step that runs again though a later one began': [
      step('a'),
      line('line: 1'),
      step('b'),
      death,
      step('a'),
      step('b'),
      step('c'),
    ],
    'a line that is printed again on every replay': [
      step('a'),
      line('line: 1'),
      death,
      line('line: 1'),
      step('b'),
      death,
      line('line: 1'),
      step('c'),
      death,
      line('line: 1'),
    ],
    'a line that is printed again two steps later': [
      step('a'),
      line('line: 1'),
      step('b'),
      step('c'),
      death,
      line('line: 1'),
      step('c'),
    ],
  };
  for (const [what, world] of Object.entries(wrong)) {
    it(what, () => {
      expect(() => compare(observed(...world), expected, program)).toThrow();
    });
  }

  it('a step that is called at most once and runs twice', () => {
    const twice = observed(step('pay'), death, step('pay'));
    expect(() => compare(twice, observed(step('pay')), { ...program, once: 'pay' })).toThrow();
  });
});

it('a step that is called at most once and was not interrupted, and did nothing', () => {
  const missing = observed(step('a'));
  const expected = observed(step('a'), step('pay'));
  expect(() => compareEffects(missing, expected, { ...program, once: 'pay' }, 'never')).toThrow();
});

describe('the contract lets pass', () => {
  const expected = observed(step('a'), line('line: 1'), step('b'));

  it('the same', () => {
    compare(expected, expected, program);
  });

  it('what comes again because it was not recorded', () => {
    const again = observed(
      step('a'),
      death,
      step('a'),
      line('line: 1'),
      step('b'),
      death,
      line('line: 1'),
      step('b'),
    );
    compare(again, expected, program);
  });

  it('another order where timing may show', () => {
    compare(observed(step('b'), line('line: 1'), step('a')), expected, { ...program, order: 'any' });
  });

  it('a step that is called at most once and was interrupted before it did anything', () => {
    compare(observed(step('a'), death, line('line: 1')), expected, { ...program, once: 'b' });
  });
});

describe('values are compared in full', () => {
  class Money {
    readonly amount = 1;
  }
  const different: readonly (readonly [unknown, unknown])[] = [
    [new TypeError('x'), new Error('x')],
    [new Error('x', { cause: 1 }), new Error('x')],
    [Object.assign(new Error('x'), { code: 1 }), Object.assign(new Error('x'), { code: 2 })],
    [new AggregateError([new Error('a')]), new AggregateError([new Error('b')])],
    [new Money(), { amount: 1 }],
    [-0, 0],
    [new Map([[1, new Error('a')]]), new Map([[1, new Error('b')]])],
    [new Set([1]), new Set([2])],
    [[undefined], []],
    [{ a: undefined }, {}],
    [Array(1), [undefined]],
    [new Date(1), new Date(2)],
    [new Uint8Array([1]), new Uint16Array([1])],
    [[new URL('http://a/')], [new URL('http://b/')]],
  ];
  for (const [a, b] of different) {
    it(`${String(a)} and ${String(b)}`, () => {
      expect(portray(a)).toStrictEqual(portray(a));
      expect(() => expect(portray(a)).toStrictEqual(portray(b))).toThrow();
    });
  }

  it('cycles', () => {
    const cycle = (name: string): unknown => {
      const made: { name: string; self?: unknown } = { name };
      made.self = made;
      return made;
    };
    expect(portray(cycle('a'))).toStrictEqual(portray(cycle('a')));
    expect(() => expect(portray(cycle('a'))).toStrictEqual(portray(cycle('b')))).toThrow();
  });
});
