/** The sweep on programs as users write them, compiled. */
import { pathToFileURL } from 'node:url';
import { beforeEach, describe, expect, it } from 'vitest';
import { CancelledError, TimeoutError } from '../../../../runtime/index.ts';
import {
  CrashSweepError,
  type CrashSweepOptions,
  crashSweep,
  hanging,
  lasting,
} from '../../../../runtime/testing/index.ts';
import { compiled, evaluate, fileOf } from './programs/compiled.ts';
import * as outside from './programs/outside.ts';

type Program = (...args: unknown[]) => Promise<unknown>;

/** Evaluates the broken programs again, as a new process does. */
let processes = 0;
const restart = (): Promise<unknown> =>
  evaluate(`${pathToFileURL(fileOf('broken', 'sweep'))}?process=${++processes}`);

const good = await compiled<typeof import('./programs/good.ts')>('good', 'sweep');
const broken = await compiled<Record<string, Program>>('broken', 'sweep');

const world: CrashSweepOptions = {
  outside: () => ({ bank: outside.bank, audit: outside.audit }),
  reset: outside.resetOutside,
};

beforeEach(outside.resetOutside);

describe('crashSweep finds nothing wrong with', () => {
  it('a subscription', async () => {
    const { outcome, crashes, lives } = await crashSweep(good.subscription, ['visa'], { ...world, now: 0 });
    expect(outcome).toMatchObject({ value: { receipts: { length: 6 } } });
    expect([crashes, lives]).toEqual([19, 19]);
    expect(outside.bank).toHaveLength(6);
  });

  it.each([1, 2, 7])('a pool of workers over %d tasks', async (count) => {
    const { outcome } = await crashSweep(good.pool, [count], world);
    expect(outcome).toMatchObject({ value: { length: count } });
  });

  it('a race against a wait, whoever wins', async () => {
    const quick = await crashSweep(good.raced, ['visa'], world);
    expect(quick.outcome).toMatchObject({ value: ['charged', 'late', 'charged'] });
    const steps = { chargeOnce: lasting('2 hours', async () => 'receipt') };
    const slow = await crashSweep(good.raced, ['visa'], { steps });
    expect(slow.outcome).toMatchObject({ value: ['late', 'late', 'receipt'] });
    expect(slow.unused).toEqual([]);
  });

  it('steps that take too long, and one that does so the first time', async () => {
    const hung = await crashSweep(good.timedOut, [1], { steps: { limited: hanging } });
    expect(hung.outcome).toMatchObject({ value: '"too slow"' });
    let calls = 0;
    const limited = lasting('9s', async () => (++calls === 1 ? hanging() : { id: 5, tags: [] }));
    const slow = await crashSweep(good.timedOut, [1], { steps: { limited, save: () => 'unused' } });
    expect(slow.outcome).toMatchObject({ value: { id: 5 } });
    expect(slow.unused).toEqual(['save']);
  });

  it('retries with a backoff', async () => {
    const { outcome } = await crashSweep(good.retried, []);
    expect(outcome).toMatchObject({ value: ['mail', 'phone', expect.any(Number)] });
  });

  it('signals, in time and too late', async () => {
    const { outcome } = await crashSweep(good.decided, [3], {
      drive: async (run, runtime) => {
        await run.signal('chat', 'early');
        await run.waitUntil('waitFor');
        await runtime.advance('2 days');
        await run.signal('decision', 'yes');
        await run.waitUntil('signals[1]');
        await run.signal('chat', 'bye');
      },
    });
    expect(outcome).toMatchObject({ value: { decision: 'yes', chat: ['"early"'] } });
    const late = await crashSweep(good.decided, [3], { drive: (run) => run.signal('chat', 'bye') });
    expect(late.outcome).toMatchObject({ value: { decision: 'nobody decided', chat: [] } });
  });

  it('a callback that is completed, is failed, or expires', async () => {
    const done = await crashSweep(good.approved, [5], {
      ...world,
      drive: async (run, runtime) => runtime.complete(await run.callback(), { by: 'Ada' }),
    });
    expect(done.outcome).toMatchObject({ value: 'receipt Ada 5' });
    const failed = await crashSweep(good.approved, [5], {
      drive: async (run, runtime) => runtime.fail(await run.callback(), new RangeError('no')),
    });
    expect(failed.outcome).toMatchObject({ reason: expect.any(RangeError) });
    const expired = await crashSweep(good.approved, [5]);
    expect(expired.outcome).toMatchObject({ reason: expect.any(TimeoutError) });
  });

  it('other runs, and durable functions inside', async () => {
    const { outcome } = await crashSweep(good.order, [[1, 2]], world);
    expect(outcome).toMatchObject({ value: { length: 3 } });
  });

  it('a cancellation with cleanup', async () => {
    const { outcome } = await crashSweep(good.cancellable, ['visa'], {
      steps: { refund: async () => {} },
      drive: async (run, runtime) => {
        await run.waitUntil('sleep');
        await runtime.advance('10 days');
        await run.cancel('moved away');
      },
    });
    expect(outcome).toMatchObject({ value: expect.stringContaining('moved away') });
    const { outcome: uncancelled } = await crashSweep(good.cancellable, ['visa']);
    expect(uncancelled).toMatchObject({ value: 'a year later' });
    const early = await crashSweep(good.cancellable, ['visa'], {
      steps: { chargeOnce: lasting('1 minute', () => 'receipt') },
      drive: (run) => run.cancel(),
    });
    expect(early.outcome).toMatchObject({ reason: expect.any(CancelledError) });
  });

  it('a saga', async () => {
    expect((await crashSweep(good.saga, [false], world)).outcome).toMatchObject({ value: 'done' });
    const { outcome } = await crashSweep(good.saga, [true], { outside: () => outside.bank });
    expect(outcome).toMatchObject({ reason: { cause: { limit: 2 } } });
  });

  it('a step that is called at most once, which is not called twice', async () => {
    const { crashes, lives } = await crashSweep(good.careful, ['visa'], world);
    expect([crashes, lives]).toEqual([3, 0]);
  });

  it('values that it copies before they are changed', async () => {
    await crashSweep(good.copies, [], world);
  });

  it('steps whose names are computed, replaced by such a name', async () => {
    const steps = { 'work on b': () => 50 };
    const { outcome, unused, lives } = await crashSweep(good.computed, [['a', 'b']], {
      steps,
      nested: false,
    });
    expect(outcome).toMatchObject({
      value: new Map([
        ['a', 1],
        ['b', 50],
      ]),
    });
    expect([unused, lives]).toEqual([[], 0]);
  });
});

