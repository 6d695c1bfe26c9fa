import { EventEmitter } from 'node:events';
import { Readable } from 'node:stream';
import { expect, it } from 'vitest';
import { roundTrip } from '../../../../runtime/testing/index.ts';
import { isAlive } from '../../../../runtime/values/alive.ts';

class Holder {
  readonly name = 'holder';
}
const timer = setTimeout(() => {}, 1);
clearTimeout(timer);

/** Results of steps and parts of errors are told apart from data by one rule. */
const alive: Readonly<Record<string, object>> = {
  emitter: new EventEmitter(),
  'event target': new EventTarget(),
  signal: new AbortController().signal,
  timer,
  stream: Readable.from(['a']),
  // biome-ignore lint/suspicious/noThenProperty: a thenable
  thenable: Object.assign(new Holder(), { then: () => {} }),
  iterator: Object.assign(new Holder(), { next: () => {} }),
  iterable: Object.assign(new Holder(), { [Symbol.asyncIterator]: () => {} }),
  'to be disposed of': Object.assign(new Holder(), { [Symbol.dispose]: () => {} }),
  'contents that are no properties': new Blob(['a']),
};

it.each(Object.entries(alive))('%s', async (_name, value) => {
  expect(isAlive(value)).toBe(true);
  const error = Object.assign(new Error('failed'), { part: { live: value, status: 500 } });
  const thrown = await roundTrip(error, { thrown: true });
  expect(thrown.value?.part).toEqual({ status: 500 });
  expect((await roundTrip({ part: value })).value?.part).toBeUndefined();
});

it('is no data', () => {
  for (const value of [new Holder(), {}, Object.create(null), new (class extends Holder {})()])
    expect(isAlive(value as object)).toBe(false);
});
