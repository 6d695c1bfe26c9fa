import { currentContext, insideStep, peekHandoff, takeHandoff, within } from './context.ts';
import { type AnyFunction, type Definition, DURABLE } from './definitions.ts';
import { insideStepScope, plainScope } from './pass-through.ts';
import type { DurableScope } from './scope.ts';

/**
 * Ties a definition to its function.
 *
 * @param owner what `this` is in a method
 * @param name what the function is called if its source doesn't say so (`export default`)
 */
export function bind(definition: Definition, fn: AnyFunction, owner?: unknown, name?: string): void {
  definition.fn = fn;
  definition.callable = fn;
  definition.owner = owner;
  Object.defineProperty(fn, DURABLE, { value: definition, configurable: true });
  if (name !== undefined) Object.defineProperty(fn, 'name', { value: name, configurable: true });
}

const asyncFunction = Object.getPrototypeOf(async () => {}) as object;

/**
 * The wrapper of a durable arrow function, which has no `arguments` and so can't start a run itself. It looks like the
 * function it wraps.
 */
export function arrow<F extends AnyFunction>(
  definition: Definition,
  fn: F,
  name: string,
  direct: (definition: Definition, thisArg: unknown, args: ArrayLike<unknown>) => unknown,
): F {
  const wrapper = (...args: unknown[]): unknown =>
    isInRun() ? fn(...args) : direct(definition, undefined, args);
  Object.setPrototypeOf(wrapper, asyncFunction);
  Object.defineProperties(wrapper, {
    name: { value: name, configurable: true },
    length: { value: fn.length, configurable: true },
    [DURABLE]: { value: definition },
  });
  definition.fn = fn;
  definition.callable = wrapper;
  return wrapper as F;
}

const isInRun = (): boolean => currentContext() !== undefined;

/** The scope of a durable function that begins; undefined where it was called outside every run. */
export function enter(definition: Definition): DurableScope | undefined {
  const scope = takeHandoff(definition);
  if (scope !== undefined) return scope;
  const context = currentContext();
  if (context === undefined) return undefined;
  if (insideStep()) return insideStepScope;
  return context.place === 'body' ? context.run.root.openFor(definition) : plainScope;
}

/** The scope of the defaults of parameters, which are evaluated before the function has its own. */
export function ambient(): DurableScope {
  if (insideStep()) return insideStepScope;
  const context = currentContext();
  return peekHandoff() ?? (context?.place === 'body' ? context.run.root : plainScope);
}

/** Calls `fn` with all compiled code in it behaving as if it had never been compiled. For tests of the compiler. */
export const runPlain = <T>(fn: () => T): T => within({ place: 'plain' }, fn);
