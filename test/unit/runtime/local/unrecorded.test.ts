/** A run that awaits what nothing recorded settles is noticed, once, and goes on if that settles all the same. */
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { AnyFunction } from '../../../../runtime/functions/definition.ts';
import {
  createRuntime,
  memoryStore,
  type Runtime,
  type RuntimeEvent,
  sleep,
  waitFor,
} from '../../../../runtime/index.ts';
import { deferred } from '../../../../runtime/local/time/deferred.ts';
import { durable } from '../../../support/compiled.ts';
import { eventsOf, storeWith } from '../../../support/crash.ts';
import { later } from '../../../support/effects.ts';

const warnings: string[] = [];
const told: RuntimeEvent[] = [];
const onWarning = (warning: Error): void => void warnings.push(warning.message);
let runtime: Runtime;

const open = (store = memoryStore()): Runtime => {
  const opened = createRuntime({ store });
  opened.on('run-unrecorded', (event) => told.push(event));
  return opened;
};

beforeEach(() => {
  process.on('warning', onWarning);
  runtime = open();
});
afterEach(async () => {
  await runtime.close();
  process.off('warning', onWarning);
  warnings.splice(0);
  told.splice(0);
});

/** What a library gives at once, with a promise behind a getter that settles when it likes. */
const ask = (ms: number) => {
  const text = later(ms, 'text');
  return {
    get text() {
      return text;
    },
  };
};

it('a promise in what a call gave', async () => {
  const fn = durable(
    async ($) => {
      const answer = $.start('ask', ask)(500) as { text: Promise<string> };
      const text = await $.local('await answer.text', answer.text);
      return [text, await $.call('save', async () => 'saved')()];
    },
    { steps: [{ id: 'ask', kind: 'step', line: 4, column: 18 }] },
  );
  const run = await runtime.start(fn, [], { id: 'b20' });
  expect(await run.result()).toEqual(['text', 'saved']);
  expect(told).toMatchObject([
    { type: 'run-unrecorded', runId: 'b20', awaits: 'await answer.text', after: 'ask' },
  ]);
  expect(warnings).toEqual([
    expect.stringMatching(
      /^Run "b20" of .* waits at `await answer\.text` after "ask" \(test\.ts:4:18\) for something that/,
    ),
  ]);
});

it('a promise that is never settled, and one that is hidden from the runtime', async () => {
  const never = durable(async ($) => {
    await $.call('step', async () => 1)();
    await $.local('await new Promise', new Promise(() => {}));
  });
  const hidden = durable(async () => {
    // biome-ignore lint/suspicious/noThenProperty: as a lazy promise of a library
    await { then: (done: (value: number) => void) => void setTimeout(() => done(1), 500) };
    return 'went on';
  });
  const run = await runtime.start(never, [], { id: 'never' });
  const other = await runtime.start(hidden, [], { id: 'hidden' });
  expect(await other.result()).toBe('went on');
  expect(told).toMatchObject([
    { runId: 'never', awaits: 'await new Promise', after: 'step' },
    { runId: 'hidden' },
  ]);
  await run.cancel();
});

it('each process says so once, after a replay too', async () => {
  const fn = durable(async ($) => {
    await $.call('step', async () => 1)();
    for (let n = 0; n < 2; n++) await $.local('await later', later(400, n));
    return 'done';
  });
  const store = memoryStore();
  const first = open(store);
  const run = await first.start(fn, [], { id: 'once' });
  expect(await run.result()).toBe('done');
  expect(told).toHaveLength(1);
  await first.close();
  const again = open(storeWith('again', eventsOf(store, 'once').slice(0, 2)));
  const [handle] = await again.recover();
  expect(await handle!.result()).toBe('done');
  expect(told.map(({ runId }) => runId)).toEqual(['once', 'again']);
  await again.close();
});

const quiet: readonly (readonly [what: string, fn: AnyFunction])[] = [
  ['a slow step', durable(async ($) => $.call('slow', later)(500, 1))],
  ['a sleep', durable(async ($) => $.sleep('sleep', sleep)(500))],
  [
    'a signal that does not come in time',
    durable(async ($) =>
      ($.call('waitFor', waitFor)('x', { timeout: 500 }) as Promise<unknown>).catch(String),
    ),
  ],
  ['a module that is loaded slowly', durable(async ($) => $.foreign(later(500, 1)))],
  [
    'a promise of the function that a step settles',
    durable(async ($) => {
      const { promise, resolve } = deferred();
      void ($.start('slow', later)(500, 1) as Promise<unknown>).then(resolve);
      return $.local('await promise', promise);
    }),
  ],
  [
    'a timer that settles a promise',
    durable(async ($) => {
      const { promise, resolve } = deferred();
      $.timer('setTimeout', setTimeout)(resolve, 500);
      return $.local('await promise', promise);
    }),
  ],
  [
    'a closure that loads a module',
    durable(async ($) => {
      const load = (async () => $.foreign(later(500, 1)))();
      return $.local('await load', load);
    }),
  ],
  [
    'a backoff',
    durable(async ($) =>
      $.step('"flaky"', (await import('../../../../runtime/api/primitives.ts')).step)(
        'flaky',
        failingOnce(),
        {
          retry: { attempts: 2, delay: 500, jitter: 0 },
        },
      ),
    ),
  ],
];

function failingOnce(): () => Promise<number> {
  let n = 0;
  return async () => {
    if (++n === 1) throw new Error('once');
    return n;
  };
}

it('not what is under way', async () => {
  const runs = await Promise.all(quiet.map(([what, fn]) => runtime.start(fn, [], { id: what })));
  await Promise.all(runs.map((run) => run.result()));
  // Where a promise of the function is awaited beside nothing but an import, it can't be told which of them it waits for.
  expect(told).toEqual([]);
  expect(warnings).toEqual([]);
});
