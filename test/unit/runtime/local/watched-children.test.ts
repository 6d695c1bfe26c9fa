/** A run that another one starts is watched by it from its beginning, whatever the store does next. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import {
  createRuntime,
  fileStore,
  memoryStore,
  type Store,
  StoreError,
  startChild,
} from '../../../../runtime/index.ts';
import { durable } from '../../../support/compiled.ts';
import { effect, takeEffects } from '../../../support/effects.ts';

/** A store to which no run can be added as a watcher: the call fails after the other run has ended and old runs were removed. */
function withoutWatch(store: Store): Store & { fails: boolean } {
  const state = { fails: true };
  return new Proxy(store as Store & { fails: boolean }, {
    get(target, name) {
      if (name === 'watch' && state.fails)
        return () => {
          throw new StoreError('The disk is gone.');
        };
      const value: unknown = Reflect.get(target, name);
      return typeof value === 'function' ? (value as () => unknown).bind(target) : value;
    },
    set: (_, name, value) => Reflect.set(state, name, value),
  });
}

it.each(['memory', 'file'] as const)('is kept and not started again, in a store in %s', async (kind) => {
  takeEffects();
  const child = durable(async ($) =>
    $.call('work', async () => {
      effect('work');
      return 'done';
    })(),
  );
  const parent = durable(async ($) => {
    const run = await $.call('startChild', startChild)(child, [], { id: 'child' });
    return run.result();
  });
  const folder = mkdtempSync(join(tmpdir(), 'use-durable-watched-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const inner = kind === 'memory' ? memoryStore() : fileStore(join(folder, 'runs.db'));
  const store = withoutWatch(inner);
  const runtime = createRuntime({ store, onBlocked: () => {} });
  onTestFinished(() => runtime.close({ store: true }));
  const run = await runtime.start(parent, [], { id: 'parent' });
  // It stops where its journal ends.
  await expect(run.result()).rejects.toThrow(StoreError);
  await expect.poll(() => inner.ended('child'), { timeout: 30_000 }).toBeDefined();
  await inner.prune(Date.now() + 60_000, 1_000);
  store.fails = false;
  await runtime.recover();
  expect(await (await runtime.get('parent'))?.result()).toBe('done');
  expect(takeEffects()).toEqual(['work']);
});
