/** Waits that the durable function calls off by an AbortSignal, and what becomes of the signals that they would have taken. */
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { expect, it } from 'vitest';
import {
  createRuntime,
  fileStore,
  type Handle,
  memoryStore,
  sleep,
  waitFor,
} from '../../../../runtime/index.ts';
import type { JournalEvent } from '../../../../runtime/journal/events.ts';
import { durable } from '../../../support/compiled.ts';
import { crashEverywhere, eventsOf, execute, recover, storeWith } from '../../../support/crash.ts';

const typesOf = (events: readonly JournalEvent[]): string[] => events.map(({ type }) => type);

/** The next change within so many ms, as it has to be written: the wait that loses is called off. */
const rounds = durable(async ($, count: number, ms: number) => {
  const seen: unknown[] = [];
  for (let n = 0; n < count; n++) {
    const loser = new AbortController();
    const { signal } = loser;
    seen.push(
      await $.combinator(
        'race',
        'race',
      )([$.start('waitFor', waitFor)('change', { signal }), $.sleep('sleep', sleep)(ms, { signal })]),
    );
    loser.abort();
  }
  return seen;
});

it('a wait that lost a race takes no signal of a later round', async () => {
  const runtime = createRuntime({ store: memoryStore() });
  const run = (await runtime.start(rounds, [3, 20])) as Handle;
  await delay(70);
  expect(await run.result()).toEqual([undefined, undefined, undefined]);
  const other = (await runtime.start(rounds, [2, 60])) as Handle;
  await delay(80);
  await other.signal('change', 'second');
  expect(await other.result()).toEqual([undefined, 'second']);
  await runtime.close();
});

it('is called off in the same place after every crash', async () => {
  const fn = durable(async ($) => {
    const out: unknown[] = [];
    for (let n = 0; n < 2; n++) {
      const off = new AbortController();
      const nap = ($.sleep('sleep', sleep)(60_000, { signal: off.signal }) as Promise<void>).catch(String);
      const timer = ($.delay('delay', delay)(60_000, 1, { signal: off.signal }) as Promise<void>).catch(
        String,
      );
      const mail = ($.start('waitFor', waitFor)('never', { signal: off.signal }) as Promise<void>).catch(
        String,
      );
      await $.call('step', async () => n)();
      off.abort(new RangeError(`round ${n}`));
      out.push(await nap, await timer, await mail);
      const late = $.sleep('sleep#2', sleep)(5, { signal: off.signal }) as Promise<void>;
      out.push(await late.catch(String));
    }
    return out;
  });
  const { outcome, events } = await crashEverywhere(fn, [], { order: 'any' });
  const round = (n: number) => [
    `RangeError: round ${n}`,
    'AbortError: The operation was aborted',
    `RangeError: round ${n}`,
    `RangeError: round ${n}`,
  ];
  expect(outcome).toEqual({ status: 'fulfilled', value: [...round(0), ...round(1)] });
  expect(typesOf(events).filter((type) => type === 'wait-fired')).toEqual([]);
});

/** The signal comes while the wait for it is about to be called off by what is delivered before it. */
const torn = durable(async ($) => {
  const off = new AbortController();
  const first = ($.start('first', waitFor)('change', { signal: off.signal }) as Promise<unknown>).catch(
    () => 'off',
  );
  await $.call('step', async () => 1)();
  off.abort();
  const out = [await first];
  out.push(await $.call('second', waitFor)('change'), await $.call('second', waitFor)('change'));
  return out;
});

