import type { Feature, Program } from './harness.ts';

/** Everything that is run on every engine. */
export const programs: readonly Program[] = [
  program('steps', 'flow', 'sequence', { args: ['Ada', { times: 3 }] }),
  program('steps', 'flow', 'loopWithWaits'),
  program('steps', 'flow', 'cleanup'),
  program('steps', 'flow', 'names'),
  program('steps', 'generators', 'pages'),
  program('concurrency', 'concurrency', 'closures', { order: 'any' }),
  program('concurrency', 'concurrency', 'workerPool', { order: 'any' }),
  program('concurrency', 'concurrency', 'lateLoser', { order: 'any' }),
  program('concurrency', 'concurrency', 'settled', { order: 'any' }),
  program('concurrency', 'concurrency', 'combinators', { order: 'any' }),
  program('concurrency', 'concurrency', 'started', { order: 'any' }),
  program('nesting', 'nesting', 'nested', { args: [4], order: 'any' }),
  program('errors', 'errors', 'caught'),
  program('errors', 'errors', 'failsWithClass'),
  program('errors', 'errors', 'failsWithValue'),
  program('errors', 'errors', 'failsInStep'),
  program('values', 'values', 'everyValue', {
    args: [{ at: new Date(86_400_000), big: 9007199254740993n, tags: new Set(['x']), none: undefined }],
  }),
  program('values', 'values', 'nothing'),
  program('values', 'values', 'largeValues', { args: [100_000] }),
  program('surroundings', 'surroundings', 'clockAndChance'),
  program('surroundings', 'surroundings', 'lines'),
  program('retries', 'policies', 'retries'),
  program('retries', 'policies', 'fatal'),
  program('retries', 'policies', 'retriesTogether', { order: 'any' }),
  program('retries', 'policies', 'timeouts'),
  program('atMostOnce', 'policies', 'atMostOnce', { once: 'pay' }),
  program('signals', 'signals', 'inOrder', {
    drive: async (run, seen) => {
      await seen('ready');
      await run.signal('item', { id: 1 });
      await run.signal('name', 'Ada');
      await run.signal('item', { id: 2 });
      await seen('item 1');
      await run.signal('item', { id: 3, last: true });
      await run.signal('pair', new Date(1));
      await run.signal('pair', new Date(2));
    },
  }),
  program('signalTimeouts', 'outside', 'signalTimeout'),
  program('signalTimeouts', 'outside', 'signalInTime', {
    racesTime: true,
    drive: async (run, seen) => {
      await seen('waits');
      await run.signal('first', 'in time');
      await run.signal('answer', 42);
    },
  }),
  program('callbacks', 'outside', 'callback', {
    drive: async (run, seen) => {
      const [approval, payment] = (await seen('tokens')) as [string, string];
      // The other way round than they are waited for.
      await run.fail(payment, Object.assign(new RangeError('refused'), { code: 7 }));
      await run.complete(approval, { by: 'Grace', at: new Date(3) });
    },
  }),
  program('callbackTimeouts', 'outside', 'callbackTimeout'),
  program('children', 'outside', 'children', { order: 'any' }),
  program('children', 'methods', 'methodAsChild'),
  program('branches', 'flow', 'branches'),
  program('cancellation', 'outside', 'cancelled', {
    drive: async (run, seen) => {
      await seen('holds');
      await run.cancel('no longer wanted');
    },
  }),
  program('cancellation', 'outside', 'cancelledAndCaught', {
    order: 'any',
    drive: async (run, seen) => {
      await seen('holds');
      await run.cancel();
    },
  }),
  program('concurrency', 'mixed', 'batches', { args: [12], order: 'any' }),
  program('concurrency', 'mixed', 'microtasks', { order: 'any' }),
  program('errors', 'mixed', 'lateErrors', { order: 'any' }),
  program('signals', 'mixed', 'losingReceiver', {
    order: 'any',
    drive: async (run, seen) => {
      await seen('ready');
      await run.signal('word', 'one');
      await run.signal('word', 'two');
    },
  }),
  program('signalTimeouts', 'mixed', 'impatientReceivers', {
    drive: async (run, seen) => {
      await seen('gave up');
      await run.signal('word', 'for the patient');
    },
  }),
  program('callbacks', 'mixed', 'earlyCompletion', {
    drive: async (run, seen) => {
      await run.complete(String(await seen('token')), new Map([['a', 1]]));
      await run.signal('completed', true);
    },
  }),
  program('children', 'mixed', 'childrenAtOnce', { order: 'any' }),
  program('callbacks', 'tangles', 'auction', {
    order: 'any',
    drive: async (run, seen) => {
      const tokens = (await seen('tokens')) as Record<string, string>;
      await run.complete(String(tokens.bea), { bid: 10n });
      await seen('bid of bea');
      await run.fail(String(tokens.cy), new RangeError('too high', { cause: new Date(5) }));
      await seen('bid of cy');
      await run.complete(String(tokens.ada), { bid: 3n });
    },
  }),
  program('errors', 'tangles', 'saga'),
  program('concurrency', 'tangles', 'pool', { order: 'any' }),
  program('signalTimeouts', 'tangles', 'conversation', {
    order: 'any',
    racesTime: true,
    drive: async (run, seen) => {
      await seen('missed 2');
      await run.signal('word', 'hello');
      await seen('heard hello');
      await run.signal('word', 'again');
      await run.signal('word', 'bye');
    },
  }),
  program('children', 'tangles', 'family', { order: 'any' }),
  program('concurrency', 'knots', 'semaphore', { order: 'any' }),
  program('concurrency', 'knots', 'rematch', { order: 'any' }),
  program('errors', 'knots', 'review', {
    order: 'any',
    drive: async (run, seen) =>
      run.fail(String(await seen('token')), new RangeError('refused', { cause: 'no reason' })),
  }),
  program('cancellation', 'knots', 'eviction', {
    order: 'any',
    drive: async (run, seen) => {
      await seen('all are in');
      await run.cancel('closed');
    },
  }),
  program('surroundings', 'knots', 'dice', { order: 'any' }),
];

/** Ids of durable functions that programs start as runs of their own. */
export const CHILDREN: readonly string[] = ['halve', 'square', 'Basket.total', 'leaf', 'reviewer'];

function program(feature: Feature, module: string, fn: string, options: Partial<Program> = {}): Program {
  return { feature, module, fn, args: [], ...options };
}
