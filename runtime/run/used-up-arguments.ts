/**
 * Arguments of steps that can be read only once: bodies, streams, readers, iterators. A replay takes the outcome of the step
 * from the journal and calls nothing, so such an object would be unread again. So the outcome lists the objects that the step
 * has used up, and a replay uses them up as well. An object that was read in part can't be brought back to its position: from
 * then on it is refused, live as after a restart.
 */

import { isErrored, isReadable, Readable } from 'node:stream';
import { types } from 'node:util';
import { MisuseError } from '../base/errors.ts';
import { argumentReadFurther } from '../base/messages/steps.ts';
import { state } from '../base/process-state.ts';
import { isRequest, isResponse } from '../values/http.ts';
import { currentContext } from './context.ts';
import { isStandIn } from './recreated-objects.ts';
import type { Run } from './run.ts';
import { readUses, type StepArguments } from './step-arguments.ts';

/** At most this many members of an object or list are checked. */
const MEMBERS = 20;

/** Of what was read in part, or may have been: by which step of which run. */
const { readOn } = state;
/** The steps that are under way and have been given an object, and what is known of them together. */
const { holders } = state;

/** Steps that end an object, or listen to it, and read nothing. */
const ENDS =
  /\.(close|return|throw|cancel|destroy|abort|end|releaseLock|off|on|once|removeListener|unpipe)(#[\w.-]+)*(\[\d+\])?$/;

/** `once` for what doesn't show whether it has been read. */
type Kind = 'body' | 'stream' | 'readable' | 'once';

interface Found {
  /** Where it is in what the step was given: `0`, `0.body`, `u1`. */
  readonly path: string;
  readonly object: object;
  readonly kind: Kind;
  readonly isFresh: boolean;
}

/** Such objects of one step. */
export class Holding {
  readonly #run: Run;
  readonly #key: string;
  readonly #found: readonly Found[];

  private constructor(run: Run, key: string, found: readonly Found[]) {
    this.#run = run;
    this.#key = key;
    this.#found = found;
  }

  /**
   * Undefined for most steps: they have no such arguments.
   *
   * @throws MisuseError if another step has read from an argument, and it isn't known how far
   */
  static of(run: Run, key: string, given: StepArguments): Holding | undefined {
    const found = findIn(given);
    const { receiver } = given;
    if (isObject(receiver) && readOn.has(receiver) && !ENDS.test(key)) checkReadOn(run, key, receiver);
    if (found === undefined) return undefined;
    for (const { object } of found) checkReadOn(run, key, object);
    return new Holding(run, key, found);
  }

  /** Whether something of it was unread when the step was asked for. */
  get hasFresh(): boolean {
    return this.#found.some(({ isFresh }) => isFresh);
  }

  /** The step is under way. */
  begin(): void {
    for (const { object, kind } of this.#found) {
      const together = holders.get(object) ?? { steps: 0, used: undefined };
      together.steps++;
      holders.set(object, together);
      if (kind === 'once') markReadOn(this.#run, this.#key, object);
    }
  }

  /** The objects that the step has used up by now, with the prefix `~` if they may not be at their end. */
  usedUp(): string[] {
    return this.#found.flatMap(({ path, object, kind, isFresh }) => {
      if (!isFresh || kind === 'once' || isUnread(object, kind)) return [];
      return [isAtEnd(object, kind) ? path : `~${path}`];
    });
  }

  /** Reads what a recorded step used up, in the place of the step. */
  useUp(paths: readonly string[]): void {
    for (const { path, object, kind } of this.#found) {
      if (paths.includes(path)) useUp(object, kind);
      else if (paths.includes(`~${path}`)) beginReading(object, kind);
    }
  }

  /** The outcome of the step is known, and is about to be delivered. */
  end(paths: readonly string[]): void {
    for (const { path, object, kind } of this.#found) {
      const together = holders.get(object);
      if (together === undefined) continue;
      if (paths.includes(path)) together.used = 'whole';
      else if (paths.includes(`~${path}`)) together.used = 'in part';
      // Another step may be reading it yet, as it did when this was recorded.
      if (--together.steps > 0) continue;
      holders.delete(object);
      const { used } = together;
      if (used === undefined) continue;
      if (used === 'in part') {
        markReadOn(this.#run, this.#key, object);
        if (kind === 'body') markReadOn(this.#run, this.#key, (object as Response).body ?? object);
      }
      useUp(object, kind);
    }
  }
}

/** Every step comes here, and most are given plain values: nothing is made for those. */
function findIn({ args, uses }: StepArguments): Found[] | undefined {
  let found: Found[] | undefined;
  for (let place = 0; place < args.length; place++) {
    const value = args[place];
    if (isObject(value)) found = lookInto(value, `${place}`, found);
  }
  if (uses === undefined) return found;
  for (const [place, value] of readUses(uses).entries())
    if (isObject(value)) found = lookInto(value, `u${place}`, found);
  return found;
}

const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null;

function lookInto(value: object, path: string, before: Found[] | undefined): Found[] | undefined {
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== Array.prototype) return look(value, path, before);
  let found = before;
  for (const key of Object.keys(value).slice(0, MEMBERS)) {
    const member: unknown = Object.getOwnPropertyDescriptor(value, key)?.value;
    if (isObject(member)) found = look(member, `${path}.${key}`, found);
  }
  // A cursor that is written as an object.
  return look(value, path, found);
}

/** The list with the object, if it is of that kind and not in it. */
function look(object: object, path: string, found: Found[] | undefined): Found[] | undefined {
  const kind = kindOf(object);
  if (kind === undefined || found?.some((one) => one.object === object)) return found;
  const list = found ?? [];
  list.push({ path, object, kind, isFresh: kind === 'once' || isUnread(object, kind) });
  return list;
}

function kindOf(value: object): Kind | undefined {
  if (types.isProxy(value) || isStandIn(value) || Array.isArray(value)) return undefined;
  if (isResponse(value) || isRequest(value)) return 'body';
  const tag: unknown = Reflect.get(value, Symbol.toStringTag);
  if (tag === 'ReadableStream') return 'stream';
  if (tag === 'ReadableStreamDefaultReader' || tag === 'ReadableStreamBYOBReader') return 'once';
  if (has(value, 'pipe') && has(value, 'read') && has(value, Symbol.asyncIterator)) return 'readable';
  const isIterator = has(value, Symbol.asyncIterator) || has(value, Symbol.iterator) || has(value, 'hasNext');
  return isIterator && has(value, 'next') ? 'once' : undefined;
}

const has = (value: object, key: PropertyKey): boolean => typeof Reflect.get(value, key) === 'function';

function isUnread(object: object, kind: Kind): boolean {
  if (kind === 'body') return !(object as Response).bodyUsed && (object as Response).body !== null;
  return !Readable.isDisturbed(object as Readable);
}

/** Whether nothing is left to be read. What failed may have been read to any place. */
function isAtEnd(object: object, kind: Kind): boolean {
  if (kind === 'readable') return false;
  const stream = (kind === 'body' ? (object as Response).body : object) as Readable;
  return isReadable(stream) === false && isErrored(stream) === false;
}

/** Leaves the object as the step left it, for code after the step. */
function useUp(object: object, kind: Kind): void {
  if (kind === 'readable') {
    if (!Readable.isDisturbed(object as Readable)) (object as Readable).destroy();
    return;
  }
  const stream = (kind === 'body' ? (object as Response).body : object) as ReadableStream | null;
  if (stream === null || typeof stream.cancel !== 'function' || !isUnread(object, kind)) return;
  stream.cancel().catch(() => {});
}

/** Reads an object, but not to its end. */
function beginReading(object: object, kind: Kind): void {
  const stream = (kind === 'body' ? (object as Response).body : object) as ReadableStream | null;
  if (kind === 'readable') useUp(object, kind);
  else if (kind !== 'once' && stream !== null && isUnread(object, kind) && !stream.locked) {
    const reader = stream.getReader();
    reader.read().catch(() => {});
    reader.releaseLock();
  }
}

function markReadOn(run: Run, key: string, object: object): void {
  readOn.set(object, { run, key });
  for (const name of READERS) {
    const read: unknown = Reflect.get(object, name);
    if (typeof read !== 'function') continue;
    const value = function (this: unknown, ...args: unknown[]): unknown {
      if (currentContext()?.place === 'body') throw readInPart(key, 'this function');
      return Reflect.apply(read, this, args);
    };
    Reflect.defineProperty(object, name, { value, configurable: true, writable: true });
  }
}

/** What the body of a run may read on with, without a step. */
const READERS = [
  'next',
  'getReader',
  'pipeThrough',
  'pipeTo',
  'tee',
  'values',
  Symbol.asyncIterator,
] as const;

/** @throws MisuseError for what a step of the same run has read on in */
function checkReadOn(run: Run, key: string, object: object): void {
  const reader = readOn.get(object);
  if (reader !== undefined && reader.run === run && reader.key !== key)
    throw readInPart(reader.key, `the step "${key}"`);
}

const readInPart = (key: string, who: string): MisuseError => new MisuseError(argumentReadFurther(key, who));
