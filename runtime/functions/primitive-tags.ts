import type { AnyFunction } from './definition.ts';

/** The functions of this package that users call in durable functions; the source may call them by any name. */
export type Primitive =
  | 'sleep'
  | 'step'
  | 'waitFor'
  | 'signals'
  | 'createCallback'
  | 'startChild'
  | 'since'
  | Showing;

/** Those that show something of the run, at once, and record no request. */
export type Showing = 'setAttributes';

const PRIMITIVE: unique symbol = Symbol.for('use-durable.primitive') as never;

/** Makes a function known as one of them. */
export function tagPrimitive(name: Primitive, fn: AnyFunction): void {
  Object.defineProperty(fn, PRIMITIVE, { value: name });
}

/** Which of them a function is; undefined for all others. */
export const primitiveOf = (fn: unknown): Primitive | undefined =>
  typeof fn === 'function' ? (Reflect.get(fn, PRIMITIVE) as Primitive | undefined) : undefined;
