/** `resume(id, { accept })`: the new order of the code for one run, after a crash at each event before and behind it. */
import { describe, expect, it } from 'vitest';
import { StoreError } from '../../runtime/base/errors.ts';
import type { AnyFunction } from '../../runtime/functions/definition.ts';
import { definitionOf } from '../../runtime/functions/definitions.ts';
import { createRuntime, memoryStore, type RuntimeEvent, type Store } from '../../runtime/index.ts';
import type { JournalEvent } from '../../runtime/journal/events.ts';
import { forkOf } from '../../runtime/journal/fork.ts';
import { Manifests } from '../../runtime/local/run/manifests.ts';
import { eventsOf, settled } from '../support/crash.ts';
import { deploy, died, type Resumed, resume, runWhole } from './deploy.ts';
import { calls, failing } from './services.ts';

const versionOf = (main: AnyFunction): string => definitionOf(main)!.meta.version!;

async function accept(
  store: Store,
  version: string,
): Promise<Resumed & { told: RuntimeEvent<'code-accepted'>[] }> {
  let blocked: string | undefined;
  const told: RuntimeEvent<'code-accepted'>[] = [];
  const runtime = createRuntime({ store, onBlocked: ({ error }) => (blocked = error.message) });
  runtime.on('code-accepted', (event) => told.push(event));
  calls.length = 0;
  failing.clear();
  if (eventsOf(store, 'run').some(({ type }) => type === 'attempt-failed')) failing.add(1);
  const handle = await runtime.resume('run', { accept: version });
  const outcome = await settled(handle.result());
  await runtime.close();
  return { store, outcome, blocked, told: told as never, calls: [...calls], events: eventsOf(store, 'run') };
}

/** Dies after each event behind the mark, and must end as it did. */
async function dieBehind(main: AnyFunction, events: readonly JournalEvent[]): Promise<void> {
  const mark = events.findLastIndex(({ type }) => type === 'accepted');
  const expected = events
    .slice(mark + 1)
    .flatMap((event) => ('key' in event ? [`${event.type} ${event.key}`] : []));
  for (let end = mark; end < events.length - 1; end++) {
    const prefix = events.slice(0, end + 1);
    const again = await resume(await died(main, prefix), prefix);
    expect(again.blocked, `${end}`).toBeUndefined();
    const behind = again.events.slice(mark + 1);
    expect(behind.flatMap((event) => ('key' in event ? [`${event.type} ${event.key}`] : []))).toEqual(
      expected,
    );
    expect(again.events.at(-1)).toMatchObject({ type: 'run-ended', ok: true });
  }
}

interface Case {
  readonly name: string;
  readonly old: string;
  readonly now: string;
  /** After how many events the old process dies. */
  readonly died: number;
  readonly calls: readonly string[];
}

