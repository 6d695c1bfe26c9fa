/** The kit in the hands of somebody who has read docs/testing.md, on compiled programs. */
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { CancelledError, createHandler, setDefaultRuntime, TimeoutError } from '../../../../runtime/index.ts';
import { createTestRuntime, hanging, lasting, type TestRuntime } from '../../../../runtime/testing/index.ts';
import { compiled } from './programs/compiled.ts';
import * as outside from './programs/outside.ts';

const good = await compiled<typeof import('./programs/good.ts')>('good', 'user');

describe.each(['real', 'fake'])('with %s timers', (kind) => {
  let runtime: TestRuntime;
  beforeEach(() => {
    if (kind === 'fake') vi.useFakeTimers();
    vi.spyOn(console, 'log').mockReturnValue();
    vi.spyOn(console, 'info').mockReturnValue();
    outside.resetOutside();
    runtime = createTestRuntime({ now: 0 });
  });
  afterEach(async () => {
    await runtime.close();
    vi.useRealTimers();
    vi.restoreAllMocks();
  });

  it('sleeps for a hundred years', async () => {
    const run = await runtime.start(good.century, []);
    expect(await run.result()).toBe(100);
    expect(new Date(runtime.now()).getUTCFullYear()).toBe(2070);
  });

  it('a pool takes tasks as they come, whatever each takes', async () => {
    const spans = [9, 1, 1, 1, 1, 1];
    const slow = lasting('1 minute', () => {});
    runtime.mock<typeof outside.load>(good.pool, 'load', async (id) => {
      for (let minute = 0; minute < (spans[id] ?? 0); minute++) await slow();
      return { id, tags: [] };
    });
    const run = await runtime.start(good.pool, [6]);
    const results = await run.result();
    expect(results.map((line) => line.slice(0, 1)).join('')).toBe('bcbcba');
    expect(runtime.now()).toBe(9 * 60_000);
    expect(runtime.calls('load')).toHaveLength(6);
  });

  it('a race is lost by what takes longer', async () => {
    runtime.mock(
      good.raced,
      'chargeOnce',
      lasting('61 minutes', () => 'charged'),
    );
    const late = await runtime.start(good.raced, ['visa']);
    expect(await late.result()).toEqual(['late', 'late', 'charged']);
    runtime.mock(
      good.raced,
      'chargeOnce',
      lasting('59 minutes', () => 'charged'),
    );
    const quick = await runtime.start(good.raced, ['visa']);
    expect(await quick.result()).toEqual(['charged', 'late', 'charged']);
  });

  it('a step that hangs is given up, and the next attempt counts', async () => {
    const limited = vi.fn(outside.load).mockImplementationOnce(hanging);
    runtime.mock(good.timedOut, 'limited', limited);
    const run = await runtime.start(good.timedOut, [4]);
    expect(await run.result()).toEqual({ id: 4, tags: ['tag-4'] });
    expect(limited).toHaveBeenCalledTimes(2);
    expect(runtime.now()).toBe(10_000 + 1_000);
  });

  it('children end in their own time, and one of them fails', async () => {
    runtime.mock<typeof outside.load>(good.shipment, 'load', async (id) => {
      if (id === 2) throw new RangeError('lost');
      return { id, tags: [] };
    });
    const run = await runtime.start(good.order, [[1, 2]], { id: 'order' });
    expect(await run.result()).toEqual(['{"id":100,"tags":[]}', '{"id":1,"tags":[]}', 'failed']);
    expect((await runtime.list()).map(({ id, status }) => `${id}: ${status}`)).toEqual([
      'order: completed',
      'order/ids.map/startChild: completed',
      'order/ids.map[1]/startChild: failed',
    ]);
  });

  it('a run is cancelled, or its time is over', async () => {
    const run = await runtime.start(good.cancellable, ['visa']);
    await run.waitUntil('sleep');
    await run.cancel('moved');
    expect(await run.result()).toContain('moved');
    expect(runtime.calls('close the books')).toHaveLength(1);
    const late = await runtime.start(good.approved, [5], { timeout: '1 day' });
    await expect(late.result()).rejects.toThrow(TimeoutError);
    const early = await runtime.start(good.approved, [5]);
    await early.callback();
    await early.cancel();
    await expect(early.result()).rejects.toThrow(CancelledError);
    expect(outside.audit).toEqual(['refund 5', 'refund 5', 'refund 5']);
  });

  it('a schedule, until it is stopped', async () => {
    const schedule = await runtime.schedule('books', { cron: '0 4 1 * *' }, good.computed, [['a']]);
    await runtime.advance('365 days');
    schedule.stop();
    await runtime.advance('365 days');
    expect(await runtime.list()).toHaveLength(12);
    expect(runtime.calls('work on a')).toHaveLength(12);
  });

  it('a service that starts runs by itself, and one that answers over HTTP', async () => {
    setDefaultRuntime(runtime);
    try {
      expect(await good.pool(2)).toHaveLength(2);
    } finally {
      setDefaultRuntime(undefined);
    }
    const handler = createHandler(runtime, { functions: { approved: good.approved } });
    const run = await runtime.start(good.approved, [5]);
    const token = await run.callback();
    const body = JSON.stringify({ value: { by: 'Ada' } });
    const headers = { 'content-type': 'application/json' };
    const request = new Request(`http://localhost/callbacks/${token}`, {
      method: 'POST',
      body,
      headers,
    });
    const response = await handler(request);
    expect(response.status).toBe(200);
    expect(await run.result()).toBe('receipt Ada 5');
  });

  it('listens to what happens', async () => {
    const seen: string[] = [];
    runtime.on('*', ({ type }) => seen.push(type));
    await (await runtime.start(good.careful, ['visa'])).result();
    await runtime.idle();
    expect(seen.at(0)).toBe('run-started');
    expect(seen.at(-1)).toBe('run-ended');
  });
});