it('a signal that a wait has taken when it is called off is the next one’s, live and after a crash', async () => {
  const store = memoryStore();
  const runtime = createRuntime({ store });
  // Both are there when it begins: the step ends first, the first signal is recorded behind it.
  const run = await runtime.start(torn, [], { id: 'torn' });
  await run.signal('change', 'one');
  await run.signal('change', 'two');
  expect(await run.result()).toEqual(['off', 'one', 'two']);
  await runtime.close();
  const events = eventsOf(store, 'torn');
  const received = events.filter((event) => event.type === 'received');
  expect(received.length).toBeGreaterThanOrEqual(2);
  // As if the first one had been recorded for the wait that was called off.
  const at = events[0]!.at;
  const mail = (key: string, value: string, message: number, again = false): JournalEvent => ({
    type: 'received',
    key,
    ok: true,
    value: `1j"${value}"`,
    channel: 'signal:change',
    message,
    at,
    ...(again && { again: true as const }),
  });
  const step: JournalEvent = {
    type: 'step',
    key: 'step',
    ok: true,
    value: '1j1',
    startedAt: at,
    attempt: 1,
    worker: 'w',
    at,
  };
  const started = events[0]!;
  const whole = [
    started,
    step,
    mail('first', 'one', 1),
    mail('second', 'one', 1, true),
    mail('second[1]', 'two', 2),
  ];
  expect((await recover(whole)).outcome).toEqual({ status: 'fulfilled', value: ['off', 'one', 'two'] });
  for (const count of [3, 4]) {
    const again = storeWith('torn', whole.slice(0, count));
    const second = createRuntime({ store: again });
    const [handle] = await second.recover();
    // The numbers of messages only grow: the two in the journal were the first of this store.
    for (const number of [1, 2]) await handle!.signal('other', number);
    await handle!.signal('change', 'two');
    expect(await handle!.result()).toEqual(['off', 'one', 'two']);
    const keys = eventsOf(again, 'torn').flatMap((event) => (event.type === 'received' ? [event.key] : []));
    expect(keys).toEqual(['first', 'second', 'second[1]']);
    await second.close();
  }
});

it.each([
  ['memory', () => memoryStore()],
  ['file', () => fileStore(join(mkdtempSync(join(tmpdir(), 'use-durable-off-')), 'runs.db'))],
])('what two waits have received is sent once to a run that is resumed: %s', async (_, open) => {
  const store = open();
  const at = Date.now();
  const worker = { worker: 'w', pid: 1, host: 'h', leaseUntil: at + 60_000 };
  const start = { type: 'run-started', version: 1, fn: 'f', input: '1j[]', seed: '5eed', at } as const;
  const claim = (await store.create('run', start, worker))!;
  await store.send('run', { kind: 'signal', name: 'change', ok: true, value: '1j1' });
  const [message] = (await store.load('run'))!.messages;
  const received = { type: 'received', ok: true, value: '1j1', channel: 'signal:change', at } as const;
  const events: JournalEvent[] = [
    { ...received, key: 'first', message: message!.seq },
    { ...received, key: 'second', message: message!.seq, again: true },
    { type: 'run-ended', ok: false, value: '1j1', at },
  ];
  expect(await store.append([{ claim, seq: 1, events }])).toEqual([]);
  expect((await store.load('run'))!.messages).toEqual([]);
  await store.reopen('run', { seq: 1, token: claim.token }, worker);
  expect((await store.load('run'))!.messages).toHaveLength(1);
  await store.close();
});

it('what aborts the signal is the durable function, or the wait says so', async () => {
  const outside = new AbortController();
  const fn = durable(async ($, how: string) => {
    const { signal } = outside;
    const wait = $.start('waitFor', waitFor)('never', { signal }) as Promise<unknown>;
    if (how === 'step') {
      await $.call('step', async () => outside.abort())();
    }
    return wait;
  });
  expect((await execute(fn, ['step'])).outcome).toMatchObject({
    status: 'rejected',
    reason: { name: 'MisuseError', message: expect.stringMatching(/"waitFor" was aborted from outside/) },
  });
  const wrong = durable(async ($) => $.sleep('sleep', sleep)(5, { signal: {} as AbortSignal }));
  expect((await execute(wrong)).outcome).toMatchObject({ reason: { name: 'MisuseError' } });
  const misspelt = durable(async ($) => $.sleep('sleep', sleep)(5, { sginal: 1 } as never));
  expect((await execute(misspelt)).outcome).toMatchObject({ reason: { name: 'MisuseError' } });
});

it('a run that is cancelled, parked or closed while waits are called off goes on as ever', async () => {
  const fn = durable(async ($) => {
    const off = new AbortController();
    const wait = ($.start('waitFor', waitFor)('x', { signal: off.signal }) as Promise<unknown>).catch(
      () => 'off',
    );
    off.abort();
    return [
      await wait,
      await ($.call('waitFor', waitFor)('x') as Promise<unknown>).catch((e: Error) => e.name),
    ];
  });
  const runtime = createRuntime({ store: memoryStore() });
  const run = await runtime.start(fn, []);
  await run.cancel();
  expect(await run.result()).toEqual(['off', 'CancelledError']);
  await runtime.close();
});