const CASES: readonly Case[] = [
  {
    name: 'a call in front',
    old: `await reserve(n); await pay(n); return await ship(n);`,
    now: `await say('new'); await reserve(n); await pay(n); return await ship(n);`,
    died: 3,
    calls: ['say("new")', 'ship(1)'],
  },
  {
    name: 'another order',
    old: `await reserve(n); await pay(n); return await ship(n);`,
    now: `await pay(n); await say('between'); await reserve(n); return await ship(n);`,
    died: 3,
    calls: ['say("between")', 'ship(1)'],
  },
  {
    name: 'a call that is gone',
    old: `await reserve(n); await say('gone'); await pay(n); return await ship(n);`,
    now: `await reserve(n); await pay(n); return await ship(n);`,
    died: 4,
    calls: ['ship(1)'],
  },
  {
    name: 'an open wait',
    old: `await reserve(n); await sleep('1ms'); return await ship(n);`,
    now: `await say('new'); await reserve(n); await sleep('1 hour'); return await ship(n);`,
    died: 3,
    calls: ['say("new")', 'ship(1)'],
  },
  {
    name: 'attempts of a step',
    old: `await retried(n); return await ship(n);`,
    now: `await say('new'); await retried(n); return await ship(n);`,
    died: 2,
    calls: ['say("new")', 'flaky(1)', 'ship(1)'],
  },
  {
    name: 'calls side by side',
    old: `await Promise.all([reserve(n), pay(n), say('a')]); return await ship(n);`,
    now: `await say('a'); const both = Promise.all([pay(n), reserve(n)]); await both; return await ship(n);`,
    died: 4,
    calls: ['ship(1)'],
  },
  {
    name: 'calls that are not awaited in place',
    old: `const paid = pay(n); await reserve(n); return [await paid, await ship(n)];`,
    now: `const paid = pay(n); await say('new'); await reserve(n); return [await paid, await ship(n)];`,
    died: 3,
    calls: ['say("new")', 'ship(1)'],
  },
  {
    name: 'arguments that are changed behind a call',
    old: `const order = { n }; const paid = pay(order); await reserve(n); await paid; return await ship(n);`,
    now: `const order = { n }; const paid = pay(order); order.n = 2; await say('new'); await reserve(n); await paid; return await ship(n);`,
    died: 3,
    calls: ['say("new")', 'ship(1)'],
  },
];

