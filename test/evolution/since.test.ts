/** Branches by version: `since('name')`, after a crash at each event, before and behind the branch. */
import { describe, expect, it } from 'vitest';
import type { AnyFunction } from '../../runtime/functions/definition.ts';
import { judge, type KnownCode } from '../../runtime/functions/edits.ts';
import { createRuntime, memoryStore } from '../../runtime/index.ts';
import type { JournalEvent } from '../../runtime/journal/events.ts';
import { knownCodeOf } from '../support/known-code.ts';
import { deploy, died, resume, runWhole, sourceOf } from './deploy.ts';

interface Edit {
  readonly name: string;
  readonly old: string;
  readonly now: string;
  /** What a new run calls. */
  readonly fresh: readonly string[];
  /** After how many events of the old journal a run has passed the place; by then it calls what the old code calls. */
  readonly passed: number;
  /** False where the branch is more than calls: then the verdict is careful. */
  readonly isPlain?: false;
}

const EDITS: readonly Edit[] = [
  {
    name: 'a call of another name in front',
    old: `await reserve(n); await pay(n); return await ship(n);`,
    now: `await reserve(n); if (since('said')) await say('new'); await pay(n); return await ship(n);`,
    fresh: ['reserve(1)', 'say("new")', 'pay(1)', 'ship(1)'],
    passed: 3,
  },
  {
    name: 'a call of the same name in front of all others',
    old: `await pay('a'); await pay('b'); return await ship(n);`,
    now: `if (since('first')) await pay('new'); await pay('a'); await pay('b'); return await ship(n);`,
    fresh: ['pay("new")', 'pay("a")', 'pay("b")', 'ship(1)'],
    passed: 2,
  },
  {
    name: 'an old branch and a new one',
    isPlain: false,
    old: `await reserve(n); await pay('old'); return await ship(n);`,
    now: `await reserve(n); if (!since('paid')) await pay('old'); else { await pay('new'); await say('paid'); } return await ship(n);`,
    fresh: ['reserve(1)', 'pay("new")', 'say("paid")', 'ship(1)'],
    passed: 3,
  },
  {
    name: 'two branches, one after the other',
    old: `await pay('a'); await pay('b'); return await ship(n);`,
    now: `if (since('one')) await pay('1'); await pay('a'); if (since('two')) await pay('2'); await pay('b'); return await ship(n);`,
    fresh: ['pay("1")', 'pay("a")', 'pay("2")', 'pay("b")', 'ship(1)'],
    passed: 3,
  },
  {
    name: 'a step with a name of its own',
    old: `await step('book a/b', () => pay('old')); return await ship(n);`,
    now: `if (since('booked')) await step('book a/b', () => pay('new')); await step('book a/b', () => pay('old')); return await ship(n);`,
    fresh: ['pay("new")', 'pay("old")', 'ship(1)'],
    passed: 2,
  },
  {
    name: 'closures in a branch',
    isPlain: false,
    old: `await Promise.all([1, 2].map(async (one) => { await pay(one); await ship(one); })); return await say('end');`,
    now: `if (since('twice')) await Promise.all([3].map(async (one) => { await pay(one); }));
      await Promise.all([1, 2].map(async (one) => { await pay(one); await ship(one); })); return await say('end');`,
    fresh: ['pay(3)', 'pay(1)', 'pay(2)', 'ship(1)', 'ship(2)', 'say("end")'],
    passed: 2,
  },
];

const withoutEnd = (events: readonly JournalEvent[]): readonly JournalEvent[] => events.slice(0, -1);

/** Dies after each event that is recorded from here on, and must always end with the same calls. */
async function dieEverywhere(
  main: AnyFunction,
  events: readonly JournalEvent[],
  from: number,
): Promise<void> {
  const last = withoutEnd(events);
  const decided = events.filter(({ type }) => type === 'since');
  for (let end = from; end < last.length; end++) {
    const again = await resume(await died(main, last.slice(0, end + 1)), last.slice(0, end + 1));
    expect(again.blocked).toBeUndefined();
    const keys = again.events.flatMap((event) => ('key' in event ? [event.key] : []));
    expect(keys).toEqual(last.flatMap((event) => ('key' in event ? [event.key] : [])));
    expect(
      again.events.filter(({ type }) => type === 'since').map((event) => 'name' in event && event.name),
    ).toEqual(decided.map((event) => 'name' in event && event.name));
  }
}

const codeOf = (body: string): KnownCode => knownCodeOf(sourceOf('judged', body)).get('judged')!;

