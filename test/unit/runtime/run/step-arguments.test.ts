import { expect, it } from 'vitest';
import { snapshotOf } from '../../../../runtime/run/step-arguments.ts';

const snapshot = (...args: readonly unknown[]): string => snapshotOf({ args });

it('what a step is given looks the same until it is changed', () => {
  const order = { id: 1, lines: [{ item: 'book' }], due: new Date(0) };
  const before = snapshot(order);
  expect(snapshot(order)).toBe(before);
  order.lines.push({ item: 'pen' });
  expect(snapshot(order)).not.toBe(before);
});

it.each([
  ['a Response', () => new Response('text')],
  ['a Request', () => new Request('http://localhost/', { method: 'POST', body: 'text' })],
  ['a Blob', () => new Blob(['text'])],
  ['a ReadableStream', () => new Response('text').body],
])(
  '%s does not change by being read, though some versions of Node keep its state under symbols',
  async (_, make) => {
    const object = make() as object;
    Object.defineProperty(object, Symbol('state'), { value: 'unread', writable: true, configurable: true });
    const before = snapshot(object);
    const [state] = Object.getOwnPropertySymbols(object).slice(-1);
    Object.defineProperty(object, state!, { value: 'read' });
    if ('text' in object) await (object as Response).text();
    expect(snapshot(object)).toBe(before);
    Object.assign(object, { note: 'of the caller' });
    expect(snapshot(object)).not.toBe(before);
  },
);
