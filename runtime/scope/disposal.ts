/** What `await using` disposes of. */
import { classify } from '../functions/classify.ts';
import type { AnyFunction } from '../functions/definition.ts';
import { policyOf } from '../functions/policy.ts';
import type { ScopeContext } from './place.ts';
import { awaitStep } from './steps.ts';

/** The method that disposes of an object, as `await using` finds it: read once, at the declaration. */
interface Disposal {
  readonly method: AnyFunction;
  /** The object has only `Symbol.dispose`: the return value of the method isn't awaited. */
  readonly synchronous: boolean;
}

/** Undefined for what `await using` takes or refuses by itself: null, undefined, and what has no such method. */
function disposalOf(value: unknown): Disposal | undefined {
  if ((typeof value !== 'object' && typeof value !== 'function') || value === null) return undefined;
  const method: unknown = Reflect.get(value, Symbol.asyncDispose);
  if (typeof method === 'function') return { method: method as AnyFunction, synchronous: false };
  if (method !== null && method !== undefined) return undefined;
  const fallback: unknown = Reflect.get(value, Symbol.dispose);
  return typeof fallback === 'function' ? { method: fallback as AnyFunction, synchronous: true } : undefined;
}

/**
 * What `await using` disposes of in place of an object: the method that was found is called in a step if it is foreign.
 * Its result is dropped, as `await using` does, so it need not fit into the journal.
 */
export function disposableStep(place: ScopeContext, id: string, value: unknown): unknown {
  const disposal = disposalOf(value);
  if (disposal === undefined) return value;
  const { method, synchronous } = disposal;
  if (classify(method, value) !== 'foreign') {
    const dispose = (): unknown => Reflect.apply(method, value, []);
    return synchronous ? { [Symbol.dispose]: dispose } : { [Symbol.asyncDispose]: dispose };
  }
  const dispose = async (): Promise<void> => {
    const result: unknown = Reflect.apply(method, value, []);
    if (!synchronous) await result;
  };
  const policy = policyOf(method);
  const given = { args: [], receiver: value };
  return {
    [Symbol.asyncDispose]: () =>
      awaitStep(place.run, place.definition, place.keys.site(id), dispose, policy, given),
  };
}
