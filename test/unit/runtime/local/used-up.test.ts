/** What was read in part by a step, or may have been, is refused from then on, live as after each crash. */
import { Readable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { ref } from '../../../../runtime/compiled.ts';
import { currentStep, MisuseError, step, withPolicy } from '../../../../runtime/index.ts';
import { decode, usedUpIn } from '../../../../runtime/values/codec.ts';
import { durable } from '../../../support/compiled.ts';
import { crashEverywhere, execute, recover } from '../../../support/crash.ts';

const letters = (): ReadableStream<string> =>
  new ReadableStream({
    start(controller) {
      for (const letter of ['a', 'b', 'c']) controller.enqueue(letter);
      controller.close();
    },
  });

async function first(stream: ReadableStream<string>): Promise<unknown> {
  const reader = stream.getReader();
  const { value } = await reader.read();
  reader.releaseLock();
  return value;
}

async function one(it: { next(): unknown }): Promise<unknown> {
  return (await it.next()) as unknown;
}

async function all(stream: AsyncIterable<unknown>): Promise<unknown[]> {
  const found: unknown[] = [];
  for await (const part of stream) found.push(part);
  return found;
}

async function* count(): AsyncGenerator<number> {
  yield 1;
  yield 2;
}

class Cursor {
  #at = 0;
  closed = false;
  async hasNext(): Promise<boolean> {
    return this.#at < 2;
  }
  async next(): Promise<number> {
    return this.#at++;
  }
  async toArray(): Promise<number[]> {
    return [0, 1];
  }
  async close(): Promise<void> {
    this.closed = true;
  }
}

const message = /^The step "first" was given an object that has a position, .* continues with it\./;

async function refused(fn: ReturnType<typeof durable>): Promise<void> {
  const whole = await execute(fn);
  const outcomes = [whole.outcome];
  for (let count = 1; count < whole.events.length; count++)
    outcomes.push((await recover(whole.events.slice(0, count))).outcome);
  expect(outcomes.length).toBeGreaterThan(1);
  for (const outcome of outcomes) {
    expect(outcome.status).toBe('rejected');
    const { reason } = outcome as PromiseRejectedResult;
    expect(reason).toBeInstanceOf(MisuseError);
    expect((reason as Error).message).toMatch(message);
  }
}

describe('what a step has read in part', () => {
  const objects: readonly (readonly [string, () => object, (object: never) => Promise<unknown>])[] = [
    ['a stream', letters, first],
    [
      'the body of a Response',
      () => new Response(letters().pipeThrough(new TextEncoderStream())).body!,
      first,
    ],
    [
      'a reader',
      () => letters().getReader(),
      async (reader: ReadableStreamDefaultReader) => (await reader.read()).value,
    ],
    ['an async iterator', count, one],
    ['an iterator', () => [1, 2].values(), one],
    ['a cursor', () => new Cursor(), one],
    ['a stream of Node', () => Readable.from(['a', 'b']), all],
  ];

  it.each(objects)('%s is refused as an argument of another', async (_what, make, read) => {
    await refused(
      durable(async ($) => {
        const object = make();
        await $.call('first', read)(object as never);
        return await $.call('second', read)(object as never);
      }),
    );
  });

  it.each(objects)('%s is refused in an object, and in a variable', async (_what, make, read) => {
    await refused(
      durable(async ($) => {
        const object = make();
        await $.call(
          'first',
          async ({ from }: { from: object }) => await read(from as never),
        )({ from: object });
        return await $.uses(() => [object]).step('second', step)(() => read(object as never));
      }),
    );
  });

  it('is refused as the receiver of a step that reads, not of one that ends it', async () => {
    await refused(
      durable(async ($) => {
        const cursor = new Cursor();
        await $.call('first', one)(cursor);
        return await $.method('cursor.toArray', cursor, 'toArray')();
      }),
    );
    const closing = durable(async ($) => {
      const cursor = new Cursor();
      const value = await $.call('first', one)(cursor);
      await $.method('cursor.close', cursor, 'close')();
      return value;
    });
    const { outcome } = await crashEverywhere(closing);
    expect(outcome).toEqual({ status: 'fulfilled', value: 0 });
  });

  it('is refused in the function itself', async () => {
    await refused(
      durable(async ($) => {
        const it = [1, 2, 3].values();
        await $.call('first', one)(it);
        return [...it];
      }),
    );
    await refused(
      durable(async ($) => {
        const stream = letters();
        await $.call('first', first)(stream);
        return stream.pipeThrough(new TransformStream());
      }),
    );
  });

  it('is refused in a chain', async () => {
    await refused(
      durable(async ($) => {
        const it = count();
        await $.chain('first', one, [it], (head) => head);
        return await $.chain('second', ref({ one }, 'one'), [it], (head) => head);
      }),
    );
  });
});

describe('the outcome of a step', () => {
  const valueFrom = async (fn: ReturnType<typeof durable>): Promise<string> => {
    const { events } = await execute(fn);
    return (events.find(({ type }) => type === 'step') as { value: string }).value;
  };

  it('says what was used up, and what in part', async () => {
    const value = await valueFrom(
      durable(async ($) => {
        const whole = new Response('whole');
        const part = letters();
        const unread = new Response('unread');
        await $.call('read', async (list: unknown[], response: Response) => {
          await response.text();
          await first(list[0] as ReadableStream<string>);
          return 'result';
        })([part, unread], whole);
      }),
    );
    expect(usedUpIn(value)).toEqual(['~0.0', '1']);
    expect(decode(value)).toBe('result');
  });

  it('says nothing of what was used up before, has no body, or was not read', async () => {
    const value = await valueFrom(
      durable(async ($) => {
        const used = new Response('used');
        used.body!.cancel().catch(() => {});
        await $.call('look', async (...all: unknown[]) => all.length)(
          used,
          new Response(null),
          new Response('x'),
        );
      }),
    );
    expect(value).toBe('1j3');
  });
});

it('is a thing of one run: another run goes on with an object from outside', async () => {
  const outside = count();
  const fn = durable(async ($) => await $.call('first', one)(outside));
  expect((await execute(fn)).outcome).toMatchObject({ value: { value: 1 } });
  expect((await execute(fn)).outcome).toMatchObject({ value: { value: 2 } });
});

it('takes no iterator for read that a function of the body was given', async () => {
  const take = (it: Iterator<number>): unknown => it.next().value;
  const fn = durable(async ($) => {
    const it = [1, 2, 3].values();
    const values = [$.maybe.start('take', take)(it), $.maybe.start('take#2', take)(it)];
    return [...values, await $.call('first', one)(it)];
  });
  const { outcome } = await crashEverywhere(fn);
  expect(outcome).toMatchObject({ value: [1, 2, { value: 3 }] });
});

describe('a further attempt is given what the ones before have left', () => {
  const send = async (request: Request): Promise<string> => {
    const { attempt } = currentStep();
    const text = attempt === 2 ? '' : await request.text().catch((error: Error) => error.name);
    if (attempt < 3) throw new Error(`attempt ${attempt} read ${text}`);
    return `${text}, used: ${request.bodyUsed}`;
  };
  const lazily = async (request: Request): Promise<string> => {
    if (currentStep().attempt === 1) throw new Error('not yet');
    return request.text();
  };
  const ask = (): Request => new Request('http://here/', { method: 'POST', body: 'order' });
  const patient = { retry: { attempts: 3, delay: 1 } };

  it.each([
    ['an argument', send, 'TypeError, used: true'],
    ['an argument that no attempt has read', lazily, 'order'],
  ])('after each crash: %s', async (_, fn, expected) => {
    const main = durable(async ($) => $.call('send', withPolicy(fn, patient))(ask()));
    expect((await crashEverywhere(main)).outcome).toEqual({ status: 'fulfilled', value: expected });
  });

  it('after each crash: a call that is awaited later', async () => {
    const main = durable(async ($) => {
      const request = ask();
      const sent = $.start('send', withPolicy(send, patient))(request);
      return [await sent, request.bodyUsed];
    });
    const { outcome } = await crashEverywhere(main);
    expect(outcome).toEqual({ status: 'fulfilled', value: ['TypeError, used: true', true] });
  });
});
