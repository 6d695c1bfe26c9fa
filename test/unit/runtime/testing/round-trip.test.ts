import { EventEmitter } from 'node:events';
import { beforeAll, describe, expect, it, vi } from 'vitest';
import { roundTrip } from '../../../../runtime/testing/index.ts';
import { TransportError } from '../../../support/library-errors.ts';

beforeAll(() => {
  const warn = vi.spyOn(process, 'emitWarning').mockImplementation(() => {});
  return () => warn.mockRestore();
});

describe('roundTrip', () => {
  it('gives what a durable function gets', async () => {
    const { value, lost, refused } = await roundTrip({ at: new Date(0), map: new Map([[1, 2n]]) });
    expect(value).toEqual({ at: new Date(0), map: new Map([[1, 2n]]) });
    expect([lost, refused]).toEqual([[], undefined]);
    expect(await (await roundTrip(new Response('text'))).value?.text()).toBe('text');
  });

  it('lists what an error loses, wherever the error is', async () => {
    const error = new TransportError(404);
    const lost = [
      ['.config.adapter[0]', 'a function'],
      ['.config.env.Form', 'the class Form'],
      ['.config.headers', 'the methods of a Bag'],
      ['.request', 'the methods of an EventEmitter'],
      ['.response.headers', 'the methods of a Bag'],
    ];
    const shown = (root: string) => lost.map(([path, what]) => ({ path: root + path, what }));
    const alone = await roundTrip(error, { thrown: true });
    expect(alone.value).toMatchObject({
      message: 'status 404',
      response: { status: 404, headers: { etag: 'x' } },
    });
    expect(alone.lost.toSorted((a, b) => (a.path < b.path ? -1 : 1))).toEqual(shown('value'));
    const inside = await roundTrip({ ok: false, tries: [{ error }] });
    expect(inside.lost.map(({ path }) => path).sort()).toEqual(
      shown('value.tries[0].error').map(({ path }) => path),
    );
  });

  it('lists what a result loses', async () => {
    class Rows {
      readonly rows = [1];
      readonly client = new EventEmitter();
      first(): number | undefined {
        return this.rows[0];
      }
    }
    const { value, lost } = await roundTrip(new Rows());
    expect(value?.rows).toEqual([1]);
    expect(lost).toEqual([
      { path: 'value', what: 'the methods of Rows' },
      { path: 'value.client', what: 'an EventEmitter' },
    ]);
  });

  it('says what is refused, and where', async () => {
    const { value, refused } = await roundTrip({ user: { notify: () => {} } });
    expect([value, refused?.path]).toEqual([undefined, 'value.user.notify']);
    expect(refused?.message).toMatch(/value\.user\.notify is a function/);
    expect((await roundTrip({ code: 'E', again: () => {} }, { thrown: true })).value).toEqual({ code: 'E' });
  });

  it('wants a durable function, if it is given one', async () => {
    await expect(roundTrip(1, { in: () => 1 })).rejects.toThrow(/not a durable function/);
  });
});
