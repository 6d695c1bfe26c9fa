import { type AnyFunction, type Definition, DURABLE } from '../functions/definition.ts';
import type { DurableScope } from '../functions/durable-scope.ts';
import { currentContext, insideStep, peekHandoff, takeHandoff, within } from '../run/context.ts';
import type { AnyClass } from '../values/any-class.ts';
import { insideStepScope, passThrough, plainScope } from './pass-through.ts';
import { otherVersion } from './versions.ts';

/**
 * Ties a definition to its function.
 *
 * @param owner what `this` is in a method
 * @param name what the function is called if its source doesn't say so (`export default`)
 */
export function bind(definition: Definition, fn: AnyFunction, owner?: unknown, name?: string): void {
  definition.owner = owner;
  // Where decorators may have put another function in its place, the compiled one is known already.
  if (definition.fn === undefined) capture(definition, fn);
  if (name !== undefined) Object.defineProperty(fn, 'name', { value: name, configurable: true });
}

/** Ties a definition to the function that was compiled for it. What a decorator makes of that is its caller. */
export function capture(definition: Definition, fn: AnyFunction): void {
  definition.fn = fn;
  definition.callable = fn;
  Object.defineProperty(fn, DURABLE, { value: definition, configurable: true });
}

/**
 * Connects a definition with a method of the instances of a class.
 *
 * @param knownAs the name of the class in journals, if it isn't registered but defines its own encoding
 */
export function bindMethod(definition: Definition, fn: AnyFunction, cls: AnyClass, knownAs?: string): void {
  bind(definition, fn);
  definition.instancesOf = cls;
  if (knownAs !== undefined) definition.addClass(knownAs, cls);
}

/** Passes a value that has no name to `bind`, and returns it. */
export function passing<T>(value: T, bindIn: (value: T) => void): T {
  bindIn(value);
  return value;
}

/** A decorator, of either kind, that first shows what it decorates: a class, or the function of a method. */
export function decorated(decorator: AnyFunction, captureIn: (value: unknown) => void): AnyFunction {
  return function (this: unknown, ...args: unknown[]): unknown {
    const descriptor = args[2];
    captureIn(descriptor === undefined ? args[0] : (descriptor as PropertyDescriptor).value);
    return Reflect.apply(decorator, this, args);
  };
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
    isInRun() && otherVersion(definition) === undefined
      ? Reflect.apply(fn, undefined, args)
      : direct(definition, undefined, args);
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

/** The scope of a durable function that begins; undefined if `direct` has to call it: outside of all runs, or another version. */
export function enter(definition: Definition): DurableScope | undefined {
  const scope = takeHandoff(definition);
  if (scope !== undefined) return scope;
  const context = currentContext();
  if (context === undefined) return undefined;
  if (insideStep()) return passThrough(definition, 'inStep');
  if (otherVersion(definition) !== undefined) return undefined;
  return context.place === 'body' ? context.run.root.openFor(definition) : passThrough(definition, 'plain');
}

/** The scope of the defaults of parameters, which are evaluated before the function has its own. */
export function ambient(): DurableScope {
  if (insideStep()) return insideStepScope;
  const context = currentContext();
  return peekHandoff() ?? (context?.place === 'body' ? context.run.root : plainScope);
}

/** Calls `fn` with all compiled code in it behaving as if it had never been compiled. For tests of the compiler. */
export const runPlain = <T>(fn: () => T): T => within({ place: 'plain' }, fn);
