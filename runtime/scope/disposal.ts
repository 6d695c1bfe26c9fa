/** What `await using` disposes of. */
import type { AnyFunction } from '../functions/definitions.ts';

/** How an object is disposed of, as `await using` finds out: read once, where the declaration stands. */
export interface Disposal {
  readonly method: AnyFunction;
  /** Only `Symbol.dispose` is there: what the method returns isn't waited for. */
  readonly synchronous: boolean;
}

/** Undefined for what `await using` takes or refuses by itself: null, undefined, and what has no such method. */
export function disposalOf(value: unknown): Disposal | undefined {
  if ((typeof value !== 'object' && typeof value !== 'function') || value === null) return undefined;
  const method: unknown = Reflect.get(value, Symbol.asyncDispose);
  if (typeof method === 'function') return { method: method as AnyFunction, synchronous: false };
  if (method !== null && method !== undefined) return undefined;
  const fallback: unknown = Reflect.get(value, Symbol.dispose);
  return typeof fallback === 'function' ? { method: fallback as AnyFunction, synchronous: true } : undefined;
}
