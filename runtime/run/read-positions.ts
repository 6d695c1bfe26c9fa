/**
 * Objects that have a read position. A replay skips a recorded step, so such an object would be at its beginning again.
 *
 * The body of a Response or Request is available as a whole, so it can be read again: a replay uses it up as the recorded step
 * did. Any other object that shows a position is refused.
 */

import { MisuseError } from '../base/errors.ts';
import { readPositionUnrecorded } from '../base/messages/steps.ts';
import { isStandIn, originalOf } from './recreated-objects.ts';

/** A call that reads on in an object. */
export interface Reading {
  /** Makes the call. */
  read(args: readonly unknown[]): unknown;
  /** The step has been requested. Its function may never be called. */
  asked(): void;
}

/** The names of methods that read from objects. Few calls have one, and only those are checked in detail. */
const NAMES: ReadonlySet<string> = new Set([
  ...['next', 'hasNext', 'read'],
  ...['text', 'json', 'arrayBuffer', 'blob', 'bytes', 'formData'],
]);

/**
 * How a step reads from its receiver; undefined if it doesn't.
 *
 * @throws MisuseError if the receiver can't be brought back to its position
 */
export function readingOf(
  id: string,
  fn: (...args: never[]) => unknown,
  receiver: unknown,
): Reading | undefined {
  if (typeof receiver !== 'object' || receiver === null) return undefined;
  // Methods of a proxy have no name, and neither have methods that were assigned to a prototype.
  const name = fn.name === '' ? (/(\w+)(?:#[\w.-]+)*$/.exec(id)?.[1] ?? '') : fn.name;
  if (!NAMES.has(name)) return undefined;
  if (isStandIn(receiver)) return new LaterReading(id, name, fn, receiver);
  if (isPositioned(name, receiver)) throw positioned(id);
  if (receiver instanceof Response || receiver instanceof Request) return new BodyReading(fn, receiver);
  return undefined;
}

class BodyReading implements Reading {
  readonly #fn: (...args: never[]) => unknown;
  #source: Response | Request;
  #isCalled = false;

  constructor(fn: (...args: never[]) => unknown, source: Response | Request) {
    this.#fn = fn;
    this.#source = source;
  }

  read(args: readonly unknown[]): unknown {
    this.#isCalled = true;
    return Reflect.apply(this.#fn, this.#source, args);
  }

  asked(): void {
    const source = this.#source;
    if (this.#isCalled || source.bodyUsed || source.body?.locked !== false) return;
    // Should the step be called yet, it reads the copy.
    this.#source = source.clone();
    void source.arrayBuffer().catch(() => {});
  }
}

/** By standing-in objects: the recorded reads of what is made again, which has not been read. */
const recordedReads = new WeakMap<object, Set<Reading>>();

/** Reads from the original of a proxy. The original is made when a step that isn't recorded is called. */
class LaterReading implements Reading {
  readonly #id: string;
  readonly #name: string;
  readonly #fn: (...args: never[]) => unknown;
  readonly #standIn: object;
  #isCalled = false;

  constructor(id: string, name: string, fn: (...args: never[]) => unknown, standIn: object) {
    this.#id = id;
    this.#name = name;
    this.#fn = fn;
    this.#standIn = standIn;
  }

  /** @throws MisuseError if the original can't be brought to its position */
  read(args: readonly unknown[]): unknown {
    this.#isCalled = true;
    const source = originalOf(this.#standIn) as object;
    if (isPositioned(this.#name, source)) throw positioned(this.#id);
    const before = recordedReads.get(this.#standIn);
    before?.delete(this);
    const hasBody = source instanceof Response || source instanceof Request;
    if (hasBody && !source.bodyUsed && before !== undefined && before.size > 0)
      void source.arrayBuffer().catch(() => {});
    return Reflect.apply(this.#fn, source, args);
  }

  asked(): void {
    if (this.#isCalled) return;
    const before = recordedReads.get(this.#standIn);
    if (before === undefined) recordedReads.set(this.#standIn, new Set([this]));
    else before.add(this);
  }
}

function isPositioned(name: string, receiver: object): boolean {
  switch (name) {
    case 'next':
      return (
        has(receiver, Symbol.asyncIterator) || has(receiver, Symbol.iterator) || has(receiver, 'hasNext')
      );
    case 'hasNext':
      return has(receiver, 'next');
    case 'read':
      return isReader(receiver) || (has(receiver, 'pipe') && has(receiver, Symbol.asyncIterator));
    default:
      return false;
  }
}

const isReader = (value: object): boolean =>
  /^\[object ReadableStream(Default|BYOB)Reader\]$/.test(Object.prototype.toString.call(value));

const has = (value: object, key: PropertyKey): boolean => typeof Reflect.get(value, key) === 'function';

const positioned = (id: string): MisuseError => new MisuseError(readPositionUnrecorded(id));
