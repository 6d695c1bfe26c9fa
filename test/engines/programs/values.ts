import { registerClass } from 'use-durable';
import { work } from '../effects.ts';

class Money {
  readonly amount: number;
  readonly currency: string;
  constructor(amount: number, currency: string) {
    this.amount = amount;
    this.currency = currency;
  }
  toString(): string {
    return `${this.amount} ${this.currency}`;
  }
}
registerClass(Money);

export async function everyValue(input: unknown): Promise<unknown> {
  'use durable';
  const made = await work('makes', makeValues());
  const again = await work('takes', made);
  const cyclic = (again as { cycle: { self?: unknown } }).cycle;
  return { input, again, isCyclic: cyclic.self === cyclic, money: String((again as { money: Money }).money) };
}

export async function nothing(): Promise<void> {
  'use durable';
  await work('nothing', undefined);
}

export async function largeValues(size: number): Promise<unknown> {
  'use durable';
  const text = await work('large', 'x'.repeat(size));
  return text.length;
}

function makeValues(): unknown {
  const cycle: { self?: unknown } = {};
  cycle.self = cycle;
  const shared = { once: true };
  return {
    cycle,
    shared: [shared, shared],
    empty: [undefined, null, [], {}, ''],
    sparse: Object.assign([1], { length: 3 }),
    numbers: [NaN, -0, 0, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 1e300, 12345678901234567890n],
    dates: [new Date(0), new Date(Number.NaN)],
    collections: [new Map<unknown, unknown>([[new Date(1), new Set([1, 'a'])]]), new Map()],
    links: [new URL('https://example.com/a?b=c#d'), /a\/b+/giu],
    bytes: [new Uint8Array([1, 2, 255]), new Float64Array([0.1, -0]), new ArrayBuffer(2)],
    text: 'line\n\u2028 "quoted" 日本語 🦆 \u0000 \\ </script>',
    error: Object.assign(new TypeError('an error as a value'), { code: 'E1' }),
    money: new Money(5, 'EUR'),
    bare: Object.assign(Object.create(null) as object, { a: 1 }),
  };
}
