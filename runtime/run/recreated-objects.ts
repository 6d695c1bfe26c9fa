/**
 * Objects that an un-awaited call gave and that may be at work: thenables, and what is there only for steps to be called on
 * it. On a replay a stand-in takes the place of such an object. It makes the call again when somebody uses it, and what is
 * recorded needs no use of it.
 */

import { callMadeAgain } from '../base/messages/warnings.ts';
import { isNews, state } from '../base/process-state.ts';
import { emitWarning } from '../base/warnings.ts';

const { made: originals } = state;

/** What workflow code may do to the object without that being a use of it. */
export type MadeKind =
  /** It is awaited: `then` is what begins its work, or hands out the outcome. */
  | 'thenable'
  /** Its members are called by steps, and nothing else happens to it. */
  | 'handle'
  /** It is handed to code elsewhere; to look at it is a use. */
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

/** Of what has methods and no more, nobody knows whether it is a client, which may be made again, or an answer that is paid for. */
function tellOfRepeat(key: string): void {
  const call = key.replace(/\[\d+\]/g, '');
  if (isNews(`made again: ${call}`)) emitWarning('USE_DURABLE_MADE_AGAIN', callMadeAgain(call));
}

export const isStandIn = (value: unknown): boolean =>
  typeof value === 'object' && value !== null && originals.has(value);

/** What a stand-in stands for, which is made now if need be; any other value as it is. */
export function originalOf(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  return originals.get(value)?.() ?? value;
}

/** The arguments of a call with the originals of stand-ins: foreign code may look at more than a stand-in can show. */
export const originalsIn = (args: readonly unknown[]): readonly unknown[] =>
  args.some((arg) => originalOf(arg) !== arg) ? args.map(originalOf) : args;
