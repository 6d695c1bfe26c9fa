import { beforeEach, describe, expect, it } from 'vitest';
import { Trials } from '../../../../runtime/local/run/crash-trials.ts';
import type { System } from '../../../../runtime/local/time/system.ts';
import { processSystem } from '../../../../runtime/local/time/system.ts';
import type { Claim } from '../../../../runtime/stores/claims.ts';
import { isCrashLoop, NO_CRASHES } from '../../../../runtime/stores/crashes.ts';
import { memoryStore } from '../../../../runtime/stores/memory.ts';
import type { Store } from '../../../../runtime/stores/store.ts';

let now: number;
let rounds: Set<() => void>;
let cleared: string[];
let noted: string[];
let roomMade: number;
let trials: Trials;

const timer = { ref: () => timer, unref: () => timer };

beforeEach(() => {
  now = 0;
  rounds = new Set();
  cleared = [];
  noted = [];
  roomMade = 0;
  let running: (() => void) | undefined;
  const system: System = {
    ...processSystem,
    uptime: () => now,
    setInterval: (callback) => {
      running = callback;
      rounds.add(callback);
      return timer;
    },
    clear: () => void rounds.delete(running!),
  };
  const store: Store = Object.assign(Object.create(memoryStore()) as Store, {
    clear: (claims: readonly Claim[]) => void cleared.push(...claims.map(({ runId }) => runId)),
    note: (_: Claim, doing: string) => void noted.push(doing),
  });
  trials = new Trials(store, system, 5, () => void roomMade++);
});

const suspect = (runId: string, count: number, lived = 0): Claim => ({
  runId,
  token: 1,
  crashes: { count, alone: 0, lived, doing: null },
});

/** Lets time pass, and the sweep come by. */
async function pass(ms: number): Promise<void> {
  now += ms;
  for (const round of rounds) round();
  await new Promise((done) => setImmediate(done));
}

const ranges = (): string[] =>
  trials.next.map(({ caution, limit }) => `${caution.from}-${caution.to}: ${limit}`);

describe('suspects', () => {
  it('are tried 25 at a time, then 5, and alone with as many crashes as block a run', () => {
    expect(ranges()).toEqual(['2-2: 25', '3-4: 5', '5-Infinity: 1']);
    trials.begin(suspect('a', 2));
    expect(ranges()).toEqual(['2-2: 24', '3-4: 4']);
    expect(trials.cautionByName).toMatchObject({ from: 0, to: 4 });
    for (let n = 0; n < 4; n++) trials.begin(suspect(`b${n}`, 2));
    expect(ranges()).toEqual(['2-2: 20']);
    expect(trials.cautionByName).toMatchObject({ from: 0, to: 2 });
    for (let n = 4; n < 24; n++) trials.begin(suspect(`b${n}`, 2));
    expect(ranges()).toEqual([]);
    expect(trials.cautionByName).toMatchObject({ from: 0, to: 1 });
    for (let n = 0; n < 24; n++) trials.end(`b${n}`);
    trials.end('a');
    expect(roomMade).toBe(25);
  });

  it('are as few as the one with the most crashes allows', () => {
    trials.begin(suspect('a', 3));
    expect(ranges()).toEqual(['2-2: 4', '3-4: 4']);
    for (let n = 0; n < 4; n++) trials.begin(suspect(`b${n}`, 4));
    expect(ranges()).toEqual([]);
    expect(trials.cautionByName).toMatchObject({ from: 0, to: 1 });
    for (let n = 0; n < 4; n++) trials.end(`b${n}`);
    trials.end('a');
    expect(trials.cautionByName).toMatchObject({ from: 0, to: Number.POSITIVE_INFINITY });
    trials.begin(suspect('c', 5));
    expect(ranges()).toEqual([]);
    expect(trials.cautionByName).toMatchObject({ from: 0, to: 1 });
  });

  it.each([
    [1, ['2-2: 25', '3-Infinity: 1']],
    [3, ['2-2: 25', '3-Infinity: 1']],
    [4, ['2-2: 25', '3-3: 5', '4-Infinity: 1']],
    [Number.POSITIVE_INFINITY, []],
  ])('are tried alone from the third crash on, or the %d-th', (maxCrashes, expected) => {
    trials = new Trials(memoryStore(), processSystem, maxCrashes, () => {});
    expect(ranges()).toEqual(expected);
    if (expected.length === 0) expect(trials.cautionByName).toBeUndefined();
  });

  it('are those with two crashes or more, and others hold up nobody', () => {
    expect(trials.begin({ runId: 'r', token: 1 })).toBeUndefined();
    trials.begin(suspect('once', 1));
    expect(ranges()).toHaveLength(3);
  });

  it('are cleared by what they record', () => {
    const trial = trials.begin(suspect('a', 5))!;
    expect(ranges()).toEqual([]);
    trial.progressed();
    expect(ranges()).toHaveLength(3);
    expect(rounds.size).toBe(0);
  });

  it('are cleared by time: five seconds, or twice as long as they lived before', async () => {
    trials.begin(suspect('short', 2));
    trials.begin(suspect('long', 2, 20_000));
    await pass(4_999);
    expect(cleared).toEqual([]);
    await pass(1);
    expect(cleared).toEqual(['short']);
    await pass(34_999);
    expect(cleared).toEqual(['short']);
    await pass(1);
    expect(cleared).toEqual(['short', 'long']);
    expect(rounds.size).toBe(0);
  });

  it('that take long make room for the next one', async () => {
    trials.begin(suspect('a', 6, 600_000));
    await pass(29_999);
    expect(ranges()).toEqual([]);
    await pass(1);
    expect(ranges()).toHaveLength(3);
    expect(cleared).toEqual([]);
  });

  it('leave notes of what they do; those with one crash leave none', () => {
    const trial = trials.begin(suspect('a', 2))!;
    trial.replayed(3, 'book');
    trial.called('charge');
    trial.called('charge');
    trial.called('mail');
    expect(noted).toEqual([
      'it was being replayed (3 events, behind "book")',
      'it had called "charge", behind "book"',
      'it had called "charge", "mail", behind "book"',
    ]);
    trials.begin(suspect('b', 1))!.called('x');
    expect(noted).toHaveLength(3);
  });
});

describe('a crash loop', () => {
  const crashes = (count: number, alone: number) => ({ ...NO_CRASHES, count, alone });

  it('needs two crashes that nobody else can be blamed for, or three times as many', () => {
    expect(isCrashLoop(crashes(4, 4), 5)).toBe(false);
    expect(isCrashLoop(crashes(5, 2), 5)).toBe(true);
    expect(isCrashLoop(crashes(9, 1), 5)).toBe(false);
    expect(isCrashLoop(crashes(14, 0), 5)).toBe(false);
    expect(isCrashLoop(crashes(15, 0), 5)).toBe(true);
    expect(isCrashLoop(crashes(1, 1), 1)).toBe(true);
    expect(isCrashLoop(crashes(1_000, 1_000), Number.POSITIVE_INFINITY)).toBe(false);
  });
});
