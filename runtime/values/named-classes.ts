/** The classes that a module names, those among them that are members of something. */
import type { ClassScope } from './classes.ts';

/** How classes of errors are named. */
const ERROR = /(?:Error|Exception|Fault|Failure)$/;

/**
 * Follows the members that lead to a class, and includes the error classes next to it: a thrown error often belongs to a class
 * that extends it (`OpenAI.NotFoundError`, where the code tests for `OpenAI.APIError`).
 *
 * @param named by its name a class, or a list of a value and the keys that lead to the class
 * @throws ReferenceError if a module on the way is still being evaluated
 */
export function namedClasses(named: ClassScope): ClassScope {
  if (!Object.values(named).some(Array.isArray)) return named;
  const classes: Record<string, unknown> = {};
  const beside: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(named)) {
    if (!Array.isArray(value)) {
      classes[name] = value;
      continue;
    }
    const [root, ...keys] = value as [unknown, ...string[]];
    const last = keys.pop()!;
    const holder = keys.reduce(memberOf, root);
    classes[name] = memberOf(holder, last);
    const prefix = name.slice(0, -last.length);
    for (const [key, cls] of errorClassesIn(holder)) beside[prefix + key] = cls;
  }
  return { ...beside, ...classes };
}

/** Undefined for what isn't there, and for what can't be read. */
function memberOf(holder: unknown, key: string): unknown {
  if (!isObject(holder)) return undefined;
  try {
    return Reflect.get(holder, key);
  } catch (error) {
    if (error instanceof ReferenceError) throw error;
    return undefined;
  }
}

function errorClassesIn(holder: unknown): [string, unknown][] {
  if (!isObject(holder)) return [];
  return Object.getOwnPropertyNames(holder).flatMap((key): [string, unknown][] => {
    if (key === 'prototype' || key === 'caller' || key === 'arguments') return [];
    try {
      const { value, get } = Object.getOwnPropertyDescriptor(holder, key)!;
      // A getter may load half a package, or say that it is deprecated.
      if (get !== undefined && !ERROR.test(key)) return [];
      const cls: unknown = get === undefined ? value : Reflect.get(holder, key);
      const isErrorClass = typeof cls === 'function' && (cls.prototype as unknown) instanceof Error;
      return isErrorClass ? [[key, cls]] : [];
    } catch {
      // Of a module that is being evaluated, or a getter that throws.
      return [];
    }
  });
}

const isObject = (value: unknown): value is object =>
  (typeof value === 'object' && value !== null) || typeof value === 'function';
