/**
 * Objects that know how far they have been read. A step that is recorded isn't called again by a replay, so such an object
 * would stand where it began.
 *
 * The body of a Response or Request is at hand in whole, so it can be read again: a replay has it used up as the recorded
 * step left it. Anything else is refused where it shows what it is.
 */

import { MisuseError } from '../base/errors.ts';
import { readPositionUnrecorded } from '../base/messages/steps.ts';
import { isStandIn, originalOf } from './recreated-objects.ts';

/** A call that reads on in an object. */
export interface Reading {
  /** Makes the call. */
  read(args: readonly unknown[]): unknown;
  /** The step has been asked for; it may be that nothing is ever called. */
  asked(): void;
}

/** The names by which objects are read; few calls have one, and only those are looked at closer. */
const NAMES: ReadonlySet<string> = new Set([
  ...['next', 'hasNext', 'read'],
  ...['text', 'json', 'arrayBuffer', 'blob', 'bytes', 'formData'],
]);

/**
 * How a step reads on in what it is called on; undefined if it doesn't.
 *
 * @throws MisuseError where what it is called on can't be brought back to where it was
 */
export function readingOf(
  id: string,
  fn: (...args: never[]) => unknown,
  receiver: unknown,
): Reading | undefined {
  if (typeof receiver !== 'object' || receiver === null) return undefined;
  // A stand-in gives its methods no name, and neither has a method that was assigned to a prototype.
  const name = fn.name === '' ? (/(\w+)(?:#\d+)?$/.exec(id)?.[1] ?? '') : fn.name;
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

/** Reads what a stand-in stands for. It is made when a step is called that isn't recorded. */
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

  /** @throws MisuseError where the original can't be brought to where it was */
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
