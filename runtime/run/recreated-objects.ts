/**
 * Objects that an un-awaited call has returned and that may be at work: thenables, and objects whose methods are steps. On a
 * replay a proxy takes the place of such an object. It repeats the call when the object is used. Recorded outcomes need no
 * object.
 */

import { callMadeAgain } from '../base/messages/warnings.ts';
import { isNews, state } from '../base/process-state.ts';
import { emitWarning } from '../base/warnings.ts';

const { made: originals } = state;

/** What workflow code may do to the object without that being a use of it. */
export type MadeKind =
  /** It is awaited: `then` starts its work, or returns the outcome. */
  | 'thenable'
  /** Its members are called by steps, and nothing else happens to it. */
  | 'handle'
  /** It is passed to code elsewhere; each access is a use. */
  | 'whole';

/**
 * @param make makes the call; called once, when the object is needed
 * @param key of the call
 */
export function standInFor(kind: MadeKind, make: () => unknown, key: string): object {
  let made: object | undefined;
  let uses = 0;
  const original = (): object => {
    if (made !== undefined) return made;
    if (kind === 'handle' && uses > 1) tellOfRepeat(key);
    made = Object(make()) as object;
    return made;
  };
  const later = (member: PropertyKey) => {
    uses++;
    return (...args: unknown[]): unknown => {
      const object = original();
      return Reflect.apply(Reflect.get(object, member) as () => unknown, object, args);
    };
  };
  const isLater = (key: PropertyKey): boolean =>
    kind === 'whole'
      ? false
      : kind === 'thenable'
        ? key === 'then' || key === 'catch' || key === 'finally'
        : typeof key === 'string' && key !== 'then' && key !== 'constructor';
  const standIn = new Proxy(
    {},
    {
      get(_, key) {
        if (isLater(key)) return later(key);
        if (kind === 'handle' && key === 'then') return undefined;
        const object = original();
        const value: unknown = Reflect.get(object, key);
        return typeof value === 'function' && key !== 'constructor' ? methodOf(object, value) : value;
      },
      set: (_, key, value) => Reflect.set(original(), key, value),
      has: (_, key) => Reflect.has(original(), key),
      deleteProperty: (_, key) => Reflect.deleteProperty(original(), key),
      getPrototypeOf: () => Reflect.getPrototypeOf(original()),
      ownKeys: () => Reflect.ownKeys(original()),
      getOwnPropertyDescriptor(_, key) {
        const descriptor = Reflect.getOwnPropertyDescriptor(original(), key);
        return descriptor && { ...descriptor, configurable: true };
      },
    },
  );
  originals.set(standIn, original);
  return standIn;
}

/** A method that is called on the object itself, and that looks like the method otherwise, with its name and members. */
const methodOf = (object: object, method: object): unknown =>
  new Proxy(method, {
    apply: (fn, _, args: unknown[]) => Reflect.apply(fn as () => unknown, object, args),
  });

/**
 * An object that has only methods may be a client, which can be made again, or an answer that costs money. It can't be known
 * which.
 */
function tellOfRepeat(key: string): void {
  const call = key.replace(/\[\d+\]/g, '');
  if (isNews(`made again: ${call}`)) emitWarning('USE_DURABLE_MADE_AGAIN', callMadeAgain(call));
}

export const isStandIn = (value: unknown): boolean =>
  typeof value === 'object' && value !== null && originals.has(value);

/** The original of a proxy, which is made now if necessary; any other value as it is. */
export function originalOf(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  return originals.get(value)?.() ?? value;
}

/** The arguments of a call with the originals of proxies: foreign code may read more than a proxy can show. */
export const originalsIn = (args: readonly unknown[]): readonly unknown[] =>
  args.some((arg) => originalOf(arg) !== arg) ? args.map(originalOf) : args;
