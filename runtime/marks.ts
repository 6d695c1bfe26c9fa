import { DURABLE } from './definitions.ts';

/**
 * Marks tell workflow code from foreign code: the compiler marks every function that it compiled inside a durable
 * function, so that a call of a parameter that holds such a closure runs in the workflow, and a call of a parameter
 * that holds anything else is a step.
 */
const marked = new WeakSet<object>();

export const isMarked = (value: object): boolean => marked.has(value);

/** Marks a closure as workflow code and returns it. */
export function mark<T>(fn: T): T {
  if (typeof fn === 'function') {
    marked.add(fn);
    // What a generator function returns inherits from the function's `prototype`: that is how its iterators are known.
    const { prototype } = fn as { prototype?: unknown };
    if (typeof prototype === 'object' && prototype !== null && isGenerator(fn)) marked.add(prototype);
  }
  return fn;
}

/**
 * Marks methods of an object literal and returns it. `names` are those written with method syntax; without them every
 * own function is marked, which is right only where no property holds a foreign function (`{ fetch }`).
 */
export function markMethods<T extends object>(object: T, ...names: readonly PropertyKey[]): T {
  for (const name of names.length === 0 ? Reflect.ownKeys(object) : names) {
    mark(Object.getOwnPropertyDescriptor(object, name)?.value);
  }
  return object;
}

/** Marks the prototype and static methods of a class and returns it. Fields and accessors are left alone. */
export function markClass<T>(cls: T): T {
  if (typeof cls === 'function') {
    markHidden(cls);
    const { prototype } = cls as { prototype?: unknown };
    if (typeof prototype === 'object' && prototype !== null) markHidden(prototype);
  }
  return cls;
}

/** What is written as a method isn't enumerable; what is enumerable was assigned and may be a foreign function. */
function markHidden(owner: object): void {
  for (const name of Reflect.ownKeys(owner)) {
    const { value, enumerable } = Object.getOwnPropertyDescriptor(owner, name)!;
    if (!enumerable && name !== 'constructor') mark(value);
  }
}

/** True for an iterator that a marked generator function returned: its steps are workflow code. */
export function isMarkedIterator(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return typeof prototype === 'object' && prototype !== null && marked.has(prototype);
}

/** `f.bind(...args)`, which keeps the mark of `f`; where `f` has a `bind` of its own, it is simply called. */
export function bindFunction(f: { bind(...args: unknown[]): unknown }, ...args: unknown[]): unknown {
  const bound = f.bind(...args);
  if (typeof f === 'function' && typeof bound === 'function' && f.bind === Function.prototype.bind) {
    if (marked.has(f)) marked.add(bound);
    const definition: unknown = Reflect.get(f, DURABLE);
    if (definition !== undefined) Object.defineProperty(bound, DURABLE, { value: definition });
  }
  return bound;
}

const generators = new Set([
  Object.getPrototypeOf(function* () {}),
  Object.getPrototypeOf(async function* () {}),
]);

const isGenerator = (fn: object): boolean => generators.has(Object.getPrototypeOf(fn));
