import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it, vi } from 'vitest';
import {
  type Callback,
  createCallback,
  createRuntime,
  fileStore,
  type KeptAction,
  MisuseError,
  memoryStore,
  type Runtime,
  type RuntimeEvent,
  type Store,
  StoreError,
  waitFor,
} from '../../../../runtime/index.ts';
import { durable } from '../../../support/compiled.ts';

const folder = mkdtempSync(join(tmpdir(), 'use-durable-audit-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

let files = 0;
const STORES: Readonly<Record<string, () => Store>> = {
  memory: memoryStore,
  file: () => fileStore(join(folder, `${++files}.db`)),
};

/** What is kept, without what differs from run to run. */
const shown = (actions: readonly KeptAction[]): object[] =>
  actions.map(({ action, by, ok, details, error }) => ({
    action,
    by,
    ok,
    ...(details && { details }),
    ...(error !== undefined && { error }),
  }));

const waiting = durable(async ($) => $.call('waitFor', waitFor)('go'));

const asking = durable(async ($) => {
  const callback = (await $.call('ask', createCallback)()) as Callback<string>;
  await $.call('keep', async (token: string) => tokens.push(token))(callback.token);
  return $.call('ask:result', callback.result, callback)();
});
const tokens: string[] = [];

let broken = true;
const failing = durable(async ($) => {
  await $.call('first', async () => 1)();
  await $.call('pay', async () => {
    if (broken) throw new Error('the bank is closed');
  })();
});

async function heard(runtime: Runtime): Promise<RuntimeEvent<'action'>[]> {
  const events: RuntimeEvent<'action'>[] = [];
  runtime.on('action', (event) => events.push(event));
  return events;
}

describe.each(Object.entries(STORES))('the audit of a run, with a %s', (_, open) => {
  it('has who started, signalled and cancelled it, and is told', async () => {
    const store = open();
    const runtime = createRuntime({ store });
    const events = await heard(runtime);
    const run = await runtime.start(waiting, [], { id: 'r', by: 'ada' });
    await runtime.start(waiting, [], { id: 'r', by: 'bob' });
    await run.signal('other', 1, { by: 'cleo' });
    await run.signal('quiet');
    await run.cancel('a mistake', { by: 'dan' });
    await expect(run.result()).rejects.toThrow();
    await expect(run.signal('late', 1, { by: 'eve' })).rejects.toThrow(MisuseError);
    const expected = [
      { action: 'start', by: 'ada', ok: true },
      { action: 'signal', by: 'cleo', ok: true, details: { name: 'other' } },
      { action: 'cancel', by: 'dan', ok: true, details: { reason: 'a mistake' } },
      {
        action: 'signal',
        by: 'eve',
        ok: false,
        details: { name: 'late' },
        error: expect.stringContaining('has ended'),
      },
    ];
    const kept = await runtime.audit('r');
    expect(shown(kept)).toEqual(expected);
    expect(kept.every(({ runId, at, seq }) => runId === 'r' && at > 0 && seq > 0)).toBe(true);
    expect(await runtime.audit('r', { after: kept[0]!.seq, limit: 1 })).toEqual([kept[1]]);
    expect(await runtime.audit('none')).toEqual([]);
    await vi.waitFor(() => expect(events).toHaveLength(4));
    expect(events.map(({ action, by }) => [action, by])).toEqual([
      ['start', 'ada'],
      ['signal', 'cleo'],
      ['cancel', 'dan'],
      ['signal', 'eve'],
    ]);
    expect(events[1]).toMatchObject({ runId: 'r', fn: expect.stringMatching(/^test-/), ok: true });
    await runtime.close();
  });

  it('is seen by another runtime on the store, and goes with the run', async () => {
    const store = open();
    const first = createRuntime({ store });
    const second = createRuntime({ store });
    const run = await first.start(waiting, [], { id: 'r' });
    await (await second.get('r'))!.cancel(undefined, { by: 'ada' });
    expect(shown(await first.audit('r'))).toEqual([{ action: 'cancel', by: 'ada', ok: true }]);
    await expect(run.result()).rejects.toThrow();
    expect(await second.prune(new Date(Date.now() + 60_000), { by: 'bob' })).toBe(1);
    expect(await first.audit('r')).toEqual([]);
    expect(shown(await first.audit())).toEqual([
      { action: 'prune', by: 'bob', ok: true, details: { before: expect.any(String) } },
    ]);
    await first.close();
    await second.close();
  });

  it('has who was not allowed to do something', async () => {
    const store = open();
    const runtime = createRuntime({ store });
    const events = await heard(runtime);
    await runtime.start(waiting, [], { id: 'r' });
    await runtime.denied('r', 'cancel', { by: 'eve' });
    await runtime.denied('r', 'signal');
    await runtime.denied('none', 'start', { by: 'eve' });
    await runtime.denied(undefined, 'prune');
    expect(shown(await runtime.audit())).toEqual([
      { action: 'cancel', by: 'eve', ok: false, error: 'not allowed' },
    ]);
    await vi.waitFor(() => expect(events).toHaveLength(4));
    expect(events.map(({ action, runId, ok }) => [action, runId, ok])).toEqual([
      ['cancel', 'r', false],
      ['signal', 'r', false],
      ['start', 'none', false],
      ['prune', '', false],
    ]);
    await expect(runtime.denied('r', 'look' as never)).rejects.toThrow('there is no action "look"');
    await runtime.close();
    await expect(runtime.denied('r', 'cancel')).rejects.toThrow();
  });

  it('has a new run that is refused, since its id is taken', async () => {
    const store = open();
    const runtime = createRuntime({ store });
    broken = false;
    for (const id of ['r', 'other', 'ended'])
      await runtime.start(id === 'ended' ? failing : waiting, [], { id });
    await (await runtime.get('ended'))!.result();
    for (const id of ['other', 'ended'])
      await expect(runtime.rerun('r', { id, by: 'ada' })).rejects.toThrow(`There is a run "${id}" already.`);
    expect(shown(await runtime.audit('r')).map((one) => (one as KeptAction).ok)).toEqual([false, false]);
    expect(await runtime.audit('other')).toEqual([]);
    await runtime.close();
  });

  it('has resumes, reruns and forks, also where nobody said who did them', async () => {
    const store = open();
    const runtime = createRuntime({ store });
    broken = true;
    const run = await runtime.start(failing, [], { id: 'r' });
    await expect(run.result()).rejects.toThrow('closed');
    await expect(runtime.resume('r', { accept: 'v2', by: 'ada' })).rejects.toThrow(MisuseError);
    broken = false;
    await (await runtime.resume('r')).result();
    await (await runtime.rerun('r', { id: 'again', by: 'ada' })).result();
    await (await runtime.rerun('r', { id: 'from', from: 'pay', by: 'ada' })).result();
    await (await runtime.fork('r', { id: 'fork', from: 'pay', by: 'ada' })).result();
    await expect(runtime.fork('r', { from: 'none', by: 'ada' })).rejects.toThrow(MisuseError);
    expect(shown(await runtime.audit('r'))).toEqual([
      { action: 'accept', by: 'ada', ok: false, details: { version: 'v2' }, error: expect.any(String) },
      { action: 'resume', by: undefined, ok: true },
      { action: 'rerun', by: 'ada', ok: true, details: { to: 'again' } },
      { action: 'rerun', by: 'ada', ok: true, details: { to: 'from', from: 'pay' } },
      { action: 'fork', by: 'ada', ok: true, details: { to: 'fork', from: 'pay' } },
      {
        action: 'fork',
        by: 'ada',
        ok: false,
        details: { to: expect.any(String), from: 'none' },
        error: expect.any(String),
      },
    ]);
    for (const id of ['again', 'from', 'fork'])
      expect(shown(await runtime.audit(id)), id).toEqual([{ action: 'start', by: 'ada', ok: true }]);
    await runtime.close();
  });

  it('has who answered its callbacks', async () => {
    const store = open();
    const runtime = createRuntime({ store });
    const events = await heard(runtime);
    tokens.length = 0;
    const run = await runtime.start(asking, [], { id: 'r' });
    await vi.waitFor(() => expect(tokens).toHaveLength(1), { timeout: 10_000 });
    await runtime.complete(tokens[0]!, 'yes', { by: 'ada' });
    await expect(run.result()).resolves.toBe('yes');
    await expect(runtime.fail(tokens[0]!, new Error('no'), { by: 'bob' })).rejects.toThrow();
    await expect(runtime.fail('none', new Error('no'), { by: 'eve' })).rejects.toThrow();
    expect(shown(await runtime.audit('r'))).toMatchObject([
      { action: 'complete', by: 'ada', ok: true },
      { action: 'fail', by: 'bob', ok: false },
    ]);
    await vi.waitFor(() => expect(events).toHaveLength(3));
    expect(events.map(({ action, runId, ok }) => [action, runId, ok])).toEqual([
      ['complete', 'r', true],
      ['fail', 'r', false],
      ['fail', '', false],
    ]);
    await runtime.close();
  });
});

describe('the audit', () => {
  it('refuses what can not be meant', async () => {
    const runtime = createRuntime({ store: memoryStore() });
    const run = await runtime.start(waiting, [], { id: 'r' });
    const by = '' as string;
    await expect(runtime.start(waiting, [], { by })).rejects.toThrow(MisuseError);
    await expect(run.signal('go', 1, { by })).rejects.toThrow(/by/);
    await expect(run.cancel('x', { who: 'ada' } as never)).rejects.toThrow(/who/);
    await expect(runtime.resume('r', { by: 1 as never })).rejects.toThrow(MisuseError);
    await expect(runtime.fork('r', { from: 'x', by })).rejects.toThrow(MisuseError);
    await expect(runtime.rerun('r', { by })).rejects.toThrow(MisuseError);
    await expect(runtime.prune('1 day', { by })).rejects.toThrow(MisuseError);
    await expect(runtime.audit('r', { after: -1 })).rejects.toThrow(/after/);
    await expect(runtime.audit('r', { limit: 0 })).rejects.toThrow(/limit/);
    await expect(runtime.audit('r', { other: 0 } as never)).rejects.toThrow(/other/);
    expect(shown(await runtime.audit())).toEqual([]);
    await runtime.close();
  });

  it('never hides why an action failed', async () => {
    const store = memoryStore();
    const runtime = createRuntime({ store });
    const run = await runtime.start(waiting, [], { id: 'r' });
    await runtime.close({ store: true });
    await expect(run.signal('go', 1, { by: 'ada' })).rejects.toThrow(/closed/);
  });
});

it('a rerun and a fork are undone where their entry is not written', async () => {
  const store = fileStore(join(folder, 'entry.db'));
  const runtime = createRuntime({ store });
  broken = false;
  await (await runtime.start(failing, [], { id: 'r' })).result();
  const act = vi.spyOn(store, 'act').mockImplementation(() => {
    throw new StoreError('the disk is full');
  });
  await expect(runtime.rerun('r', { id: 'again' })).rejects.toThrow('the disk is full');
  await expect(runtime.fork('r', { id: 'fork', from: 'pay' })).rejects.toThrow('the disk is full');
  act.mockRestore();
  expect((await runtime.list()).map(({ id }) => id)).toEqual(['r']);
  await runtime.close({ store: true });
});

it('what prune removes stays where its entry is not written', async () => {
  const store = fileStore(join(folder, 'prune.db'));
  const runtime = createRuntime({ store });
  broken = false;
  await (await runtime.start(failing, [], { id: 'r' })).result();
  const act = vi.spyOn(store, 'act').mockImplementation(() => {
    throw new StoreError('the disk is full');
  });
  const later = new Date(Date.now() + 60_000);
  await expect(runtime.prune(later, { by: 'ada' })).rejects.toThrow('the disk is full');
  act.mockRestore();
  expect((await runtime.list()).map(({ id }) => id)).toEqual(['r']);
  expect(await runtime.prune(later, { by: 'ada' })).toBe(1);
  await runtime.close({ store: true });
});
