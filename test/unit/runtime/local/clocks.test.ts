/** The clock of the machine is set: back by an hour, or forward by a day, while a process runs or between two. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  createRuntime,
  memoryStore,
  type Runtime,
  type RuntimeOptions,
  type Store,
  sleep,
  waitFor,
} from '../../../../runtime/index.ts';
import { durable } from '../../../support/compiled.ts';
import { later } from '../../../support/effects.ts';
import { ManualClock } from '../../../support/manual-clock.ts';

const NOON = Date.parse('2027-03-01T12:00:00Z');
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

let store: Store;
let clock: ManualClock;
const runtimes: Runtime[] = [];

beforeEach(() => {
  store = memoryStore();
  clock = new ManualClock(NOON);
});
afterEach(() => Promise.all(runtimes.splice(0).map((runtime) => runtime.close())));

function begin(options: Partial<RuntimeOptions> = {}): Runtime {
  const runtime = createRuntime({ store, clock, ...options });
  runtimes.push(runtime);
  return runtime;
}

/** Lets what the clock set off come to its end. */
const settle = (): Promise<void> => later(5, undefined);

async function pass(ms: number): Promise<void> {
  clock.move(ms);
  await settle();
}

const statusOf = async (id: string) => (await store.list({})).find((run) => run.id === id)?.status;

/** Each wait ends ten minutes after its beginning. */
const waits = {
  'a sleep': durable(async ($) => {
    await $.sleep('sleep', sleep)('10m');
    return $.now();
  }),
  'a sleep until a date': durable(async ($) => {
    await $.sleep('sleep', sleep)(new Date(NOON + 10 * MINUTE));
    return $.now();
  }),
  'a timeout': durable(async ($) => {
    await $.call('waitFor', waitFor)('answer', { timeout: '10m' }).catch(() => {});
    return $.now();
  }),
};

describe.each(Object.entries(waits))('%s', (_, fn) => {
  it('is late while the clock is behind, and in time once it is right again', async () => {
    const run = await begin().start(fn, [], { id: 'run' });
    await pass(5 * MINUTE);
    clock.set(clock.now() - HOUR);
    await pass(30 * MINUTE);
    expect(await statusOf('run')).toBe('running');
    clock.set(clock.now() + HOUR);
    await pass(MINUTE);
    expect(await run.result()).toBe(NOON + 36 * MINUTE);
  });

  it('ends when the clock that was set back comes to its time, and not before', async () => {
    const run = await begin().start(fn, [], { id: 'run' });
    await settle();
    clock.set(NOON - HOUR);
    await pass(HOUR + 10 * MINUTE - 1);
    expect(await statusOf('run')).toBe('running');
    await pass(1);
    expect(await run.result()).toBe(NOON + 10 * MINUTE);
  });

  it('is over within a minute if the clock is set forward behind its time', async () => {
    const run = await begin().start(fn, [], { id: 'run' });
    await settle();
    clock.set(NOON + DAY);
    await pass(MINUTE);
    expect(await run.result()).toBe(NOON + DAY + MINUTE);
  });

  it('has the same end for a process that begins with a clock that was set back', async () => {
    const first = begin();
    await first.start(fn, [], { id: 'run' });
    await pass(5 * MINUTE);
    await first.close();
    clock = new ManualClock(NOON - HOUR);
    const [run] = await begin().recover();
    await settle();
    await pass(HOUR + 10 * MINUTE - 1);
    expect(await statusOf('run')).toBe('running');
    await pass(1);
    expect(await run!.result()).toBe(NOON + 10 * MINUTE);
  });

  it('is over for a process that begins with a clock that was set forward', async () => {
    const first = begin();
    await first.start(fn, [], { id: 'run' });
    await settle();
    await first.close();
    clock = new ManualClock(NOON + DAY);
    const [run] = await begin().recover();
    await settle();
    await pass(0);
    expect(await run!.result()).toBe(NOON + DAY);
  });
});

describe('a run', () => {
  it('never sees its time go back', async () => {
    const fn = durable(async ($) => {
      const times = [$.now()];
      for (let count = 0; count < 3; count++) {
        await $.call('back', async () => clock.set(clock.now() - HOUR))();
        times.push($.now());
      }
      return times;
    });
    const run = await begin().start(fn, [], { id: 'run' });
    expect(await run.result()).toEqual([NOON, NOON, NOON, NOON]);
    const times = (await run.events()).map(({ at }) => at);
    expect(times).toEqual([...times].sort((a, b) => a - b));
  });
});

describe('retention', () => {
  const fn = durable(async () => 'ended');

  it('removes nothing early while the clock is behind', async () => {
    const runtime = begin({ retention: '2h' });
    await (await runtime.start(fn, [], { id: 'run' })).result();
    clock.set(NOON - HOUR);
    for (let look = 0; look < 17; look++) await pass(10 * MINUTE);
    expect(await statusOf('run')).toBe('completed');
    for (let look = 0; look < 3; look++) await pass(10 * MINUTE);
    expect(await statusOf('run')).toBeUndefined();
  });

  it('goes by a clock that is set forward', async () => {
    const runtime = begin({ retention: '2h' });
    await (await runtime.start(fn, [], { id: 'run' })).result();
    await pass(1_000);
    clock.set(NOON + DAY);
    expect(await statusOf('run')).toBe('completed');
    await pass(12 * MINUTE);
    expect(await statusOf('run')).toBeUndefined();
  });
});

describe('a schedule', () => {
  const fn = durable(async () => 'ended');
  const HOURLY = { cron: '0 * * * *' };
  const ids = async (): Promise<string[]> => (await store.list({})).map(({ id }) => id);

  it('starts no run early or again where the clock is set back', async () => {
    await begin().schedule('tick', HOURLY, fn, []);
    await pass(HOUR);
    expect(await ids()).toEqual(['tick@2027-03-01T13:00:00.000Z']);
    clock.set(NOON);
    await pass(2 * HOUR - 1);
    expect(await ids()).toEqual(['tick@2027-03-01T13:00:00.000Z']);
    await pass(1);
    expect(await ids()).toEqual(['tick@2027-03-01T13:00:00.000Z', 'tick@2027-03-01T14:00:00.000Z']);
  });

  it('makes up by one run for what a clock that is set forward has passed, and goes on from there', async () => {
    const schedule = await begin().schedule('tick', HOURLY, fn, []);
    clock.set(NOON + DAY);
    await pass(MINUTE);
    expect(await ids()).toEqual(['tick@2027-03-01T13:00:00.000Z']);
    expect(schedule.next()).toEqual(new Date(NOON + DAY + HOUR));
    clock.set(NOON + 2 * MINUTE);
    await pass(DAY);
    expect(await ids()).toEqual(['tick@2027-03-01T13:00:00.000Z']);
    await pass(HOUR);
    expect(await ids()).toEqual(['tick@2027-03-01T13:00:00.000Z', 'tick@2027-03-02T13:00:00.000Z']);
  });
});