describe('the verdict on a new branch', () => {
  it.each(EDITS.filter(({ isPlain }) => isPlain !== false))('is free: $name', ({ old, now }) => {
    expect(judge(codeOf(old), codeOf(now)).verdict).toBe('free');
  });

  it.each([
    [
      'another edit beside it',
      `await pay(n); await ship(n);`,
      `if (since('x')) await say(n); await reserve(n); await pay(n); await ship(n);`,
    ],
    [
      'an edit in a branch of before',
      `if (since('x')) await say(n); await pay(n);`,
      `if (since('x')) { await say(n); await ship(n); } await pay(n);`,
    ],
    ['a branch that leaves', `await pay(n);`, `if (since('x')) { await say(n); return; } await pay(n);`],
    [
      'a branch that changes what decides',
      `let a = n; if (a > 1) await pay(n);`,
      `let a = n; if (since('x')) { await say(n); a = 2; } if (a > 1) await pay(n);`,
    ],
    ['a condition with more in it', `await pay(n);`, `if (since('x') || n > 1) await say(n); await pay(n);`],
  ])('is not free: %s', (_, old, now) => {
    expect(judge(codeOf(old), codeOf(now)).verdict).not.toBe('free');
  });
});

describe('since', () => {
  it.each(EDITS)('$name', async ({ name, old, now, fresh, passed }) => {
    const id = `since-${name.replace(/\W+/g, '-')}`;
    const before = await deploy(id, old);
    const whole = await runWhole(before);
    const events = withoutEnd(whole.events);
    const stores = await Promise.all(events.map((_, end) => died(before, events.slice(0, end + 1))));
    const main = await deploy(id, now);
    const anew = await runWhole(main);
    expect(anew.calls).toEqual(fresh);
    await dieEverywhere(main, anew.events, 0);
    for (const [index, store] of stores.entries()) {
      const seen = await resume(store, events.slice(0, index + 1));
      expect(seen.blocked, `${index}`).toBeUndefined();
      expect(seen.outcome.status).toBe('fulfilled');
      if (index + 1 >= passed && name !== 'two branches, one after the other')
        expect(seen.calls, `passed it ${index}`).toEqual(
          whole.calls.slice(whole.calls.length - seen.calls.length),
        );
      if (index === 0) expect(seen.calls).toEqual(fresh);
      await dieEverywhere(main, seen.events, index + 1);
    }
  });

  it('takes the second branch alone when the run is between the two', async () => {
    const { old, now } = EDITS[3]!;
    const before = await deploy('since-between', old);
    const { events } = await runWhole(before);
    const store = await died(before, events.slice(0, 2));
    await deploy('since-between', now);
    expect((await resume(store, [])).calls).toEqual(['pay("2")', 'pay("b")', 'ship(1)']);
  });

  it('stays false in a loop whose first round had passed it', async () => {
    const loop = (first: string): string =>
      `for (const one of [1, 2, 3]) { ${first} await pay(one); } return await ship(n);`;
    const before = await deploy('since-loop', loop(''));
    const { events } = await runWhole(before);
    const store = await died(before, events.slice(0, 3));
    const main = await deploy('since-loop', loop(`if (since('loop')) await say(one);`));
    const seen = await resume(store, []);
    expect(seen.calls).toEqual(['pay(3)', 'ship(1)']);
    await dieEverywhere(main, seen.events, 2);
    expect((await runWhole(main)).calls).toEqual([
      'say(1)',
      'pay(1)',
      'say(2)',
      'pay(2)',
      'say(3)',
      'pay(3)',
      'ship(1)',
    ]);
  });

  it('is false where an open wait stands behind the place', async () => {
    const before = await deploy('since-wait', `await reserve(n); await sleep('1ms'); return await ship(n);`);
    const { events } = await runWhole(before);
    const stores = [await died(before, events.slice(0, 2)), await died(before, events.slice(0, 3))];
    await deploy(
      'since-wait',
      `await reserve(n); if (since('w')) await say('new'); await sleep('1ms'); return await ship(n);`,
    );
    expect((await resume(stores[0]!, [])).calls).toEqual(['say("new")', 'ship(1)']);
    expect((await resume(stores[1]!, [])).calls).toEqual(['ship(1)']);
  });

  it('is told as an event, once', async () => {
    const main = await deploy(
      'since-told',
      `if (since('a')) await say('new'); if (since('a')) await pay(n);`,
    );
    const whole = await runWhole(main);
    expect(whole.events.filter(({ type }) => type === 'since')).toHaveLength(1);
    const runtime = createRuntime({ store: memoryStore() });
    const told: string[] = [];
    runtime.on('since', ({ name }) => told.push(name));
    await (await runtime.start(main, [1])).result();
    await runtime.close();
    expect(told).toEqual(['a']);
  });
});
