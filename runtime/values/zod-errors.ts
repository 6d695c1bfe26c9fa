/**
 * Errors of zod. Their classes are recognized by marks, and each class has an `init` that adds the methods (`flatten`,
 * `format`) to any object. Errors from a journal get their methods by it.
 */
import type { AnyClass } from './any-class.ts';
import { type ClassScope, classesThatTest } from './classes.ts';
import { define } from './layout.ts';

interface ZodClass extends AnyClass {
  init(instance: object, def: unknown): void;
}

/** What the instances of a class have in common, in the place of what zod keeps to itself. */
const prototypes = new WeakMap<ZodClass, object>();

/** What zod knows of an error: what is wrong, and which of its classes it is of. Undefined for all others. */
interface Internals {
  readonly def: unknown;
  readonly traits: unknown;
  readonly message?: unknown;
}

/** What is to be carried of that, for an error whose class is known. */
export function zodInternals(error: object, classes: ClassScope | undefined): Internals | undefined {
  const internals = internalsOf(error);
  if (internals === undefined || zodClassOf(error as Error, classes) === undefined) return undefined;
  const { def, traits, message } = internals;
  return { def, traits, message };
}

/** Makes a decoded error one of zod's again, if it is one and a durable function names its class. */
export function completeZodError(error: Error, classes: ClassScope | undefined): void {
  const internals = internalsOf(error);
  const cls = internals && zodClassOf(error, classes);
  if (cls === undefined) return;
  const { name, stack } = error;
  let prototype = prototypes.get(cls);
  if (prototype === undefined) {
    const stand = class extends Error {};
    define(stand, 'name', name, false);
    prototype = stand.prototype;
    prototypes.set(cls, prototype);
  }
  for (const key of ['_zod', 'issues', 'message', 'name']) Reflect.deleteProperty(error, key);
  Object.setPrototypeOf(error, prototype);
  cls.init(error, internals!.def);
  define(error, 'stack', stack, false);
}

function internalsOf(error: object): Internals | undefined {
  const internals: unknown = Object.getOwnPropertyDescriptor(error, '_zod')?.value;
  return typeof internals === 'object' && internals !== null && 'def' in internals
    ? (internals as Internals)
    : undefined;
}

const zodClassOf = ({ name }: Error, classes: ClassScope | undefined): ZodClass | undefined =>
  classesThatTest(classes).find((one): one is ZodClass => one.name === name && isZodClass(one));

const isZodClass = (cls: AnyClass): boolean => typeof Reflect.get(cls, 'init') === 'function';
