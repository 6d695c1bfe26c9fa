import { inspect } from 'node:util';
import { expect, it } from 'vitest';
import { readable } from '../../../../runtime/inspect/readable.ts';
import { encode, encodeError, withUsedUp } from '../../../../runtime/values/codec.ts';

class Money {
  amount = 3;
}
class PaymentError extends Error {
  override name = 'PaymentError';
  code = 402;
}

it('values are read without the classes of the program', async () => {
  const shown = async (value: unknown): Promise<string> =>
    inspect(readable(await encode(value, 'v', { Money, PaymentError })));
  expect(await shown({ a: [1, 'x', null] })).toBe(`{ a: [ 1, 'x', null ] }`);
  expect(await shown(new Map([['a', new Date(0)]]))).toBe(`Map(1) { 'a' => 1970-01-01T00:00:00.000Z }`);
  expect(await shown(undefined)).toBe('undefined');
  const money = await encode([new Money(), 'instance'], 'v', { Money });
  expect(inspect(readable(money))).toBe(`[ Money { amount: 3 }, 'instance' ]`);
  const error = readable(await encodeError(new PaymentError('declined'), 'v', { PaymentError }));
  expect(error).toBeInstanceOf(Error);
  expect(error).toMatchObject({ name: 'PaymentError', message: 'declined', code: 402 });
  expect(readable(withUsedUp('1j[1]', ['a']))).toEqual([1]);
  expect(inspect(readable(withUsedUp(money, ['a'])))).toBe(`[ Money { amount: 3 }, 'instance' ]`);
  const response = (await encode(new Response('hello'), 'v')) as string;
  expect(await (readable(response) as Response).text()).toBe('hello');
  expect(inspect(readable('1d[["~",1],{"~":2},[3,4],"function","shop/order"]'))).toContain(
    'function shop/order',
  );
  expect(() => readable('garbage')).toThrow();
});
