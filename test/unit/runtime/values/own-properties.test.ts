import { Buffer } from 'node:buffer';
import { describe, expect, it } from 'vitest';
import { SerializationError } from '../../../../runtime/base/errors.ts';
import { registerClass } from '../../../../runtime/values/classes.ts';
import { decode, encode } from '../../../../runtime/values/codec.ts';

const WHAT = 'result of step "charge"';
const carry = async <T>(value: T): Promise<T> => decode(await encode(value, WHAT)) as T;

const mark: unique symbol = Symbol.for('test.mark');
const unique: unique symbol = Symbol('unique');

/** What is one's own of a value: all but the elements of what has elements. */
function ownOf(value: object): unknown {
  const own = Object.entries(Object.getOwnPropertyDescriptors(value));
  const symbols = Object.getOwnPropertySymbols(value).filter((key) => Symbol.keyFor(key) !== undefined);
  return [
    // The stack is an accessor in new versions of Node, and comes back as what it gave.
    own.filter(([key]) => !/^\d+$/.test(key) && key !== 'stack'),
    symbols.map((key) => [key, Object.getOwnPropertyDescriptor(value, key)]),
    [Object.isExtensible(value), Object.isSealed(value), Object.isFrozen(value)],
  ];
}

const argumentsOf = (..._: unknown[]): object =>
  (function (this: unknown) {
    // biome-ignore lint/complexity/noArguments: that is what is carried.
    return arguments;
  })(...(_ as []));

const kinds: [string, () => object][] = [
  ['a Map', () => new Map([['a', { b: 1 }]])],
  ['a Set', () => new Set([1, 'a'])],
  ['a Date', () => new Date(5)],
  ['an invalid Date', () => new Date(Number.NaN)],
  ['a RegExp', () => /a/giu],
  ['a typed array', () => new Uint8Array([1, 2])],
  ['a long typed array', () => new Float64Array(1_000).fill(0.5)],
  ['a DataView', () => new DataView(new Uint8Array([1, 2, 3]).buffer, 1)],
  ['a URL', () => new URL('https://a.b/c')],
  ['a URLSearchParams', () => new URLSearchParams('a=1')],
  ['a boxed text', () => Object('text') as object],
  ['a boxed number', () => Object(-0) as object],
  ['a boxed bigint', () => Object(5n) as object],
  ['an array', () => [1, [2], { c: 3 }]],
  ['a long array', () => Array.from({ length: 100 }, (_, i) => i)],
  // biome-ignore lint/suspicious/noSparseArray: that is what is tested.
  ['an array with holes', () => [1, , 3]],
  ['an object', () => ({ a: { b: 1 } })],
  ['an object of odd keys', () => JSON.parse('{"__proto__":1,"~":2,"~own":3,"@for:x":4,"7":5}')],
  ['an object without a prototype', () => Object.assign(Object.create(null), { a: 1 })],
  ['arguments', () => argumentsOf(1, { a: 1 })],
  ['an error', () => Object.assign(new RangeError('r'), { code: 'E' })],
];

