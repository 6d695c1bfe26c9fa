import { Buffer } from 'node:buffer';
import { spawnSync } from 'node:child_process';
import vm from 'node:vm';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SerializationError, StoreError } from '../../../../runtime/base/errors.ts';
import { state } from '../../../../runtime/base/process-state.ts';
import { decode, encode } from '../../../../runtime/values/codec.ts';
import { FUNCTION } from '../../../../runtime/values/functions.ts';
import { FULL, sample } from '../../../support/tier.ts';

const WHAT = 'result of step "charge"';

/** What a run gets of a value that a step returned. */
function carry<T>(value: T): T {
  const text = encode(value, WHAT);
  if (typeof text !== 'string') throw new Error('expected to be encoded at once');
  return decode(text) as T;
}

function refusal(value: unknown, what = WHAT): SerializationError {
  try {
    void encode(value, what);
  } catch (error) {
    expect(error).toBeInstanceOf(SerializationError);
    return error as SerializationError;
  }
  throw new Error('expected to be refused');
}

describe('round trip', () => {
  const values: [string, unknown][] = [
    ['undefined', undefined],
    ['null', null],
    ['booleans', [true, false]],
    ['numbers', [0, -0, 1, -1.5, 1e300, 5e-324, Number.MAX_SAFE_INTEGER, NaN, Infinity, -Infinity]],
    ['-0 alone', -0],
    ['strings', ['', 'a"b\\c\n', '\u0000', '\u2028', '\ud83d\ude00', '\ud800', '</script>', '__proto__']],
    ['bigints', [0n, -(2n ** 80n)]],
    ['dates', [new Date(0), new Date(NaN), new Date(8.64e15)]],
    [
      'plain objects',
      { a: 1, b: { c: [null, { d: 'e' }] }, '': 0, 'with space': 1, '~': 2, '~data': 3, '0': 4 },
    ],
    ['undefined fields', { a: undefined, b: [undefined] }],
    [
      'maps',
      new Map<unknown, unknown>([
        ['a', 1],
        [{ k: 1 }, new Map([[NaN, -0]])],
      ]),
    ],
    ['sets', new Set([1, 'a', new Set([undefined])])],
    ['urls', [new URL('https://a.b/c?d=e#f'), new URLSearchParams('a=1&a=2&b=%20')]],
    ['regular expressions', [/a\/b"/giu, /x/]],
    ['boxed primitives', [Object(1), Object('s'), Object(false), Object(2n)]],
    [
      'typed arrays',
      [new Uint8Array([1, 2]), new Float64Array([NaN, -0]), new BigInt64Array([-1n]), new Int16Array(0)],
    ],
    ['a part of a buffer', new Uint8Array(new Uint8Array([1, 2, 3, 4]).buffer, 1, 2)],
    ['data views', new DataView(new Uint8Array([1, 2, 3]).buffer, 1)],
    ['array buffers', new Uint8Array([1, 2, 3]).buffer],
    ['empty things', [{}, [], new Map(), new Set(), new ArrayBuffer(0)]],
  ];
  it.each(values)('%s', (_, value) => {
    expect(carry(value)).toStrictEqual(value);
    expect(carry({ value })).toStrictEqual({ value });
  });

  it('of random values', () => {
    const anything = fc.anything({
      withBigInt: true,
      withDate: true,
      withMap: true,
      withSet: true,
      withSparseArray: true,
      withTypedArray: true,
      withNullPrototype: true,
      withBoxedValues: true,
      withObjectString: true,
      maxDepth: 4,
    });
    fc.assert(
      fc.property(anything, (value) => {
        expect(carry(value)).toStrictEqual(value);
      }),
      { numRuns: FULL ? 2_000 : 400 },
    );
  });

  it('of random JSON is as exact as JSON', () => {
    fc.assert(
      fc.property(fc.json({ stringUnit: 'binary' }), (json) => {
        const value = JSON.parse(json);
        expect(carry(value)).toStrictEqual(value);
      }),
      { numRuns: FULL ? 2_000 : 400 },
    );
  });

  it('of Buffers gives Buffers', () => {
    const all = Buffer.from(Array.from({ length: 256 }, (_, i) => i));
    const [whole, part] = carry([all, all.subarray(3, 7)]);
    expect(Buffer.isBuffer(whole) && Buffer.isBuffer(part)).toBe(true);
    expect(whole!.equals(all)).toBe(true);
    expect(part!.toString('hex')).toBe('03040506');
    expect(Buffer.isBuffer(carry(new Uint8Array(2)))).toBe(false);
  });

  it('keeps cycles', () => {
    const value: Record<string, unknown> = { list: [], map: new Map() };
    value.self = value;
    (value.list as unknown[]).push(value);
    (value.map as Map<unknown, unknown>).set(value, value);
    const copy = carry(value);
    expect(copy).not.toBe(value);
    expect(copy.self).toBe(copy);
    expect((copy.list as unknown[])[0]).toBe(copy);
    expect((copy.map as Map<unknown, unknown>).get(copy)).toBe(copy);
  });

  it('keeps what is one object one object', () => {
    const shared = { n: 1 };
    const copy = carry({ a: shared, b: [shared], c: new Map([['x', shared]]) });
    expect(copy.b[0]).toBe(copy.a);
    expect(copy.c.get('x')).toBe(copy.a);
    const buffer = new ArrayBuffer(2);
    const [one, two] = carry([new Uint8Array(buffer), new Uint8Array(buffer)]);
    one![0] = 7;
    expect(two![0]).toBe(7);
  });

  it('keeps holes', () => {
    // biome-ignore lint/suspicious/noSparseArray: that is what is tested.
    const few = [1, , undefined, , 2];
    const many: number[] = [];
    many[1_000_000] = 1;
    for (const value of [few, many, new Array(3)]) {
      const copy = carry(value);
      expect(copy.length).toBe(value.length);
      expect(Object.keys(copy)).toEqual(Object.keys(value));
    }
  });

  it('keeps properties of arrays', () => {
    const match = /(?<first>b)(c)/.exec('abcd')!;
    const copy = carry(match);
    expect(Array.isArray(copy)).toBe(true);
    expect([...copy]).toEqual(['bc', 'b', 'c']);
    expect({ index: copy.index, input: copy.input, groups: { ...copy.groups } }).toEqual({
      index: 1,
      input: 'abcd',
      groups: { first: 'b' },
    });
    // As many keys as elements, and yet neither dense nor an array only.
    const tricky = Object.assign([], { 1: 'x', extra: 'y' });
    expect(carry(tricky)).toStrictEqual(tricky);
  });

  it('keeps objects without a prototype', () => {
    const value = Object.assign(Object.create(null), { a: 1, toString: 2 });
    const copy = carry({ value }).value;
    expect(Object.getPrototypeOf(copy)).toBeNull();
    expect({ ...copy }).toEqual({ a: 1, toString: 2 });
  });

  it.each([
    '{"__proto__":{"polluted":true}}',
    '{"a":[{"__proto__":null,"b":1}],"constructor":{"prototype":{"polluted":true}}}',
  ])('never pollutes: %s', (json) => {
    for (const more of [{}, { now: new Date(0) }]) {
      const value = Object.assign({}, more, { json: JSON.parse(json) });
      expect(JSON.stringify(carry(value))).toBe(JSON.stringify(value));
    }
    const bare = Object.defineProperty(Object.create(null), '__proto__', { value: 1n, enumerable: true });
    expect(Object.entries(carry(bare))).toEqual([['__proto__', 1n]]);
    expect(Reflect.get({}, 'polluted')).toBeUndefined();
  });

  it('takes values of another realm', () => {
    const value = vm.runInNewContext('({ a: [1, new Date(0), new Map([[1, { b: 2 }]])], e: /x/g })');
    expect(carry(value)).toEqual({ a: [1, new Date(0), new Map([[1, { b: 2 }]])], e: /x/g });
  });

  it('takes large values', () => {
    const rows = Array.from({ length: 5_000 }, (_, id) => ({ id, name: `n${id}`, tags: ['a', 'b'] }));
    expect(carry(rows)).toEqual(rows);
  });
});

describe('encoding', () => {
  it('changes nothing of the value', () => {
    const value = { a: [new Date(0), Object.freeze({ b: new Map([[1, new Error('x')]]) })] };
    const keys = (thing: object): unknown => [
      Object.getOwnPropertyDescriptors(thing),
      Object.isFrozen(thing),
    ];
    const before = [keys(value), keys(value.a), keys(value.a[1]!)];
    void encode(Object.freeze(value), WHAT);
    expect([keys({ ...value }), keys(value.a), keys(value.a[1]!)]).toEqual(before);
  });

  it.each([
    ['the short way', {}],
    ['the long way', { last: new Date(0) }],
    ['with a key that needs care', JSON.parse('{"__proto__":1}')],
  ])('reads a getter once: %s', (_, more) => {
    let reads = 0;
    const value = Object.defineProperties(
      {},
      {
        ...Object.getOwnPropertyDescriptors(more),
        a: { enumerable: true, get: () => ++reads },
      },
    );
    const nested = { list: [value, value] };
    expect((carry(value) as { a: number }).a).toBe(1);
    expect(reads).toBe(1);
    expect((carry(nested).list[1] as { a: number }).a).toBe(2);
  });

  it('does not call toJSON', () => {
    expect(carry({ toString: 1, at: new Date(5) }).at).toEqual(new Date(5));
    expect(refusal({ toJSON: () => 1 }).path).toBe('result.toJSON');
  });

  it('says in its first characters how the rest is written', () => {
    expect(encode({ a: [1, 'x', null] }, WHAT)).toBe('1j{"a":[1,"x",null]}');
    expect(encode('1d', WHAT)).toBe('1j"1d"');
    expect(encode(undefined, WHAT)).toBe('1d-1');
    expect(encode(new Date(0), WHAT)).toMatch(/^1d\[/);
  });
});

describe('refusal', () => {
  class Socket {
    readonly fd = 3;
  }
  class Order {
    readonly id = 1;
  }

  it('says what, where and what to do', () => {
    const error = refusal({ user: { socket: new Socket() } });
    expect(error.path).toBe('result.user.socket');
    expect(error.message).toBe(
      `The result of step "charge" can't be written to the journal: result.user.socket is a Socket. Return plain ` +
        `data, or register the class with registerClass().`,
    );
  });

  it('uses the word of its subject', () => {
    const error = refusal([new Order()], 'input of run "r"');
    expect(error.path).toBe('input[0]');
    expect(error.message).toMatch(/^The input of run "r" can't .*: input\[0\] is an Order\. Pass plain data/);
  });

  const symbol = Symbol('mark');
  const cases: [string, unknown, string, RegExp][] = [
    ['a function', { f: () => 1 }, 'result.f', /is a function\. Return plain data\./],
    ['a class', [Order], 'result[0]', /is the class Order\./],
    ['a symbol', { a: [symbol] }, 'result.a[0]', /is a symbol\./],
    ['a key that is a symbol', { a: { [symbol]: 1 } }, 'result.a', /has a symbol as a key/],
    ['such a key beside others', { a: { b: 1n, [symbol]: 1 } }, 'result.a', /has a symbol as a key/],
    ['a promise', { a: Promise.resolve(1) }, 'result.a', /is a Promise\. Await it first\./],
    [
      'a thenable',
      {
        q: new (class Query {
          // biome-ignore lint/suspicious/noThenProperty: query builders are awaited, and have it.
          then() {}
        })(),
      },
      'result.q',
      /is a Query\. Await it first\./,
    ],
    ['an instance', new Map([['k', new Order()]]), 'result.get("k")', /is an Order\./],
    ['a nameless class', { x: new (class {})() }, 'result.x', /is an object of a nameless class/],
    ['a WeakMap', { 'a b': new WeakMap() }, 'result["a b"]', /is a WeakMap\./],
    ['a subclass of Map', { m: new (class Tags extends Map {})() }, 'result.m', /is a Tags\./],
    ['a subclass of Array', { m: new (class Rows extends Array {})() }, 'result.m', /is a Rows\./],
    ['a generator', [(function* () {})()], 'result[0]', /is an object of a nameless class|Generator/],
    ['a stream', { body: new ReadableStream() }, 'result.body', /is a ReadableStream\./],
    ['a process', { process }, 'result.process', /is a process\./],
    [
      'a part of an array with properties',
      Object.assign([1, [symbol]], { x: 1 }),
      'result[1][0]',
      /is a symbol/,
    ],
  ];
  it.each(cases)('of %s', (_, value, path, words) => {
    const error = refusal(value);
    expect(error.path).toBe(path);
    expect(error.message).toMatch(words);
    expect(error.message).toContain(`${path} `);
  });

  it('of a value that throws when it is read', () => {
    const cause = new Error('no');
    const error = refusal({
      get a() {
        throw cause;
      },
    });
    expect(error.message).toMatch(/result threw while it was read \(Error: no\)/);
    expect(error.cause).toBe(cause);
  });

  it('of a value that is nested too deeply', () => {
    let value: unknown = null;
    for (let i = 0; i < 50_000; i++) value = { value };
    expect(refusal(value).message).toMatch(/nested too deeply/);
  });
});

describe('decoding', () => {
  it.each([
    '',
    'x',
    '1',
    '1j',
    '1j{"a":',
    '1x[]',
    '1d',
    '1d[',
    '1d[]',
    '1d[{"a":9}]',
    '1d[["~",1],1]',
    '1d[["~",1],{"~":2},[3],"nonsense"]',
    '1d[["Nonsense",1],1]',
    '1h["AA=="]',
    '1hx\n[1]',
    '{"a":1}',
  ])('of damaged text is a clear error: %j', (text) => {
    expect(() => decode(text)).toThrow(StoreError);
    expect(() => decode(text)).toThrow(/value in the journal can't be read: it is damaged/);
  });

  it('of text of a newer version is a clear error', () => {
    expect(() => decode('2j1')).toThrow(/newer use-durable/);
  });

  it('shows only the start of long text', () => {
    expect(() => decode(`1d${'x'.repeat(1_000)}`)).toThrow(/"1dx{38}\.\.\."/);
  });
});

describe('durable functions', () => {
  const ship = Object.assign(() => 'shipped', { [FUNCTION]: { id: 'shop/ship' } });

  it('are carried by id', () => {
    state.functions.set('shop/ship', { callable: ship });
    const text = encode({ next: [ship, ship] }, WHAT) as string;
    expect(text).not.toContain('shipped');
    expect(decode(text)).toEqual({ next: [ship, ship] });
    state.functions.delete('shop/ship');
    expect(() => decode(text)).toThrow(/durable function "shop\/ship", which this process has not loaded/);
  });
});

describe('the depth of values', () => {
  const wraps: [string, (value: unknown) => unknown][] = [
    ['arrays', (value) => [value]],
    ['objects', (value) => ({ value })],
    ['Maps', (value) => new Map([[1, value]])],
    ['frozen', (value) => Object.freeze([value])],
    ['dates with properties', (value) => Object.assign(new Date(0), { value })],
    ['causes', (cause) => new Error('x', { cause })],
    ['references from both ends', (value) => ({ value, end: END })],
  ];
  const END = { end: true };
  const nested = (wrap: (value: unknown) => unknown, levels: number): unknown => {
    let value: unknown = END;
    for (let level = 0; level < levels; level++) value = wrap(value);
    return value;
  };

  it.each(sample(wraps, 4))('is one that a fresh process can read, or is refused: %s', (_, wrap) => {
    // What has been called often takes less of the stack.
    for (let round = 0; round < 200; round++) void encode(nested(wrap, 30), 'result of x');
    const texts = [250, 500, 950, 1_000, 5_000].flatMap((levels) => {
      try {
        return [encode(nested(wrap, levels), 'result of x') as string];
      } catch (error) {
        expect(error).toBeInstanceOf(SerializationError);
        expect((error as Error).message).toContain('nested too deeply');
        return [];
      }
    });
    expect(texts.length).toBeGreaterThan(0);
    const url = new URL('../../../../runtime/values/codec.ts', import.meta.url).href;
    const code = `
      import { readFileSync } from 'node:fs';
      import { decode } from ${JSON.stringify(url)};
      for (const text of JSON.parse(readFileSync(0, 'utf8'))) decode(text);`;
    const child = spawnSync(process.execPath, ['--input-type=module', '-e', code], {
      encoding: 'utf8',
      input: JSON.stringify(texts),
    });
    expect(child.stderr).toBe('');
    expect(child.status).toBe(0);
  });

  it('is told of long lists and deep trees by its levels, not its length', () => {
    const chain: unknown[] = [];
    for (let index = 0; index < 20_000; index++) chain.push({ index, first: END });
    expect(encode(chain, 'result of x')).toContain('19999');
  });
});
