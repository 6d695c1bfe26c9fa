import { EventEmitter } from 'node:events';
import { inspect } from 'node:util';
import vm from 'node:vm';
import { describe, expect, it, vi } from 'vitest';
import * as publicErrors from '../../../../runtime/base/errors.ts';
import { type ClassScope, DECODE, ENCODE, registerClass } from '../../../../runtime/values/classes.ts';
import { decodeError, encodeError } from '../../../../runtime/values/codec.ts';

const WHAT = 'error of step "charge"';
const text = (error: unknown, scope?: ClassScope): string => encodeError(error, WHAT, scope) as string;
const carry = <T>(error: T, scope?: ClassScope): T => decodeError(text(error, scope), scope) as T;

class CardError extends Error {
  override name = 'CardError';
  readonly code: string;
  constructor(code: string, options?: ErrorOptions) {
    if (code === undefined) throw new Error('not to be called at reading');
    super(`card: ${code}`, options);
    this.code = code;
  }
}
registerClass(CardError);

const descriptors = (error: unknown): unknown => {
  const { stack: _, ...rest } = Object.getOwnPropertyDescriptors(error as Error);
  return rest;
};

describe('builtin errors', () => {
  const { SuppressedError: Suppressed } = globalThis as never as {
    SuppressedError: new (...a: unknown[]) => Error;
  };
  const errors: Error[] = [
    new Error('a'),
    new Error(),
    new Error(''),
    new TypeError('b', { cause: undefined }),
    new RangeError('c', { cause: new SyntaxError('d', { cause: 'text' }) }),
    new EvalError('e'),
    new ReferenceError('f'),
    new URIError('g'),
    new AggregateError([new TypeError('h'), 'i'], 'j', { cause: { k: 1n } }),
    ...(Suppressed ? [new Suppressed(new Error('l'), new Error('m'), 'n')] : []),
    Object.assign(new Error('o'), { code: 'EIO', details: { at: new Date(0) }, name: 'Renamed', 7: 'x' }),
  ];
  it.each(errors)('come back as they were: %s', (error) => {
    const copy = carry(error);
    expect(copy).not.toBe(error);
    expect(copy.constructor).toBe(error.constructor);
    expect(copy.name).toBe(error.name);
    expect(copy.stack).toBe(error.stack);
    expect(descriptors(copy)).toStrictEqual(descriptors(error));
    expect(Object.keys(copy)).toEqual(Object.keys(error));
    expect(Object.prototype.toString.call(copy)).toBe('[object Error]');
    expect(inspect(copy)).toBe(inspect(error));
  });

  it('keep cycles', () => {
    const error = new AggregateError([], 'x');
    error.cause = error;
    error.errors.push(error);
    const copy = carry(error);
    expect(copy.cause).toBe(copy);
    expect(copy.errors[0]).toBe(copy);
    const [one, two] = [new Error('1'), new Error('2')];
    one.cause = two;
    two.cause = one;
    const pair = carry(one);
    expect((pair.cause as Error).message).toBe('2');
    expect((pair.cause as Error).cause).toBe(pair);
  });

  it('keep the stack hidden, and do without one', () => {
    const error = new Error('x');
    expect(Object.getOwnPropertyDescriptor(carry(error), 'stack')).toMatchObject({ enumerable: false });
    Reflect.deleteProperty(error, 'stack');
    expect(carry(error).stack).toBeUndefined();
  });

  it('of another realm become ours', () => {
    const copy = carry(vm.runInNewContext('new TypeError("far", { cause: new Error("c") })')) as TypeError;
    expect(copy).toBeInstanceOf(TypeError);
    expect(copy.message).toBe('far');
    expect(copy.cause).toBeInstanceOf(Error);
  });

  it('of the system keep their codes', async () => {
    const { readFile } = await import('node:fs/promises');
    const error = await readFile('/none').catch((e: NodeJS.ErrnoException) => e);
    expect(carry(error)).toMatchObject({ code: 'ENOENT', syscall: 'open', path: '/none', message: /ENOENT/ });
  });

  it('of the DOM are real DOMExceptions', () => {
    const error = new DOMException('stop', { name: 'AbortError', cause: 1 } as never);
    const copy = carry(error);
    expect(copy).toBeInstanceOf(DOMException);
    expect([copy.name, copy.message, copy.code, copy.stack]).toEqual(['AbortError', 'stop', 20, error.stack]);
    expect(Reflect.get(copy, 'cause')).toBe(1);
    const timeout = carry(AbortSignal.abort().reason);
    expect([timeout.name, timeout.code]).toEqual(['AbortError', 20]);
  });
});

