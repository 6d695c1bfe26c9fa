/** Values in a journal that somebody has changed: read as another value, or refused by name; nothing else happens. */
import { describe, expect, it } from 'vitest';
import { DurableError } from '../../../../runtime/base/errors.ts';
import { registerClass } from '../../../../runtime/values/classes.ts';
import { decode, encode, encodeError } from '../../../../runtime/values/codec.ts';
import { FULL } from '../../../support/tier.ts';

/** In all. */
const COUNT = FULL ? 60_000 : 4_000;

const calls: string[] = [];
class Guarded {
  name = 'x';
  set owner(_value: unknown) {
    calls.push('owner');
  }
  static {
    Object.defineProperty(Guarded.prototype, 'balance', {
      set() {
        calls.push('balance');
      },
    });
  }
}
class Carried {
  readonly #secret: number;
  constructor(secret: number) {
    this.#secret = secret;
  }
  [Symbol.for('use-durable.encode')](): number {
    return this.#secret;
  }
  static [Symbol.for('use-durable.decode')](data: unknown): Carried {
    return new Carried(Number(data));
  }
}
registerClass(Guarded, { id: 'mutated.Guarded' });
registerClass(Carried, { id: 'mutated.Carried' });
class Code extends Error {
  code = 'E_CODE';
}
registerClass(Code, { id: 'mutated.Code' });

const cycle: Record<string, unknown> = { name: 'a' };
cycle.self = [cycle, new Map([[cycle, new Set([cycle])]])];

const TEXTS: readonly string[] = [
  encode({ id: 1, tags: ['a', 'b'], nested: { deep: [true, null, 1.5] } }, 'value'),
  encode([undefined, Number.NaN, -0, 10n, new Date(5), /x/gi, new URL('https://a.b/c')], 'value'),
  encode(cycle, 'value'),
  encode([new Guarded(), new Carried(7), Object.create(null)], 'value'),
  encode([new Uint8Array([1, 2, 3]), Buffer.from('abc'), new Float64Array(3).buffer], 'value'),
  encode(
    [Object.assign([1, 2, 3], { own: 1 }), Object.freeze({ a: 1 }), Object.assign(new Date(1), { own: 2 })],
    'value',
  ),
  encode([new Headers({ a: 'b' }), new Map([['k', { v: 1 }]]), Symbol.for('known')], 'value'),
  encodeError(
    Object.assign(new Code('bad', { cause: new TypeError('why') }), { data: { rows: [1, 2] } }),
    'error',
  ),
  encodeError(new AggregateError([new RangeError('a'), 'b'], 'all'), 'error'),
].map((text) => text as string);

/** The same numbers each time. */
let state = 20_260_101;
function next(below: number): number {
  state = (Math.imul(state ^ (state >>> 15), 2246822519) + 3266489917) | 0;
  return (state >>> 0) % below;
}

const PIECES = [
  '-1',
  '0',
  '1',
  '99',
  '4294967295',
  '1e9',
  'null',
  'true',
  '"x"',
  '[]',
  '{}',
  '"__proto__"',
  '"constructor"',
  '"~"',
  '"custom"',
  '"instance"',
  '"error"',
  '"mutated.Guarded"',
  '"owner"',
  '"balance"',
  '"then"',
  '"builtin"',
  '"part"',
  '"function"',
];
/** Each puts something else in the place of one thing: a character, a word of JSON, a part of another value. */
const MUTATIONS: readonly ((text: string) => string)[] = [
  (text) => splice(text, next(text.length), 1, String.fromCharCode(32 + next(95))),
  (text) => splice(text, next(text.length), 1 + next(4), ''),
  (text) => {
    const words = [...text.matchAll(/-?\d+(?:\.\d+)?|"(?:[^"\\]|\\.)*"|true|false|null/g)];
    const word = words[next(words.length)];
    if (word === undefined) return text;
    return splice(text, word.index, word[0].length, PIECES[next(PIECES.length)]!);
  },
  (text) => {
    const other = TEXTS[next(TEXTS.length)]!;
    const at = next(other.length);
    return splice(text, 2 + next(text.length - 2), next(8), other.slice(at, at + next(20)));
  },
  (text) => text.slice(0, next(text.length)),
  (text) => `${'123456789'[next(9)]}${'jdhx'[next(4)]}${text.slice(2)}`,
];

const splice = (text: string, at: number, length: number, piece: string): string =>
  text.slice(0, at) + piece + text.slice(at + length);

describe(`${COUNT} texts that were changed`, { timeout: 300_000 }, () => {
  it('are other values, or are refused by name', () => {
    const before = Object.getOwnPropertyNames(Object.prototype);
    const guarded = Object.getOwnPropertyNames(Guarded.prototype);
    const wrong: string[] = [];
    let read = 0;
    for (let n = 0; n < COUNT; n++) {
      let text = TEXTS[n % TEXTS.length]!;
      for (let left = 1 + next(3); left > 0; left--) text = MUTATIONS[next(MUTATIONS.length)]!(text) || 'x';
      try {
        decode(text);
        read++;
      } catch (error) {
        if (!(error instanceof DurableError)) wrong.push(`${text}: ${String(error)}`);
      }
    }
    expect(wrong.slice(0, 5)).toEqual([]);
    expect(read).toBeGreaterThan(COUNT / 20);
    expect(calls).toEqual([]);
    expect(Object.getOwnPropertyNames(Object.prototype)).toEqual(before);
    expect(Object.getOwnPropertyNames(Guarded.prototype)).toEqual(guarded);
  });

  it('change no prototype and call no setter by what is crafted', () => {
    for (const kind of ['custom', 'instance']) {
      for (const field of ['owner', 'balance', '__proto__', 'constructor']) {
        const meta = `["~",1],{"~":2,"~0":5,"~data":5,"${field === '__proto__' ? '~__proto__' : field}":6},[3,4],"${kind}","mutated.Guarded",{"${field}":6},"evil"`;
        try {
          const made = decode(`1d[${meta}]`) as object;
          expect(Object.getPrototypeOf(made) === Guarded.prototype || !(made instanceof Guarded)).toBe(true);
        } catch (error) {
          expect(error).toBeInstanceOf(DurableError);
        }
      }
    }
    expect(calls).toEqual([]);
    expect(({} as Record<string, unknown>).evil).toBeUndefined();
  });

  it('change no prototype by a key of any value that is another one', () => {
    const before = Object.getOwnPropertyNames(Object.prototype);
    let changed = 0;
    for (const text of TEXTS) {
      for (const { index, 0: found } of text.matchAll(/"(?:[^"\\]|\\.)*":/g)) {
        for (const key of [
          '__proto__',
          'constructor',
          'prototype',
          '~__proto__',
          '~constructor',
          '~@for:x',
        ]) {
          changed++;
          try {
            decode(splice(text, index, found.length, `"${key}":`));
          } catch (error) {
            expect(error).toBeInstanceOf(DurableError);
          }
        }
      }
    }
    expect(changed).toBeGreaterThan(100);
    expect(calls).toEqual([]);
    expect(Object.getOwnPropertyNames(Object.prototype)).toEqual(before);
    expect(Object.getPrototypeOf({})).toBe(Object.prototype);
  });
});
