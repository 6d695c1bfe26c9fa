import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { state } from '../../../../runtime/base/process-state.ts';
import { createRuntime, memoryStore, type Runtime, startChild } from '../../../../runtime/index.ts';
import { durable } from '../../../support/compiled.ts';

type Child = { readonly result: () => Promise<unknown> };
const inner = durable(async ($) => $.call('work', async () => 'done')(), { id: 'room inner' });

let runtime: Runtime;
const waitInStep = async (): Promise<unknown> => (await runtime.start(inner, [], { id: 'inner' })).result();
const outer = durable(async ($) => $.call('waitInStep', waitInStep)(), { id: 'room outer' });

const warnings: unknown[] = [];
beforeEach(() => {
  warnings.length = 0;
  state.told.delete('a step waits for room');
  vi.spyOn(process, 'emitWarning').mockImplementation((text, options) => {
    if ((options as { readonly code?: string }).code === 'USE_DURABLE_NO_ROOM') warnings.push(text);
  });
});
afterEach(() => {
  vi.restoreAllMocks();
});

it('a step that waits for a run for which there is no room is told of, by name', async () => {
  runtime = createRuntime({ store: memoryStore(), maxRuns: 1 });
  const handle = await runtime.start(outer, [], { id: 'outer' });
  const ended = expect(handle.result()).rejects.toThrow(/closed/);
  await vi.waitFor(() => expect(warnings).toHaveLength(1), { timeout: 20_000 });
  expect(warnings[0]).toMatch(
    /^The step "waitInStep" of run "outer" waits for the result of run "inner", for which this process has no room/,
  );
  await runtime.close({ timeoutMs: 0 });
  await ended;
});

it('nothing is told where there is room, or where the run itself waits', async () => {
  runtime = createRuntime({ store: memoryStore(), maxRuns: 2 });
  expect(await (await runtime.start(outer, [], { id: 'outer' })).result()).toBe('done');
  await runtime.close();

  runtime = createRuntime({ store: memoryStore(), maxRuns: 1 });
  const calls = durable(async ($) => $.call('inner', inner)(), { id: 'room calls' });
  expect(await (await runtime.start(calls, [], { id: 'calls' })).result()).toBe('done');
  const parent = durable(
    async ($) => {
      const child = (await $.call('startChild', startChild)(inner, [])) as Child;
      return await $.method('child.result', child, 'result')();
    },
    { id: 'room parent' },
  );
  expect(await (await runtime.start(parent, [], { id: 'parent' })).result()).toBe('done');
  await runtime.close();
  expect(warnings).toEqual([]);
});