describe('own properties', () => {
  it.each([...kinds, ['a Buffer', () => Buffer.from('abc')] as const])('of %s', async (_, make) => {
    const value = Object.assign(make(), { extra: { deep: [1n] }, [mark]: 'm' });
    Object.defineProperty(value, 'hidden', { value: 'h', writable: true, configurable: true });
    Object.defineProperty(value, Symbol.toStringTag, { value: 'Tagged', writable: true, configurable: true });
    const copy = await carry(value);
    expect(copy).not.toBe(value);
    expect(Object.getPrototypeOf(copy)).toBe(Object.getPrototypeOf(value));
    expect(ownOf(copy)).toEqual(ownOf(value));
    Reflect.deleteProperty(copy, Symbol.toStringTag);
    Reflect.deleteProperty(value, Symbol.toStringTag);
    expect(copy).toStrictEqual(value);
  });

  it('of Headers, Responses and Requests', async () => {
    for (const value of [
      new Headers({ a: 'b' }),
      new Response('text'),
      new Request('https://a.b', { method: 'POST', body: 'x' }),
    ]) {
      const copy = await carry(Object.assign(value, { data: { reason: 'r' }, [mark]: 1 }));
      expect([Reflect.get(copy, 'data'), Reflect.get(copy, mark)]).toEqual([{ reason: 'r' }, 1]);
      const again = await carry(copy);
      expect(Object.keys(again)).toEqual(['data']);
    }
  });

  it('of an instance of a registered class', async () => {
    class Account {
      owner = 'ada';
    }
    registerClass(Account, { id: 'own-properties.Account' });
    const account = Object.defineProperty(Object.assign(new Account(), { [mark]: 1 }), 'pin', { value: 7 });
    const copy = await carry(Object.freeze(account));
    expect(copy).toBeInstanceOf(Account);
    expect(Object.entries(copy)).toEqual([['owner', 'ada']]);
    expect([Reflect.get(copy, 'pin'), copy[mark], Object.isFrozen(copy)]).toEqual([7, 1, true]);
  });

  it('keep cycles', async () => {
    const map = new Map<unknown, unknown>([['a', 1]]);
    const set = new Set<unknown>([map]);
    const bytes = new Uint8Array([1]);
    map.set(map, set);
    Object.assign(map, { group: set, bytes });
    Object.assign(set, { set, map });
    Object.assign(bytes, { bytes, map });
    const copy = (await carry(map)) as typeof map & {
      group: typeof set;
      bytes: Uint8Array & { bytes: unknown };
    };
    expect([...copy.keys()]).toEqual(['a', copy]);
    expect(copy.get(copy)).toBe(copy.group);
    expect([...copy.group]).toEqual([copy]);
    expect(copy.bytes.bytes).toBe(copy.bytes);
    expect(copy.bytes[0]).toBe(1);
  });

  it('leave shared bytes shared', async () => {
    const bytes = Object.assign(new Uint8Array(4), { name: 'a' });
    const [first, second] = await carry([bytes, new Uint8Array(bytes.buffer, 2)] as const);
    first[2] = 9;
    expect([second[0], first.name]).toEqual([9, 'a']);
  });
});

describe('the state beside the content', () => {
  it('of a RegExp is its lastIndex', async () => {
    const pattern = /a/g;
    pattern.exec('aa');
    const copy = await carry({ pattern, list: [pattern] });
    expect([copy.pattern.lastIndex, copy.list[0] === copy.pattern]).toEqual([1, true]);
    expect(encode(/a/g, WHAT)).toBe('1d[["RegExp","a","g"]]');
  });

  it.each([
    ['frozen', Object.freeze],
    ['sealed', Object.seal],
    ['closed', Object.preventExtensions],
  ])('of %s values', async (_, close) => {
    for (const [, make] of kinds) {
      const value = make();
      if (ArrayBuffer.isView(value) && close !== Object.preventExtensions) continue;
      const copy = await carry({ value: close(value), open: {} });
      expect(ownOf(copy.value)).toEqual(ownOf(value));
      expect(copy.value).toStrictEqual(value);
      expect(Object.isExtensible(copy.open) && Object.isExtensible(copy)).toBe(true);
    }
  });

  it('of frozen values in a circle', async () => {
    const value: { self?: unknown; list: unknown[] } = { list: [] };
    value.self = value;
    value.list.push(value, new Map([[value, 1]]));
    Object.freeze(value.list);
    const copy = await carry(Object.freeze(value));
    expect(copy.self).toBe(copy);
    expect(copy.list[0]).toBe(copy);
    expect((copy.list[1] as Map<unknown, number>).get(copy)).toBe(1);
    expect([Object.isFrozen(copy), Object.isFrozen(copy.list)]).toEqual([true, true]);
  });
});

describe('symbols', () => {
  it('that every process has are carried as values too', async () => {
    expect(await carry([mark, Symbol.iterator, { of: mark }])).toEqual([mark, Symbol.iterator, { of: mark }]);
  });

  const marked: [string, object][] = [
    ['an object', { [unique]: 1 }],
    ['an object, hidden', Object.defineProperty({}, unique, { value: 1 })],
    ['an array', Object.assign([1], { [unique]: 1 })],
    ['a long array', Object.assign(new Array(100).fill(1), { [unique]: 1 })],
    ['a Map', Object.assign(new Map(), { [unique]: 1 })],
    ['a long typed array', Object.assign(new Uint8Array(100), { [unique]: 1 })],
    ['a Buffer', Object.assign(Buffer.from('a'), { [unique]: 1 })],
  ];
  it.each(marked)('of one process as a key are refused: of %s', (_, value) => {
    const seen = (): unknown => encode({ list: [value] }, WHAT);
    expect(seen).toThrow(SerializationError);
    expect(seen).toThrow(/result\.list\[0\] has a symbol as a key, Symbol\(unique\)/);
  });
});

