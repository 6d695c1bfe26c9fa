import fc from 'fast-check';
import { expect, it } from 'vitest';
import { Fifo } from '../../../../runtime/base/fifo.ts';
import { LaneQueue } from '../../../../runtime/local/commit/lane-queue.ts';

it('a Fifo does what a list does to whose end is added and from whose start is taken', () => {
  const step = fc.oneof({ weight: 3, arbitrary: fc.nat() }, { weight: 2, arbitrary: fc.constant('shift') });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 200 }), (steps) => {
      const fifo = new Fifo<number>();
      const list: number[] = [];
      for (const one of steps) {
        if (typeof one === 'number') {
          fifo.add(one);
          list.push(one);
        } else expect(fifo.shift()).toBe(list.shift());
        expect(fifo.size).toBe(list.length);
      }
      expect(Array.from(list, () => fifo.shift())).toEqual(list);
      expect(fifo.shift()).toBeUndefined();
    }),
    { seed: 1 },
  );
});

it('a LaneQueue has each lane once, and another queue has it as well', () => {
  const [first, second] = [{ queued: 0 }, { queued: 0 }];
  const dirty = new LaneQueue<{ queued: number }>(1);
  const ready = new LaneQueue<{ queued: number }>(2);
  for (const lane of [first, second, first]) {
    dirty.add(lane);
    ready.add(lane);
  }
  expect([dirty.size, ready.size]).toEqual([2, 2]);
  expect(dirty.shift()).toBe(first);
  // Taken out of one, it is in the other, and can be added again behind those that are there.
  ready.add(first);
  dirty.add(first);
  expect([dirty.shift(), dirty.shift(), dirty.shift()]).toEqual([second, first, undefined]);
  expect([ready.shift(), ready.shift(), ready.shift()]).toEqual([first, second, undefined]);
});