describe('errors of classes', () => {
  it('are of the registered class', () => {
    const error = new CardError('declined', { cause: new CardError('inner') });
    const copy = carry(error);
    expect(copy).toBeInstanceOf(CardError);
    expect(copy.code).toBe('declined');
    expect(copy.cause).toBeInstanceOf(CardError);
    expect(descriptors(copy)).toStrictEqual(descriptors(error));
    expect(inspect(copy)).toBe(inspect(error));
  });

  it('are of a class in scope', () => {
    class Local extends TypeError {}
    expect(carry(new Local('x'), { Local, TypeError })).toBeInstanceOf(Local);
    expect(carry(new Local('x')).constructor).toBe(TypeError);
  });

  it('of an unknown class are of the nearest known one, under their name', () => {
    class Special extends CardError {
      override name = 'Special';
    }
    const special = carry(new Special('x'));
    expect(special.constructor).toBe(CardError);
    expect(special.name).toBe('Special');
    class Lazy extends RangeError {
      static {
        // biome-ignore lint/complexity/noThisInStatic: the prototype is what many libraries put the name on.
        Object.defineProperty(this.prototype, 'name', { value: 'LazyError' });
      }
    }
    const lazy = carry(new Lazy('y'));
    expect(lazy.constructor).toBe(RangeError);
    expect(`${lazy}`).toBe('LazyError: y');
    expect(Object.keys(lazy)).toEqual([]);
    // biome-ignore lint/suspicious/noShadowRestrictedNames: a user's class may have such a name.
    const { TypeError: Own } = { TypeError: class TypeError extends Error {} };
    expect(carry(new Own('z')).constructor).toBe(Error);
  });

  it('whose class is no longer registered when they are read still are errors', () => {
    class Moved extends CardError {}
    registerClass(Moved, { id: 'test/moved' });
    const written = text(new Moved('x')).replace('test/moved', 'test/gone');
    const copy = decodeError(written) as CardError;
    expect(copy.constructor).toBe(Error);
    expect(copy).toMatchObject({ name: 'CardError', code: 'x', message: 'card: x' });
  });

  it('of this package are of their class', () => {
    const errors = [
      new publicErrors.StoreError('a', { cause: new Error('b') }),
      new publicErrors.LeaseLostError('r'),
      new publicErrors.SerializationError('m', 'result.x'),
      new publicErrors.NonDeterminismError('r', 'm'),
    ];
    for (const error of errors) {
      const copy = carry(error);
      expect(copy.constructor).toBe(error.constructor);
      expect(descriptors(copy)).toStrictEqual(descriptors(error));
    }
  });
});

