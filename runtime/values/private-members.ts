/**
 * Private members of classes can't be read from outside, so they are found in the source text of the code that uses them. An
 * instance from a journal has none, so methods that need them throw an error that names them.
 */

import { types } from 'node:util';
import { MisuseError } from '../base/errors.ts';
import { privateMembersMissing } from '../base/messages/values.ts';

/** Of JavaScript, and of what compilers make of it for older targets. */
const USE = /[.\s(!]#[\p{ID_Start}$_][\p{ID_Continue}$]*|\b_{1,2}(?:classPrivate|private)\w*\(/u;

/** What V8 and the helpers of compilers throw where a member isn't there. */
const MISSING =
  /private (member|field|method|accessor)|must be an? instance of|of private (member|field)|private \w+ on non-instance/i;

const uses = new WeakMap<object, readonly string[]>();
const guards = new WeakMap<object, object>();
const guarded = new WeakMap<object, object>();

/**
 * Methods of a class, static ones too, that use private members. Accessors aren't among them: what they give is carried.
 *
 * @returns shown as `is()` and `retryAfter()`
 */
export function privateUses(prototype: object): readonly string[] {
  const known = uses.get(prototype);
  if (known !== undefined) return known;
  const names: string[] = [];
  for (const base of chainOf(prototype)) {
    const cls: unknown = Object.getOwnPropertyDescriptor(base, 'constructor')?.value;
    const statics = typeof cls === 'function' ? methodsOf(cls) : [];
    for (const [name] of [...methodsOf(base), ...statics])
      if (!names.includes(String(name))) names.push(String(name));
  }
  const shown = names.map((name) => `${name}()`);
  uses.set(prototype, shown);
  return shown;
}

/**
 * The prototype for an instance of a class that comes out of a journal without its private members: methods that fail for
 * lack of them say so. It is that of the class itself for most classes.
 */
export function guardFor(prototype: object): object {
  const known = guards.get(prototype);
  if (known !== undefined) return known;
  const guard = Object.create(prototype) as object;
  const { name } = prototype.constructor;
  const nearer = new Set<PropertyKey>();
  for (const base of chainOf(prototype)) {
    for (const [key, method, part] of methodsOf(base, true)) {
      // A class that extends it may have another in its place.
      if (nearer.has(key)) continue;
      const own = Object.getOwnPropertyDescriptor(base, key)!;
      Object.defineProperty(guard, key, { ...own, [part]: saying(method, name, String(key)) });
    }
    for (const key of Reflect.ownKeys(base)) nearer.add(key);
  }
  const made = Reflect.ownKeys(guard).length === 0 ? prototype : guard;
  guards.set(prototype, made);
  if (made !== prototype) guarded.set(made, prototype);
  return made;
}

/** The prototype that the class of an instance has. */
export function classPrototypeOf(instance: object): unknown {
  const prototype = Object.getPrototypeOf(instance) as object | null;
  return (prototype && guarded.get(prototype)) ?? prototype;
}

type Method = (...args: unknown[]) => unknown;

/** It looks like the method, but for what it throws. */
function saying(method: Method, name: string, key: string): Method {
  const explained = (error: unknown): unknown =>
    error instanceof TypeError && MISSING.test(error.message) ? lacking(name, key, error) : error;
  return new Proxy(method, {
    apply(fn, self: unknown, args: unknown[]) {
      try {
        const result = Reflect.apply(fn, self, args);
        return types.isPromise(result)
          ? result.catch((error: unknown) => {
              throw explained(error);
            })
          : result;
      } catch (error) {
        throw explained(error);
      }
    },
  });
}

const lacking = (name: string, key: string, cause: unknown): MisuseError =>
  new MisuseError(privateMembersMissing(key, name), { cause });

function* chainOf(prototype: object): Generator<object> {
  for (let base: object | null = prototype; base !== null && base !== Object.prototype; ) {
    yield base;
    base = Object.getPrototypeOf(base) as object | null;
  }
}

/** Methods of a holder that use private members. */
function methodsOf(holder: object, accessors = false): [PropertyKey, Method, 'value' | 'get' | 'set'][] {
  return Reflect.ownKeys(holder).flatMap((key) => {
    if (key === 'constructor') return [];
    const parts = Object.getOwnPropertyDescriptor(holder, key)!;
    return (accessors ? (['value', 'get', 'set'] as const) : (['value'] as const)).flatMap(
      (part): [PropertyKey, Method, 'value' | 'get' | 'set'][] => {
        const method: unknown = parts[part];
        if (typeof method !== 'function' || !USE.test(Function.prototype.toString.call(method))) return [];
        return [[key, method as Method, part]];
      },
    );
  });
}
