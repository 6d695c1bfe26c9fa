import { state } from '../base/process-state.ts';
import { DURABLE } from './definition.ts';

/**
 * Marks distinguish workflow code from foreign code. The compiler marks each function that it compiled inside a durable
 * function. So the call of a parameter runs in the workflow if the parameter holds such a closure, and is a step otherwise.
 */
const { marks: marked, lowered } = state;

export const isMarked = (value: object): boolean => marked.has(value);

/**
 * Marks a closure as workflow code and returns it.
 *
 * @param name the name that the source gives it by its position, if it has no name of its own
 */
export function mark<T>(fn: T, name?: string): T {
  if (typeof fn === 'function') {
    marked.add(fn);
    nameAnonymous(fn, name);
    // What a generator function returns inherits from the function's `prototype`: that is how its iterators are known.
    const { prototype } = fn as { prototype?: unknown };
    if (typeof prototype === 'object' && prototype !== null && isGenerator(fn)) marked.add(prototype);
  }
  return fn;
}

/**
 * Marks an async generator function and returns it. Compiled for a target without such functions, it is an ordinary function
 * that returns an object with the methods of a generator, which looks like foreign code. Then it is replaced by a function that
 * marks the objects it returns.
 *
 * @param name as for `mark`
 */
export function markGenerator<T>(fn: T, name?: string): T {
  mark(fn, name);
  return typeof fn !== 'function' || isGenerator(fn) || lowered.has(fn) ? fn : markingItsIterators(fn);
}

function markingItsIterators<F extends object>(fn: F): F {
  const generator = function (this: unknown, ...args: unknown[]): unknown {
    return markIterator(Reflect.apply(fn as never, this, args) as object);
  };
  Object.defineProperties(generator, Object.getOwnPropertyDescriptors(fn));
  marked.add(generator);
  lowered.add(generator);
  return generator as unknown as F;
}

/** As `markGenerator`, of the methods of an object or a prototype, those with these names, or all; returns the object. */
export function markGenerators<T extends object>(object: T, ...names: readonly PropertyKey[]): T {
  const keys = names.length === 0 ? Reflect.ownKeys(object) : names;
  for (let index = 0; index < keys.length; index++) {
    const descriptor = Object.getOwnPropertyDescriptor(object, keys[index]!);
    const value: unknown = descriptor?.value;
    const marking = markGenerator(value);
    if (marking !== value) Object.defineProperty(object, keys[index]!, { ...descriptor, value: marking });
  }
  return object;
}

/** A call around a function or class takes it the name that JavaScript would have given it. */
function nameAnonymous(fn: object, name: string | undefined): void {
  const own = name === undefined ? undefined : Object.getOwnPropertyDescriptor(fn, 'name');
  if (name !== undefined && (own === undefined || own.value === '')) {
    Object.defineProperty(fn, 'name', { value: name, configurable: true });
  }
}

/** Marks methods of an object literal, those with these names, and returns it. */
export function markMethods<T extends object>(object: T, ...names: readonly string[]): T {
  // By index, here and below: a program may have changed how arrays are iterated.
  for (let index = 0; index < names.length; index++)
    mark(Object.getOwnPropertyDescriptor(object, names[index]!)?.value);
  return object;
}

/** As `markMethods`, where methods have computed names: all but the properties with these names are methods. */
export function markMethodsBut<T extends object>(object: T, ...names: readonly string[]): T {
  const keys = Reflect.ownKeys(object);
  for (let index = 0; index < keys.length; index++) {
    const name = keys[index]!;
    if (typeof name === 'symbol' || !names.includes(name))
      mark(Object.getOwnPropertyDescriptor(object, name)?.value);
  }
  return object;
}

/**
 * Marks the prototype and static methods of a class and returns it. Fields and accessors are left alone.
 *
 * @param name as for `mark`
 * @param generators the names of its async generators, those of instances and static ones
 */
export function markClass<T>(
  cls: T,
  name?: string,
  ...generators: readonly [] | readonly [readonly PropertyKey[], readonly PropertyKey[]]
): T {
  if (typeof cls === 'function') {
    nameAnonymous(cls, name);
    markHidden(cls);
    const { prototype } = cls as { prototype?: unknown };
    const [ofInstances = [], ofClass = []] = generators;
    if (ofClass.length > 0) markGenerators(cls, ...ofClass);
    if (typeof prototype === 'object' && prototype !== null) {
      markHidden(prototype);
      if (ofInstances.length > 0) markGenerators(prototype, ...ofInstances);
    }
  }
  return cls;
}

/** What is written as a method isn't enumerable; what is enumerable was assigned and may be a foreign function. */
function markHidden(owner: object): void {
  const names = Reflect.ownKeys(owner);
  for (let index = 0; index < names.length; index++) {
    const name = names[index]!;
    const { value, enumerable } = Object.getOwnPropertyDescriptor(owner, name)!;
    if (!enumerable && name !== 'constructor') mark(value);
  }
}

/**
 * Marks the result of a generator function that can't be marked where it is declared, or is an ordinary function for the
 * target.
 */
export function markIterator<T extends object>(iterator: T): T {
  marked.add(iterator);
  // Those of a real one are inherited, and known.
  const methods = Reflect.ownKeys(iterator);
  for (let index = 0; index < methods.length; index++)
    mark(Object.getOwnPropertyDescriptor(iterator, methods[index]!)?.value);
  return iterator;
}

/** True for an iterator that a marked generator function returned: its steps are workflow code. */
export function isMarkedIterator(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  if (marked.has(value)) return true;
  const prototype: unknown = Object.getPrototypeOf(value);
  return typeof prototype === 'object' && prototype !== null && marked.has(prototype);
}

/**
 * `f.bind(...)`, compiled to `bindFunction(f)(...)`: what is bound keeps the mark of `f`. Where `f` has a `bind` of its
 * own, it is simply called.
 */
export function bindFunction(f: { bind(...args: unknown[]): unknown }): (...args: unknown[]) => unknown {
  // Not taken apart: the message for an `f` that is undefined would name our variable.
  const bind = f.bind;
  return (...args) => {
    const bound = Reflect.apply(bind, f, args);
    if (typeof f === 'function' && typeof bound === 'function' && bind === Function.prototype.bind) {
      if (marked.has(f)) marked.add(bound);
      const definition: unknown = Reflect.get(f, DURABLE);
      if (definition !== undefined) Object.defineProperty(bound, DURABLE, { value: definition });
    }
    return bound;
  };
}

const generators = new Set([
  Object.getPrototypeOf(function* () {}),
  Object.getPrototypeOf(async function* () {}),
]);

/** A generator function, async or not. */
export const isGenerator = (fn: object): boolean => generators.has(Object.getPrototypeOf(fn));
