/** What a durable function goes over with `for await`, `yield*` in an async generator, and `Array.fromAsync`. */

import { MisuseError } from '../base/errors.ts';
import { iterableFromOutside, notAsyncIterable } from '../base/messages/steps.ts';
import { isIntrinsic } from '../functions/intrinsics.ts';
import { isMarked, isMarkedIterator } from '../functions/marks.ts';

/**
 * The iterable itself, or one that behaves as it does.
 *
 * @param settle applied to each value of a synchronous iterable, which is awaited next
 * @param text names the iterable in the error if it isn't async iterable; without it the language throws
 * @throws TypeError for a value that is not async iterable, if `text` is given
 * @throws MisuseError for a foreign asynchronous iterable: it can't be resumed where it stopped
 */
export function resumable(
  iterable: unknown,
  settle: (value: unknown) => unknown,
  text: string | undefined,
): unknown {
  if (iterable === null || iterable === undefined || isMarkedIterator(iterable)) return iterable;
  const method: unknown = Reflect.get(Object(iterable), Symbol.asyncIterator, iterable);
  if (method === null || method === undefined) return settling(iterable, settle, text);
  if (typeof method !== 'function') return notIterable(iterable, text);
  if (!isMarked(method)) throw foreignIterable();
  return { [Symbol.asyncIterator]: () => assertOwn(Reflect.apply(method, iterable, [])) };
}

/** A method written in the body may still hand out the iterator of something foreign. */
function assertOwn(iterator: unknown): unknown {
  if (typeof iterator !== 'object' || iterator === null || isMarkedIterator(iterator)) return iterator;
  const next: unknown = Reflect.get(iterator, 'next');
  if (typeof next === 'function' && !isMarked(next) && !isIntrinsic(next)) throw foreignIterable();
  return iterator;
}

/** A synchronous iterable, whose values go through `settle`. */
function settling(iterable: unknown, settle: (value: unknown) => unknown, text: string | undefined): unknown {
  const method: unknown = Reflect.get(Object(iterable), Symbol.iterator, iterable);
  if (typeof method !== 'function') return notIterable(iterable, text);
  return {
    [Symbol.iterator]: () => {
      const iterator: unknown = Reflect.apply(method, iterable, []);
      return typeof iterator === 'object' && iterator !== null
        ? new SettlingIterator(iterator, settle)
        : iterator;
    },
  };
}

/** @throws TypeError where there is a text for it; the value itself where the language says so */
export function notIterable(value: unknown, text: string | undefined): unknown {
  if (text !== undefined) throw new TypeError(notAsyncIterable(text));
  return value;
}

type Method = ((...args: unknown[]) => unknown) | undefined;

/** Reads the methods of the iterator when the language would: `next` once, the others when they are needed. */
class SettlingIterator {
  readonly #iterator: object;
  readonly #settle: (value: unknown) => unknown;
  readonly next: Method;

  constructor(iterator: object, settle: (value: unknown) => unknown) {
    this.#iterator = iterator;
    this.#settle = settle;
    this.next = this.#method('next');
  }

  get return(): Method {
    return this.#method('return');
  }

  get throw(): Method {
    return this.#method('throw');
  }

  #method(name: string): Method {
    const method: unknown = Reflect.get(this.#iterator, name);
    if (typeof method !== 'function') return method as undefined;
    return (...args) => {
      const result: unknown = Reflect.apply(method, this.#iterator, args);
      if (typeof result !== 'object' || result === null) return result;
      const { done, value } = result as { done?: unknown; value?: unknown };
      return { done, value: this.#settle(value) };
    };
  }
}

const foreignIterable = (): MisuseError => new MisuseError(iterableFromOutside());
