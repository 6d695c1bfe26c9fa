import { Readable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { ref } from '../../../../runtime/compiled.ts';
import { MisuseError, step } from '../../../../runtime/index.ts';
import { durable } from '../../../support/compiled.ts';
import { execute } from '../../../support/crash.ts';

async function* count(to: number): AsyncGenerator<number> {
  for (let n = 0; n < to; n++) yield n;
}

class Cursor {
  #at = 0;
  async hasNext(): Promise<boolean> {
    return this.#at < 2;
  }
  async next(): Promise<number> {
    return this.#at++;
  }
}

class Pages implements Iterator<Promise<number>> {
  next(): IteratorResult<Promise<number>> {
    return { done: false, value: Promise.resolve(1) };
  }
  [Symbol.iterator](): this {
    return this;
  }
}

const OBJECTS: readonly (readonly [what: string, make: () => object, method: string])[] = [
  ['an async generator', () => count(3), 'next'],
  ['a cursor', () => new Cursor(), 'next'],
  ['a cursor that is asked for more', () => new Cursor(), 'hasNext'],
  ['an iterator of promises', () => new Pages(), 'next'],
  ['the reader of a body', () => new Response('text').body!.getReader(), 'read'],
  ['a reader of bytes', () => new Response('text').body!.getReader({ mode: 'byob' }), 'read'],
  ['a stream of Node', () => Readable.from(['a', 'b']), 'read'],
  ['the iterator of a stream', () => Readable.from(['a', 'b']).iterator(), 'next'],
];

const refusal = async (fn: () => Promise<unknown>): Promise<unknown> => {
  const { outcome, events } = await execute(fn);
  expect(events.map(({ type }) => type)).toEqual(['run-started', 'run-ended']);
  return outcome.status === 'rejected' ? outcome.reason : outcome;
};

describe('an object that holds a position', () => {
  it.each(OBJECTS)('%s is refused', async (_what, make, method) => {
    const key = `held.${method}`;
    for (const how of ['method', 'startMethod'] as const) {
      const error = await refusal(durable(async ($) => await $[how](key, make(), method)()));
      expect(error).toBeInstanceOf(MisuseError);
      expect(String(error)).toContain(`"${key}" continues to read an object`);
    }
    const chained = await refusal(
      durable(async ($) => await $.chain(key, ref(make(), method), [], (head) => head)),
    );
    expect(chained).toBeInstanceOf(MisuseError);
  });

  it('is read in a step that is written for it', async () => {
    const fn = durable(async ($) => {
      const rows = count(3);
      return [
        await $.step('rows', step)('rows', () => rows.next()),
        await $.step('more', step)('more', () => rows.next().then(({ value }) => value)),
      ];
    });
    const { outcome } = await execute(fn);
    expect(outcome).toEqual({ status: 'fulfilled', value: [{ done: false, value: 0 }, 1] });
  });
});

it('what has such a name and holds no position is a step', async () => {
  const queue = { next: async () => 'job', read: async (id: number) => id };
  const fn = durable(async ($) => [
    await $.method('queue.next', queue, 'next')(),
    await $.method('queue.read', queue, 'read')(7),
  ]);
  const { outcome } = await execute(fn);
  expect(outcome).toEqual({ status: 'fulfilled', value: ['job', 7] });
});
