import { define } from './layout.ts';
import type { Key } from './own.ts';

/**
 * The values of accessors of an error's class that would be lost on the decoded copy, since they read private fields.
 *
 * @param carried the own properties that the copy will have
 * @param prototype of the copy
 */
export function lostAccessors(
  error: object,
  carried: { readonly own: { readonly keys: readonly Key[] }; readonly values: ReadonlyMap<Key, unknown> },
  prototype: object,
  accessors: readonly Key[],
): [key: Key, value: unknown, enumerable: false][] {
  const copy = Object.create(prototype) as object;
  for (const key of carried.own.keys) define(copy, key, carried.values.get(key));
  return accessors.flatMap((key): [Key, unknown, false][] => {
    let value: unknown;
    try {
      value = Reflect.get(error, key);
    } catch {
      return [];
    }
    try {
      const again: unknown = Reflect.get(copy, key);
      if (Object.is(again, value) || (isObject(again) && isObject(value))) return [];
    } catch {
      // It fails on the copy only.
    }
    return [[key, value, false]];
  });
}

const isObject = (value: unknown): boolean =>
  (typeof value === 'object' && value !== null) || typeof value === 'function';