describe('an order that is accepted', () => {
  it.each(CASES)('$name', async ({ name, old, now, died: length, calls: expected }) => {
    const id = `accept-${name.replace(/\W+/g, '-')}`;
    const before = await deploy(id, old);
    const prefix = (await runWhole(before)).events.slice(0, length);
    const store = await died(before, prefix);
    const main = await deploy(id, now);
    const blocked = await resume(store, prefix);
    expect(blocked.blocked).toContain(`resume(id, { accept: '${versionOf(main)}' })`);
    const seen = await accept(store, versionOf(main));
    expect(seen.blocked).toBeUndefined();
    expect(seen.calls).toEqual(expected);
    expect(seen.outcome.status).toBe('fulfilled');
    expect(seen.told).toMatchObject([{ version: versionOf(main) }]);
    expect(seen.events.slice(0, length)).toEqual(prefix);
    const { at } = seen.events[length]!;
    for (const event of seen.events.slice(length))
      if (event.type === 'step') expect(event.startedAt, event.key).toBeGreaterThanOrEqual(at);
    await dieBehind(main, seen.events);
  });

  it('is refused where a recorded call had another random value, before anything is called', async () => {
    const old = `const id = crypto.randomUUID(); await pay(id); return await ship(id);`;
    const before = await deploy('accept-draws', old);
    const prefix = (await runWhole(before)).events.slice(0, 2);
    const store = await died(before, prefix);
    const main = await deploy('accept-draws', `await say(crypto.randomUUID()); ${old}`);
    expect((await resume(store, prefix)).blocked).toContain('asks for step "say"');
    const refused = await accept(store, versionOf(main));
    expect(refused.blocked).toContain('step "pay" would get another random value');
    expect(refused.calls).toEqual([]);
    const early = await deploy('accept-draws', old);
    const seen = await accept(store, versionOf(early));
    expect(seen.calls).toHaveLength(1);
    expect(seen.outcome).toEqual({ status: 'fulfilled', value: seen.calls[0] });
    expect(String(prefix[1] && 'value' in prefix[1] && prefix[1].value)).toContain(
      JSON.stringify(/"(.+)"/.exec(seen.calls[0]!)![1]).slice(1, -1),
    );
  });

  it('goes on in the old branch where something that is recorded comes later', async () => {
    const before = await deploy('accept-since', `await reserve(n); await pay('old'); return await ship(n);`);
    const prefix = (await runWhole(before)).events.slice(0, 3);
    const store = await died(before, prefix);
    const main = await deploy(
      'accept-since',
      `await say('new'); await reserve(n); if (since('paid')) await pay('new'); else await pay('old');
       if (since('added')) await say('added'); return await ship(n);`,
    );
    await resume(store, prefix);
    const seen = await accept(store, versionOf(main));
    expect(seen.calls).toEqual(['say("new")', 'say("added")', 'ship(1)']);
    await dieBehind(main, seen.events);
  });

  it('is given back to the workers if it can not be written', async () => {
    const before = await deploy('accept-unwritten', CASES[0]!.old);
    const prefix = (await runWhole(before)).events.slice(0, 3);
    const store = await died(before, prefix);
    const main = await deploy('accept-unwritten', CASES[0]!.now);
    let fails = false;
    const append = store.append.bind(store);
    store.append = (batch) => {
      if (fails) throw new StoreError('The disk is full.');
      return append(batch);
    };
    let blocked = 0;
    const runtime = createRuntime({ store, onBlocked: () => blocked++ });
    await runtime.recover();
    await expect.poll(() => blocked).toBe(1);
    fails = true;
    await expect(runtime.resume('run', { accept: versionOf(main) })).rejects.toThrow('The disk is full.');
    fails = false;
    // A worker that looks for runs finds it, and blocks it once more.
    await expect.poll(() => blocked, { timeout: 10_000 }).toBe(2);
    const handle = await runtime.resume('run', { accept: versionOf(main) });
    expect(await handle.result()).toBe('ship(1)');
    await runtime.close();
  });

  it('names the version of the function that was changed', async () => {
    const inner = (body: string): string =>
      `export async function inner(n: number) { 'use durable as accept-inner'; ${body} }`;
    const old = `await inner(n); return await ship(n);`;
    const before = await deploy('accept-outer', old, inner(`await pay(n);`));
    const prefix = (await runWhole(before)).events.slice(0, 2);
    const store = await died(before, prefix);
    const main = await deploy('accept-outer', old, inner(`await say('new'); await pay(n);`));
    const { blocked } = await resume(store, prefix);
    const version = /accept: '([^']+)'/.exec(blocked!)![1]!;
    expect(version).not.toBe(versionOf(main));
    expect((await accept(store, version)).calls).toEqual(['say("new")', 'ship(1)']);
  });

  it('is no other deployment, and can be accepted again', async () => {
    const before = await deploy('accept-other', CASES[0]!.old);
    const prefix = (await runWhole(before)).events.slice(0, 3);
    const store = await died(before, prefix);
    // Runs of a third version are in the store.
    const third = await deploy('accept-other', CASES[1]!.now);
    await new Manifests(store).keep(definitionOf(third)!);
    const main = await deploy('accept-other', CASES[0]!.now);
    await resume(store, prefix);
    const other = await accept(store, versionOf(third));
    expect(other.blocked).toContain(
      `the code version ${versionOf(third)} was accepted for it, and this process has`,
    );
    expect(other.calls).toEqual([]);
    expect((await accept(store, versionOf(main))).calls).toEqual(['say("new")', 'ship(1)']);
  });

  it('is not offered where it is not certain which call is which', async () => {
    const before = await deploy('accept-uncertain', `await pay(1); await pay(2); return await ship(n);`);
    const prefix = (await runWhole(before)).events.slice(0, 3);
    const store = await died(before, prefix);
    await deploy(
      'accept-uncertain',
      `await say('a'); await pay(9); await pay(1); await pay(2); return await ship(n);`,
    );
    const { blocked } = await resume(store, prefix);
    expect(blocked).toContain("its journal doesn't fit the code");
    expect(blocked).not.toContain('{ accept:');
  });

  it('is the order of that version alone, until all that was recorded before is recorded again', async () => {
    const { old, now } = CASES[1]!;
    const before = await deploy('accept-third', old);
    const prefix = (await runWhole(before)).events.slice(0, 3);
    const store = await died(before, prefix);
    const main = await deploy('accept-third', now);
    await resume(store, prefix);
    const { events } = await accept(store, versionOf(main));
    const mark = events.findLastIndex(({ type }) => type === 'accepted');
    const third = await deploy('accept-third', now.replace(`say('between')`, `say('other')`));
    for (let end = mark; end < events.length - 1; end++) {
      const cut = events.slice(0, end + 1);
      const again = await died(main, cut);
      const { blocked, calls } = await resume(again, cut);
      const isDone = cut.slice(mark).some((event) => 'key' in event && event.key === 'reserve');
      if (isDone) expect(blocked, `${end}`).toBeUndefined();
      else expect(blocked, `${end}`).toContain('was accepted for it, and this process has');
      if (isDone) continue;
      expect(calls).toEqual([]);
      await dieBehind(third, (await accept(again, versionOf(third))).events);
    }
  });

  it('is a history like others: changed once more, and accepted once more', async () => {
    const before = await deploy('accept-twice', CASES[0]!.old);
    const prefix = (await runWhole(before)).events.slice(0, 3);
    const store = await died(before, prefix);
    const main = await deploy('accept-twice', CASES[0]!.now);
    await resume(store, prefix);
    const { events } = await accept(store, versionOf(main));
    const cut = events.slice(0, -2);
    const again = await died(main, cut);
    const third = await deploy('accept-twice', CASES[1]!.now.replace('say', `say('x'); await say`));
    expect((await resume(again, cut)).blocked).toContain("its journal doesn't fit the code");
    const seen = await accept(again, versionOf(third));
    // What was said under the same key is used; the second call of that name is new.
    expect(seen.calls).toEqual(['say("between")', 'ship(1)']);
    await dieBehind(third, seen.events);
  });

  it('keeps signals, callbacks and their tokens', async () => {
    const old = `const a = await waitFor('go'); const token = await createCallback(); await pay(a); return [a, token.token, await token.result()];`;
    const now = `await say('new'); const a = await waitFor('go'); const token = await createCallback(); await pay(a); return [a, token.token, await token.result()];`;
    const before = await deploy('accept-mail', old);
    const { store, token } = await withMail(before);
    const main = await deploy('accept-mail', now);
    const prefix = eventsOf(store, 'run');
    expect((await resume(store, prefix)).blocked).toContain('accept:');
    const runtime = createRuntime({ store });
    calls.length = 0;
    const handle = await runtime.resume('run', { accept: versionOf(main) });
    await runtime.complete(token, 'done');
    expect(await handle.result()).toEqual(['first', token, 'done']);
    expect(calls).toEqual(['say("new")']);
    await runtime.close();
    const events = eventsOf(store, 'run');
    // Of the second signal nothing is taken.
    expect((await store.load('run'))?.messages).toEqual([]);
    expect(events.filter(({ type }) => type === 'received')).toHaveLength(3);
  });
});