describe('crashSweep finds', () => {
  it.each<[string, string, readonly string[], CrashSweepOptions?]>([
    ['numbered', 'a counter of the module', ['the result differs at result.invoice.number']],
    ['stamped', 'the time in a helper', ['step "save#2" is called with other arguments', '(broken.ts:']],
    ['cached', 'a cache of the module', ['right after its start', 'step "load" is not called']],
    [
      'audited',
      'an effect outside of a step',
      ['an effect outside of its steps: outside.audit', 'step(() =>'],
    ],
    [
      'chargedTwice',
      'a step that is not idempotent',
      ["a step that can't be called twice: outside.bank", 'the step:     "chargeCard" (broken.ts:'],
    ],
    [
      'insertedTwice',
      'a step that fails the second time',
      ["can't be called twice", 'the step:     "insertUser"', 'is there already'],
    ],
    [
      'changedArgument',
      'a value that a step changed in place',
      ['step "save" is called with other', 'express'],
    ],
    ['printed', 'lines that differ', ['line 1 that it prints differs', 'log: it took']],
    ['switched', 'settings that a step changes', ['step "save" is called'], { restart }],
    [
      'visited',
      'a step that gives something else the second time',
      ["can't be called twice", 'the step:     "visit"', 'step "save"', 'called twice: it is called'],
    ],
    ['collected', 'what a step leaves in the module', ['result differs at result[0]'], { restart }],
    [
      'handed',
      'what a step sets and another one reads',
      ['after 1 event of a process that called its steps', 'the result differs', 'with none'],
      { restart, callSteps: true },
    ],
    [
      'connected',
      'what a step leaves in a member of an object',
      ['the result differs', 'with none'],
      { restart, callSteps: true },
    ],
    [
      'remembered',
      'a function that keeps what it made',
      ['of a process that called its steps', 'outside.bank'],
      { restart, callSteps: true },
    ],
    ['abandoned', 'a wait after a crash only', ['the run never ends', '"waitFor"']],
    ['impatient', 'an error that differs', ['the run ends in another way', 'token']],
  ])('%s: %s', async (name, _what, parts, options = {}) => {
    const error: unknown = await crashSweep(broken[name] as Program, [], { ...world, ...options }).catch(
      (thrown: unknown) => thrown,
    );
    expect(error).toBeInstanceOf(CrashSweepError);
    for (const part of parts) expect((error as Error).message).toContain(part);
  });

  it('drawn: chance in a helper', async () => {
    // It may draw the same in one sweep, but hardly in twenty.
    const sweeps = Array.from({ length: 20 }, () =>
      crashSweep(broken.drawn as Program, []).then(
        () => undefined,
        (error: unknown) => error,
      ),
    );
    const found = (await Promise.all(sweeps)).find((error) => error !== undefined);
    expect(found).toBeInstanceOf(CrashSweepError);
  });
});