describe('what is thrown', () => {
  it.each(['text', 0, null, undefined, { code: 1, at: new Date(0) }, [new Error('x')]])(
    'may be anything: %j',
    (thrown) => {
      expect(carry(thrown)).toEqual(thrown);
    },
  );

  it('is an error still, if a part of it can not be carried', () => {
    class ClientRequest {
      readonly socket = () => 1;
    }
    const request = new ClientRequest();
    const cause = Object.assign(new Error('inner'), { request, code: 'ECONNRESET' });
    const error = Object.assign(new TypeError('outer', { cause }), {
      request,
      retry: () => 1,
      status: 502,
      data: { fine: [1n] },
      mixed: { fine: 1, request },
    });
    Object.assign(error, { self: error, loop: { error } });
    Object.defineProperty(error, 'broken', {
      enumerable: true,
      get: () => {
        throw error;
      },
    });
    const copy = carry(error);
    expect(copy).toBeInstanceOf(TypeError);
    expect(Object.keys(copy).sort()).toEqual(['data', 'loop', 'mixed', 'self', 'status']);
    expect(copy).toMatchObject({
      status: 502,
      data: { fine: [1n] },
      mixed: { fine: 1 },
      cause: { message: 'inner', code: 'ECONNRESET' },
    });
    expect(Reflect.get(copy, 'self')).toBe(copy);
    expect(Reflect.get(copy, 'loop').error).toBe(copy);
    expect(Object.keys(copy.cause as Error)).toEqual(['code']);
  });

  it('takes no longer for long chains of causes', () => {
    let error: Error = Object.assign(new Error('0'), { box: {} });
    for (let i = 1; i < 200; i++) error = Object.assign(new Error(`${i}`), { box: { error }, fn: () => 1 });
    let depth = 0;
    for (let e = carry(error) as { box?: { error?: Error } } | undefined; e; e = e.box?.error as never)
      depth++;
    expect(depth).toBe(200);
  });

  it('is carried part by part, if it is no error', () => {
    class Problem {
      readonly status = 409;
      readonly agent = new EventEmitter();
      again(): void {}
    }
    expect(carry({ code: 'E', retry: () => 1 })).toStrictEqual({ code: 'E' });
    expect(carry(new Problem())).toStrictEqual({ status: 409 });
    expect(carry([1, () => 1])).toStrictEqual([1, undefined]);
  });

  it('is refused, if nothing of it can be carried', () => {
    expect(() => text(() => 1)).toThrow(/error of step "charge" can't .*: error is a function\. Throw/);
    expect(() => text(Symbol('x'))).toThrow(/error is a symbol/);
    expect(() => text(new EventEmitter())).toThrow(/error is an EventEmitter/);
  });
});

describe('what an error leads to is bounded', () => {
  class Node {
    readonly [key: string]: unknown;
  }
  const wide = (): Node => {
    const node = Object.assign(new Node(), { name: 'n', next: undefined as unknown });
    let at: { next: unknown } = node;
    for (let i = 0; i < 100_000; i++) {
      const next = Object.assign(new Node(), { next: undefined as unknown, text: 'x'.repeat(100) });
      at.next = next;
      at = next;
    }
    return Object.assign(node, {
      list: Array.from({ length: 100_000 }, () => Object.assign(new Node(), { a: 1 })),
    });
  };

  it('in instances that nobody knows', () => {
    const error = Object.assign(new Error('x'), {
      code: 'E',
      graph: wide(),
      blob: Object.assign(new Node(), { all: 'y'.repeat(2e6), few: 'z' }),
    });
    const written = text(error);
    expect(written.length).toBeLessThan(500_000);
    const copy = carry(error) as unknown as { code: string; graph: Node; blob: Node };
    expect([copy.code, copy.graph.name, copy.blob.few, copy.blob.all]).toEqual(['E', 'n', 'z', undefined]);
  });

  it('and in depth', () => {
    let deep: unknown = 1;
    for (let i = 0; i < 50_000; i++) deep = { deep };
    const copy = carry(Object.assign(new RangeError('x'), { code: 'E', deep }));
    expect([copy.constructor, copy.code, typeof copy.deep]).toEqual([RangeError, 'E', 'object']);
  });

  it('but not in its own plain data', () => {
    const rows = Array.from({ length: 5_000 }, (_, id) => ({ id, text: 'x'.repeat(300) }));
    expect(carry(Object.assign(new Error('x'), { rows })).rows).toEqual(rows);
  });
});

describe('what is told of an error', () => {
  const warn = vi.spyOn(process, 'emitWarning');
  const told = (error: Error, scope?: ClassScope): string[] => {
    warn.mockClear();
    carry(error, scope);
    carry(error, scope);
    return warn.mock.calls.map(([said]) => String(said));
  };
  warn.mockImplementation(() => {});

  it('once for each class, is what was left out', () => {
    class LostError extends Error {
      readonly again = () => 1;
    }
    expect(told(new LostError('x'), { LostError })).toEqual([
      expect.stringMatching(
        /^A step threw a LostError that .* Left out: error\.again \(a function\)\. roundTrip/,
      ),
    ]);
  });

  it('is that private members are missing, if methods use them', () => {
    class PinError extends Error {
      readonly #pin = 7;
      static is(error: unknown): boolean {
        return typeof error === 'object' && error !== null && #pin in error;
      }
      get pin(): number {
        return this.#pin;
      }
      check(pin: number): boolean {
        return this.#pin === pin;
      }
    }
    expect(told(new PinError('x'), { PinError })).toEqual([
      expect.stringMatching(/private members .*: check\(\), is\(\) need them/),
    ]);
    expect(carry(new PinError('x'), { PinError }).pin).toBe(7);
    class SeenError extends Error {
      readonly #seen = 1;
      get seen(): number {
        return this.#seen;
      }
      again(): this {
        return this;
      }
    }
    expect(told(new SeenError('x'), { SeenError })).toEqual([]);
    expect(carry(new SeenError('x'), { SeenError }).seen).toBe(1);
  });

  it('is said by a method that needs them, too', async () => {
    class PinError extends Error {
      readonly #pin: number;
      tries = 1;
      constructor(message: string, pin: number) {
        super(message);
        this.#pin = pin;
      }
      #check(pin: number): boolean {
        return this.#pin === pin;
      }
      check(pin: number): boolean {
        return this.#check(pin);
      }
      async later(): Promise<number> {
        return this.#pin;
      }
      set pin(pin: number) {
        if (this.#pin !== pin) throw new TypeError('another pin');
      }
      ask(question: unknown): string {
        const { text } = question as { text: string };
        return `${text}${this.tries}`;
      }
    }
    class OldPinError extends PinError {
      override check(): boolean {
        return false;
      }
    }
    const copy = carry(new PinError('x', 7), { PinError });
    const lacking = (key: string): RegExp =>
      new RegExp(`^"${key}" of PinError needs private members, .*use-durable.decode`);
    expect(copy).toBeInstanceOf(PinError);
    expect(copy.constructor).toBe(PinError);
    expect(Reflect.ownKeys(copy).sort()).toEqual(Reflect.ownKeys(new PinError('x', 7)).sort());
    const failed = ((): unknown => {
      try {
        return copy.check(7);
      } catch (error) {
        return error;
      }
    })();
    expect(failed).toBeInstanceOf(publicErrors.MisuseError);
    expect((failed as Error).message).toMatch(lacking('check'));
    expect((failed as Error).cause).toBeInstanceOf(TypeError);
    await expect(copy.later()).rejects.toThrow(lacking('later'));
    expect(() => {
      copy.pin = 7;
    }).toThrow(lacking('pin'));
    // Other methods, and other errors of these, are as they were.
    expect(copy.ask({ text: 'tries ' })).toBe('tries 1');
    expect(() => copy.ask(undefined)).toThrow(TypeError);
    expect([copy.check.name, copy.check.length]).toEqual(['check', 1]);
    const derived = carry(new OldPinError('x', 7), { PinError, OldPinError });
    expect(derived).toBeInstanceOf(OldPinError);
    expect(derived.check()).toBe(false);
    await expect(derived.later()).rejects.toThrow(/^"later" of OldPinError needs private members/);
    // Out of one journal and into another.
    const again = carry(copy, { PinError });
    expect(again).toBeInstanceOf(PinError);
    expect(() => again.check(7)).toThrow(lacking('check'));
    expect(told(copy, { PinError }).join()).not.toMatch(/that no durable function names/);
    // The class itself is as it was.
    expect(new PinError('x', 7).check(7)).toBe(true);
  });

  it('is that a test of its class says something else', () => {
    const own = new WeakSet<object>();
    class MadeHere extends Error {
      constructor() {
        super('x');
        own.add(this);
      }
      static override [Symbol.hasInstance](value: unknown): boolean {
        return own.has(value as object);
      }
    }
    expect(told(new MadeHere(), { MadeHere })).toEqual([
      expect.stringMatching(/`instanceof MadeHere` is true, and false/),
    ]);
  });

  it('is nothing, if a class says how it is carried', () => {
    class Coded extends Error {
      readonly #code: number;
      constructor(code: number) {
        super(`code ${code}`);
        this.#code = code;
      }
      is(code: number): boolean {
        return this.#code === code;
      }
      [ENCODE](): number {
        return this.#code;
      }
      static [DECODE](code: number): Coded {
        return new Coded(code);
      }
    }
    const error = new Coded(3);
    expect(told(error, { Coded })).toEqual([]);
    const copy = carry(error, { Coded });
    expect([copy.is(3), copy.message, copy.stack]).toEqual([true, 'code 3', error.stack]);
  });
});