async function withMail(main: AnyFunction): Promise<{ store: Store; token: string }> {
  const store = memoryStore();
  const runtime = createRuntime({ store });
  calls.length = 0;
  const handle = await runtime.start(main, [1] as never, { id: 'run' });
  await handle.signal('go', 'first');
  let token: string | undefined;
  while (token === undefined || !eventsOf(store, 'run').some((event) => event.type === 'step')) {
    await new Promise((resolve) => setTimeout(resolve, 5));
    token = eventsOf(store, 'run').flatMap((event) =>
      event.type === 'callback-created' ? [event.token] : [],
    )[0];
  }
  await runtime.close();
  return { store, token };
}

describe('accept is refused, and nothing is written', () => {
  it('of a run that has the beginning of another one: its random values have places in the old order', async () => {
    const old = `const id = crypto.randomUUID(); await pay(id); await reserve(n); return await ship(id);`;
    const before = await deploy('accept-fork', old);
    const prefix = forkOf('whole', (await runWhole(before)).events, { from: 'reserve' }, 'f'.repeat(64), 1);
    const store = await died(before, prefix);
    const main = await deploy('accept-fork', old.replace('await pay', `await say('new'); await pay`));
    expect((await resume(store, prefix)).blocked).toContain('accept:');
    await expect(accept(store, versionOf(main))).rejects.toThrow('has the beginning of the run "whole"');
    expect(eventsOf(store, 'run')).toEqual(prefix);
  });

  it('of a version that nothing knows', async () => {
    const { old, now } = CASES[0]!;
    const before = await deploy('accept-unknown', old);
    const prefix = (await runWhole(before)).events.slice(0, 3);
    const store = await died(before, prefix);
    const main = await deploy('accept-unknown', now);
    expect((await resume(store, prefix)).blocked).toContain('accept:');
    await expect(accept(store, 'lITxceHqw1OSAThM')).rejects.toThrow(
      `Nothing knows the code version "lITxceHqw1OSAThM" of a function of the run "run", so no worker could take the run up. Nothing was accepted. Known is ${versionOf(main)}.`,
    );
    expect(eventsOf(store, 'run')).toEqual(prefix);
    expect((await accept(store, versionOf(main))).outcome.status).toBe('fulfilled');
  });

  it('and so is a fork that would be given old outcomes instead of calling', async () => {
    const { old, now } = CASES[0]!;
    const before = await deploy('accept-forked', old);
    const prefix = (await runWhole(before)).events.slice(0, 3);
    const store = await died(before, prefix);
    const main = await deploy('accept-forked', now);
    await resume(store, prefix);
    const { events } = await accept(store, versionOf(main));
    const fork = (from: string): readonly JournalEvent[] =>
      forkOf('run', events, { from }, 'f'.repeat(64), 1);
    expect(() => fork('pay')).toThrow('would be given the old outcomes of "pay"');
    expect(() => fork('say')).toThrow('the old outcomes of "reserve", "pay"');
    const begun = fork('ship');
    const forked = await resume(await died(main, begun), begun);
    expect(forked.calls).toEqual(['ship(1)']);
    expect(forked.outcome).toMatchObject({ status: 'fulfilled' });
    // What was accepted is not done yet.
    const mark = events.findIndex(({ type }) => type === 'accepted');
    const pending = events.slice(0, mark + 2);
    const key = pending.at(-1) as { readonly key: string };
    expect(() => forkOf('run', pending, { from: key.key }, 'f'.repeat(64), 1)).toThrow('the old outcomes of');
  });

  it('and so is to resume behind a step that failed in the old order: it would not be called again', async () => {
    const before = await deploy(
      'accept-failed',
      `try { await step('weigh', () => check(n), { retry: { attempts: 1 } }); } catch { await reserve(n); } return await ship(n);`,
    );
    const prefix = (await runWhole(before)).events.slice(0, 3);
    expect(prefix.at(-1)).toMatchObject({ type: 'step', key: 'reserve' });
    const store = await died(before, prefix);
    const main = await deploy(
      'accept-failed',
      `await say('new'); await step('weigh', () => check(n), { retry: { attempts: 1 } }); return await ship(n);`,
    );
    await resume(store, prefix);
    const accepted = await accept(store, versionOf(main));
    expect(accepted.outcome).toMatchObject({ status: 'rejected', reason: { message: 'refused' } });
    const runtime = createRuntime({ store });
    await expect(runtime.resume('run')).rejects.toThrow(
      'failed before another order of the code was accepted',
    );
    await runtime.close();
    expect(eventsOf(store, 'run')).toEqual(accepted.events);
  });

  it('of a run that is not blocked, or that is no run', async () => {
    const main = await deploy('accept-refused', CASES[0]!.old);
    const prefix = (await runWhole(main)).events.slice(0, 2);
    const store = await died(main, prefix);
    const runtime = createRuntime({ store });
    await expect(runtime.resume('run', { accept: 'x' })).rejects.toMatchObject({ code: 'MISUSE' });
    await expect(runtime.resume('run', { accept: '' })).rejects.toThrow('accept is the code version');
    await expect(runtime.resume('none', { accept: 'x' })).rejects.toThrow('There is no run');
    expect(eventsOf(store, 'run')).toEqual(prefix);
    await runtime.close();
  });
});
