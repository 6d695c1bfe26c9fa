import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { type Duration, parseDuration } from '../../../../runtime/base/durations.ts';
import { MisuseError } from '../../../../runtime/base/errors.ts';
import { handName, Keys, siteOf } from '../../../../runtime/base/keys.ts';
import { Randomness } from '../../../../runtime/base/seeded-random.ts';
import { isIntrinsic } from '../../../../runtime/functions/intrinsics.ts';
import { isMarked, mark, markClass, markMethods } from '../../../../runtime/functions/marks.ts';
import { type Clock, Timers } from '../../../../runtime/local/time/timers.ts';

describe('keys', () => {
  it('count from the second occurrence on, in each scope', () => {
    const root = new Keys('');
    expect(['a', 'a', 'b', 'a'].map((id) => root.site(id))).toEqual(['a', 'a[1]', 'b', 'a[2]']);
    expect(['a', 'a'].map((id) => root.scope(id))).toEqual(['a', 'a[1]']);
    expect(new Keys('a[1]').site('x')).toBe('a[1]/x');
  });

  it('keep names given by hand apart from generated ones', () => {
    expect(
      ['charge card', 'charge-card', 'charge', 'a/b c', 'x [1]', 'say "hi"', 'a #2'].map(handName),
    ).toEqual(['charge card', 'charge-card', '"charge"', '"a/b c"', '"x [1]"', '"say \\"hi\\""', '"a #2"']);
  });

  it('lead back to the site', () => {
    const keys = [
      'a',
      'a[3]',
      'items.map[3]/charge#2[1]',
      'x/"a/b"',
      'x/"a/b"[2]',
      '"say \\"a/b\\""',
      'charge card[1]',
    ];
    expect(keys.map(siteOf)).toEqual([
      'a',
      'a',
      'charge#2',
      '"a/b"',
      '"a/b"',
      '"say \\"a/b\\""',
      'charge card',
    ]);
  });
});

describe('durations', () => {
  it('are ms, numbers with units, or moments', () => {
    const due = (duration: Duration): number => parseDuration(duration)(1000);
    expect([due(0), due(1.2), due('5s'), due('1.5 hours'), due('2 days'), due('3w'), due('10 ms')]).toEqual([
      1000,
      1002,
      6000,
      1000 + 5_400_000,
      1000 + 2 * 86_400_000,
      1000 + 21 * 86_400_000,
      1010,
    ]);
    expect(due(new Date(5))).toBe(5);
    expect(due(new Date(-8.64e15))).toBe(-8.64e15);
    expect(due(new Date('9999-12-31T23:59:59.999Z'))).toBe(Date.UTC(10_000, 0) - 1);
  });

  it.each([
    [Number.NaN, /not NaN/],
    [-1, /0 ms or longer/],
    ['-5s', /0 ms or longer/],
    [Number.POSITIVE_INFINITY, /100 years/],
    ['40000 days', /100 years/],
    ['5 parsecs', /not a duration/],
    ['5', /not a duration/],
    ['', /not a duration/],
    [undefined, /not a duration/],
    [{}, /not a duration/],
    [new Date(Number.NaN), /invalid/],
    [new Date(8.64e15), /year 275760, and the last one that is taken is 9999/],
    [new Date(Date.UTC(10_000, 0)), /year 10000/],
    // Microseconds in the place of milliseconds.
    [new Date(1_900_000_000_000_000), /year 62178/],
    [1e308, /100 years/],
    ['99999999999999999999999999 ms', /100 years/],
    [10n, /not a duration/],
    [null, /not a duration/],
    [true, /not a duration/],
    [Symbol('s'), /not a duration/],
    [Object.create(null), /not a duration/],
    [{ toString: () => '5s' }, /not a duration/],
    ['5s ', /not a duration/],
    ['1e3 ms', /not a duration/],
    ['-0.1ms', /0 ms or longer/],
    ['\uff15s', /not a duration/],
    ['5s\n', /not a duration/],
    ['0x10 ms', /not a duration/],
    ['Infinity ms', /not a duration/],
    ['5 s 3 ms', /not a duration/],
    [['5s'], /not a duration/],
  ])('refuse %s', (duration, message) => {
    expect(() => parseDuration(duration as Duration)).toThrow(MisuseError);
    expect(() => parseDuration(duration as Duration)).toThrow(message);
  });
});

describe('randomness', () => {
  it('depends on seed and scope, and on nothing else', () => {
    const draw = (seed: string, path: string): unknown[] => {
      const random = new Randomness(seed, path);
      return [random.float(), random.uuid(), random.float(), [...random.fill(new Uint16Array(50))]];
    };
    expect(draw('s', 'a')).toEqual(draw('s', 'a'));
    expect(draw('s', 'a')).not.toEqual(draw('s', 'b'));
    expect(draw('s', 'a')).not.toEqual(draw('t', 'a'));
  });

  it('is even', () => {
    const random = new Randomness('seed', '');
    const buckets = new Array<number>(10).fill(0);
    for (let i = 0; i < 100_000; i++) buckets[Math.floor(random.float() * 10)]!++;
    for (const count of buckets) expect(Math.abs(count - 10_000)).toBeLessThan(500);
  });

  it('never gives the same bytes twice, nor the seed', () => {
    const random = new Randomness('seed', '');
    const blocks = Array.from({ length: 1000 }, () =>
      Buffer.from(random.fill(new Uint8Array(32))).toString('hex'),
    );
    expect(new Set(blocks).size).toBe(1000);
    expect(blocks).not.toContain(createHash('sha256').update('seed').digest('hex'));
  });

  it('fills as the platform does, with its errors', () => {
    const random = new Randomness('seed', '');
    expect(() => random.fill(new Float64Array(1))).toThrow();
    expect(() => random.fill(new Uint8Array(65_537))).toThrow();
    const whole = new Uint8Array(8);
    random.fill(whole.subarray(2, 4));
    expect([...whole.subarray(0, 2), ...whole.subarray(4)]).toEqual([0, 0, 0, 0, 0, 0]);
  });
});