describe('what can not be carried beside the content', () => {
  it.each([
    ['a hidden function', Object.defineProperty({}, 'f', { value: () => 1 }), /result\.f is a function/],
    ['of a Map', Object.assign(new Map(), { f: () => 1 }), /result\.f is a function/],
    ['under a symbol', { [mark]: () => 1 }, /result\[Symbol\.for\("test\.mark"\)\] is a function/],
    ['under an own symbol', { [Symbol.iterator]: () => 1 }, /result\[Symbol\.iterator\] is a function/],
    ['of a Response', Object.assign(new Response(''), { f: () => 1 }), /result\.f is a function/],
    [
      'of an ArrayBuffer',
      Object.assign(new ArrayBuffer(1), { a: 1 }),
      /ArrayBuffer with properties of its own/,
    ],
    ['of a frozen ArrayBuffer', Object.freeze(new ArrayBuffer(1)), /or a frozen one/],
    // @ts-expect-error the option is newer than the library that this compiles with
    ['a resizable buffer', new ArrayBuffer(1, { maxByteLength: 2 }), /result is a resizable ArrayBuffer/],
  ])('is refused: %s', (_, value, words) => {
    expect(() => encode(value, WHAT)).toThrow(words);
  });

  it('goes on being read once', async () => {
    let reads = 0;
    const value = Object.freeze(
      Object.defineProperty({ list: [1] }, 'a', { enumerable: true, get: () => ++reads }),
    );
    expect(await carry({ value, more: new Map([[1, value]]) })).toMatchObject({ value: { a: 1 } });
    expect(reads).toBe(1);
  });
});

it('a Date of a test with a clock of its own, whose instances name the real class, is a Date', async () => {
  const date = Object.assign(new Date(5), { constructor: Date });
  const copy = decode(await encode({ date }, 'result')) as { date: Date };
  expect(Reflect.ownKeys(copy.date)).toEqual([]);
  expect(copy.date.getTime()).toBe(5);
});

it.each(['data', { name: 'Date' }])('a Date keeps a property of that name that is %j', async (value) => {
  const date = Object.assign(new Date(5), { constructor: value });
  const copy = decode(await encode({ date }, 'result')) as { date: Date };
  expect(Object.entries(copy.date)).toEqual([['constructor', value]]);
});

it('a Date with another function of that name is refused', async () => {
  const date = Object.assign(new Date(5), { constructor: () => {} });
  await expect((async () => encode({ date }, 'result'))()).rejects.toThrow(SerializationError);
});

// The option is newer than the library that this compiles with.
const growing = (size: number): ArrayBuffer =>
  new (ArrayBuffer as new (size: number, options: object) => ArrayBuffer)(size, { maxByteLength: 64 });

it.each([
  ['a typed array', new Uint16Array(growing(8), 2, 2).fill(258), [258, 258]],
  ['a typed array of all that there is', new Uint8Array(growing(3)).fill(1), [1, 1, 1]],
])(
  'the bytes that %s shows of a resizable buffer are carried, on a buffer of their size',
  async (_, view, shown) => {
    const copy = await carry({ view, error: Object.assign(new Error('e'), { view }) });
    for (const one of [copy.view, copy.error.view]) {
      expect(one.constructor).toBe(view.constructor);
      expect([...one]).toEqual(shown);
      expect(one.buffer.byteLength).toBe(one.byteLength);
    }
  },
);

it('so is what a DataView shows of it', async () => {
  const buffer = growing(8);
  new DataView(buffer).setInt32(4, 77);
  const copy = await carry(Object.assign(new DataView(buffer, 4), { tag: 1 }));
  expect([copy.getInt32(0), copy.byteLength, copy.buffer.byteLength, copy.tag]).toEqual([77, 4, 4, 1]);
});