describe('what is workflow code by nature', () => {
  it('is known by identity', () => {
    const typedArray = Object.getPrototypeOf(Uint8Array.prototype) as Uint8Array;
    const yes = [
      [].map,
      new Map().get,
      Promise.all,
      Promise.prototype.then,
      JSON.parse,
      String,
      'a'.replace,
      Math.max,
    ];
    const no = [
      fetch,
      setTimeout,
      Date.now,
      Math.random,
      crypto.randomUUID,
      Function.prototype.call,
      () => {},
    ];
    expect(yes.map(isIntrinsic)).toEqual(yes.map(() => true));
    expect(no.map(isIntrinsic)).toEqual(no.map(() => false));
    expect([typedArray.map, structuredClone, [].values().next].every(isIntrinsic)).toBe(true);
    expect(
      [Reflect.get(Array, 'fromAsync'), Reflect.get(Promise, 'try'), Reflect.apply].some(isIntrinsic),
    ).toBe(false);
  });

  it('or by its mark', () => {
    const foreign = (): void => {};
    const fn = mark(() => {});
    const object = markMethods({ a() {}, foreign }, 'a');
    class Local {
      static field = foreign;
      static make(): void {}
      own(): void {}
      get value(): number {
        throw new Error('getters are not called');
      }
    }
    markClass(Local);
    expect([fn, object.a, Local.make, Local.prototype.own].every(isMarked)).toBe(true);
    expect([foreign, Local].some(isMarked)).toBe(false);
  });
});

describe('timers', () => {
  /** Time that stands still until it is told to go on. */
  class StillClock implements Clock {
    time = 0;
    naps: { at: number; callback: () => void }[] = [];
    now(): number {
      return this.time;
    }
    after(ms: number, callback: () => void): () => void {
      const nap = { at: this.time + ms, callback };
      this.naps.push(nap);
      return () => {
        this.naps = this.naps.filter((other) => other !== nap);
      };
    }
    /** Goes on by naps, as the system would. */
    until(time: number): void {
      while (true) {
        const due = this.naps.filter(({ at }) => at <= time).sort((a, b) => a.at - b.at)[0];
        if (due === undefined) break;
        this.naps = this.naps.filter((other) => other !== due);
        this.time = Math.max(this.time, due.at);
        due.callback();
      }
      this.time = time;
    }
  }

  it('fire in order of due time, then of request', () => {
    const clock = new StillClock();
    const timers = new Timers(clock);
    const fired: string[] = [];
    for (const [due, name] of [
      [30, 'c'],
      [10, 'a'],
      [10, 'b'],
      [-5, 'overdue'],
      [20, 'x'],
    ] as const) {
      timers.add(due, () => fired.push(name));
    }
    clock.until(10);
    expect(fired).toEqual(['overdue', 'a', 'b']);
    clock.until(100);
    expect(fired).toEqual(['overdue', 'a', 'b', 'x', 'c']);
    expect(clock.naps).toEqual([]);
  });

  it('last longer than setTimeout can, and follow the wall clock when it is set', () => {
    const clock = new StillClock();
    const timers = new Timers(clock);
    const fired: number[] = [];
    const year = 365 * 86_400_000;
    timers.add(year, () => fired.push(clock.now()));
    expect(clock.naps.every(({ at }) => at <= 60_000)).toBe(true);
    clock.time = year - 10;
    clock.until(year);
    expect(fired).toEqual([year]);
  });

  it('let go of the clock when they are cancelled', () => {
    const clock = new StillClock();
    const timers = new Timers(clock);
    const fired: number[] = [];
    const all = Array.from({ length: 100 }, (_, index) => timers.add(index, () => fired.push(index)));
    for (const [index, timer] of all.entries()) if (index % 10 !== 3) timers.cancel(timer);
    clock.until(50);
    expect(fired).toEqual([3, 13, 23, 33, 43]);
    for (const timer of all) timers.cancel(timer);
    expect(clock.naps).toEqual([]);
  });

  it('keep their order however many there are', () => {
    const clock = new StillClock();
    const timers = new Timers(clock);
    const fired: number[] = [];
    const random = new Randomness('timers', '');
    const due = Array.from({ length: 2000 }, () => Math.floor(random.float() * 500));
    for (const time of due) timers.add(time, () => fired.push(time));
    clock.until(500);
    expect(fired).toEqual([...due].sort((a, b) => a - b));
  });
});
