/**
 * The classes whose instances may be written to a journal, and their encodings.
 *
 * A class can define its encoding itself instead of passing it to `registerClass`: by an instance method under
 * `Symbol.for('use-durable.encode')` that returns the data, and a static method under `Symbol.for('use-durable.decode')` that
 * makes an instance of the data. The class must still be known in this process before a journal is read. So it has to be
 * registered, or named in an `instanceof` of the durable function.
 */

import { MisuseError } from '../base/errors.ts';
import { classIdTaken, classMissing, classWithoutName, codecIncomplete } from '../base/messages/values.ts';
import { type ClassIndex, state } from '../base/process-state.ts';
import { nameOfPrototype } from '../base/shared-classes.ts';
import type { AnyClass } from './any-class.ts';
import { addEvaluation, evaluationFor, type Loaded } from './evaluations.ts';
import { packageClass, packageClassOf } from './package-classes.ts';
import {
  type ClassSource,
  isMinified,
  isReload,
  nameAtRunTime,
  type Registration,
  registrationOf,
} from './registration.ts';

export const ENCODE: unique symbol = Symbol.for('use-durable.encode') as never;
export const DECODE: unique symbol = Symbol.for('use-durable.decode') as never;

/** Classes known to one durable function, by name. They go before those of `registerClass`. */
export interface ClassScope {
  readonly [name: string]: unknown;
  /** The function that it is of. */
  readonly [OF]?: Loaded;
}

const OF: unique symbol = Symbol.for('use-durable.of') as never;

export const scopeFrom = (fn: Loaded, classes: ClassScope): ClassScope => ({ ...classes, [OF]: fn });

export interface ClassOptions<T, Data> {
  /** Stands for the class in the journal; default is its name. It must outlive renames and minification. */
  readonly id?: string;
  /** Turns an instance into data that can be written; needs `decode` too. */
  readonly encode?: (instance: T) => Data;
  /** Makes an instance of the return value of `encode`. The data never contains the instance itself. */
  readonly decode?: (data: Data) => T;
}

/** A class as the codec uses it. Without the rules its own enumerable properties are carried. */
export interface ClassEntry extends Rules {
  /** Where it was registered, or named by compiled code. */
  readonly registrations: readonly Registration[];
  readonly id: string;
  readonly prototype: object;
  /** The class of the language or of Node that it extends, whose contents are not properties: `Map`, `Date`. */
  readonly builtin?: string;
}

/** `ClassOptions` with the types of a single class forgotten: an entry is used for instances of its class only. */
interface Rules {
  readonly encode?: (instance: object) => unknown;
  readonly decode?: (data: unknown) => unknown;
}

type Index = ClassIndex<ClassEntry, AnyClass>;

const newIndex = (): Index => ({ byId: new Map(), byPrototype: new Map(), testing: new Set() });

const registered = state.registered as Index;
const scopes = new WeakMap<ClassScope, Index>();
/** Classes that compiled modules name. */
const offered = state.offered as Index;
/** Names that two of those classes share. An error in a journal with such a name may belong to either class. */
const { ambiguous } = state;
const formerNames = state.formerNames as Map<string, ClassEntry | null>;

/**
 * Lets instances of a class be written to journals and be read back as instances.
 *
 * Error classes need no options: message, stack, cause and own properties are carried. For other classes the own
 * enumerable properties are, and the constructor isn't run at reading; a class with private fields (`#x`) needs `encode`
 * and `decode`. A class may be registered under several ids: the first is written, all are read.
 *
 * The default id is the name of the class in the source, whatever a minifier makes of it, where the compiler sees the call at
 * the level of a module. Elsewhere it is the name at run time. A module that is evaluated again replaces its classes.
 *
 * @throws MisuseError if the id belongs to another class, if there is no id, if a file that wasn't compiled gives none to a
 *   class that a minifier seems to have named, or if only one of `encode` and `decode` is given.
 */
export function registerClass<T, Data = unknown>(cls: AnyClass<T>, options?: ClassOptions<T, Data>): void;
/** @internal As the compiler writes it. */
export function registerClass(cls: AnyClass, options: undefined, source: ClassSource): void;
export function registerClass(
  cls: AnyClass,
  options: ClassOptions<unknown, unknown> = {},
  source?: ClassSource,
): void {
  const id = options.id ?? source?.name ?? nameAtRunTime(cls);
  const registration = registrationOf(cls, source, registerClass);
  const found = entryOf(cls, id, options as Rules);
  const known = registered.byId.get(id);
  const isKnown = known?.prototype === found.prototype;
  if (known !== undefined && !isKnown && !isReload(known.registrations, registration)) {
    throw new MisuseError(
      classIdTaken(id, known.registrations[0]?.place, registration.place, source?.name ?? cls.name),
    );
  }
  const entry = { ...found, registrations: [...(isKnown ? known.registrations : []), registration] };
  if (source !== undefined && options.id === undefined) keepFormerName(cls, entry);
  const written = registered.byPrototype.get(entry.prototype);
  registered.byId.set(id, entry);
  if (isTesting(cls)) registered.testing.add(cls);
  registered.byPrototype.set(entry.prototype, written ? { ...entry, id: written.id } : entry);
}

/** In journals of 0.1.0 a class has the name that it had at run time, which may be another one than in the source. */
function keepFormerName(cls: AnyClass, entry: ClassEntry): void {
  const { name } = cls;
  if (name === entry.id || isMinified(cls)) return;
  const known = formerNames.get(name);
  const isOne =
    known === undefined || (known !== null && isReload(known.registrations, entry.registrations.at(-1)!));
  formerNames.set(name, isOne ? entry : null);
}

/**
 * Makes a class known by the name that compiled code has for it. An error may be thrown in one durable function and
 * tested in another, so each knows the classes of all. Where two classes have one name neither is known by it; a module that is
 * evaluated again has new classes in the place of the old ones, but for functions that were loaded with those.
 *
 * @param place the module that names it
 * @param by a function of that module
 */
export function offerClass(name: string, cls: unknown, place: string, by?: Loaded): void {
  if (!isClassLike(cls) || isNative(cls) || isOwnClass(cls) || ambiguous.has(name)) return;
  if (isTesting(cls)) offered.testing.add(cls);
  const prototype = cls.prototype as object;
  const known = offered.byId.get(name);
  if (registered.byPrototype.has(prototype)) return;
  const isKnown = known?.prototype === prototype;
  if (known !== undefined && !isKnown && !isReload(known.registrations, { place })) {
    ambiguous.add(name);
    offered.byId.delete(name);
    offered.byPrototype.delete(known.prototype);
    return;
  }
  const places = isKnown ? known.registrations.filter((one) => one.place !== place) : [];
  const entry = { ...(isKnown ? known : namedEntry(cls, name)), registrations: [...places, { place }] };
  offered.byId.set(name, entry);
  offered.byPrototype.set(prototype, entry);
  if (by !== undefined) addEvaluation(name, entry, by);
}

/** The most derived known class of an instance; undefined if none of its classes is known. */
export function findByInstance(instance: object, scope?: ClassScope): ClassEntry | undefined {
  const scoped = scope && indexOf(scope).byPrototype;
  let prototype: object | null = Object.getPrototypeOf(instance);
  while (prototype !== null) {
    const entry =
      scoped?.get(prototype) ?? registered.byPrototype.get(prototype) ?? offered.byPrototype.get(prototype);
    if (entry !== undefined) return entry;
    prototype = Object.getPrototypeOf(prototype);
  }
  return packageClassOf(instance);
}

/** The class with this id in a journal. */
export function findById(id: string, scope?: ClassScope): ClassEntry | undefined {
  return (
    (scope && indexOf(scope).byId.get(id)) ??
    registered.byId.get(id) ??
    offeredTo(id, scope) ??
    formerNames.get(id) ??
    packageClass(id)
  );
}

function offeredTo(name: string, scope: ClassScope | undefined): ClassEntry | undefined {
  const latest = offered.byId.get(name);
  const asking = scope?.[OF];
  return latest && asking ? evaluationFor(name, latest, asking) : latest;
}

/** The known classes that have a `Symbol.hasInstance` of their own. */
export function classesThatTest(scope?: ClassScope): readonly AnyClass[] {
  const scoped = scope === undefined ? [] : indexOf(scope).testing;
  return [...new Set([...scoped, ...registered.testing, ...offered.testing])];
}

function isTesting(cls: AnyClass): boolean {
  if (cls[Symbol.hasInstance] === Function.prototype[Symbol.hasInstance]) return false;
  // What extends an error of this package has its test from there, and is known as any other class is.
  let owner: object = cls;
  while (!Object.hasOwn(owner, Symbol.hasInstance)) owner = Object.getPrototypeOf(owner) as object;
  return !isOwnClass(owner);
}

/** Whether something is a class of this package, of any copy: the codec knows those by themselves. */
function isOwnClass(cls: object): boolean {
  const prototype: unknown = Object.getOwnPropertyDescriptor(cls, 'prototype')?.value;
  return typeof prototype === 'object' && prototype !== null && nameOfPrototype(prototype) !== undefined;
}

function indexOf(scope: ClassScope): Index {
  let index = scopes.get(scope);
  if (index !== undefined) return index;
  index = newIndex();
  for (const [name, cls] of Object.entries(scope)) {
    // Durable code says `instanceof Error` and `instanceof Date` as well; the codec carries those itself.
    if (!isClassLike(cls) || Reflect.get(globalThis, name) === cls || isOwnClass(cls)) continue;
    if (isTesting(cls)) index.testing.add(cls);
    // What `registerClass` says of a class goes before the name that a function has for it.
    const known = registered.byPrototype.get(cls.prototype as object);
    const entry = known ?? namedEntry(cls, name);
    index.byId.set(name, entry);
    // Another bundle of the process may have registered its own evaluation of the class since.
    if (known !== undefined) index.byId.set(known.id, known);
    if (known === undefined) index.byPrototype.set(entry.prototype, entry);
  }
  scopes.set(scope, index);
  return index;
}

/** What is named like a class may be any other thing: a function that reports errors is called `reportError`. */
function isClassLike(value: unknown): value is AnyClass {
  if (typeof value !== 'function') return false;
  try {
    const prototype: unknown = Reflect.get(value, 'prototype');
    return typeof prototype === 'object' && prototype !== null;
  } catch {
    // A proxy of something that doesn't exist.
    return false;
  }
}

/**
 * The entry of a class that a durable function names. A problem with the class is reported when a value of it is written: only
 * that step fails, by name.
 */
function namedEntry(cls: AnyClass, id: string): ClassEntry {
  try {
    return entryOf(cls, id, {});
  } catch (error) {
    const refuse = (): never => {
      throw error;
    };
    return { id, prototype: cls.prototype as object, registrations: [], encode: refuse, decode: refuse };
  }
}

function entryOf(cls: AnyClass, id: string, options: Rules): ClassEntry {
  const prototype = cls?.prototype;
  if (typeof cls !== 'function' || typeof prototype !== 'object' || prototype === null) {
    throw new MisuseError(classMissing());
  }
  if (id === '') throw new MisuseError(classWithoutName());
  const encode = options.encode ?? ownEncode(prototype);
  const decode = options.decode ?? ownDecode(cls);
  if (encode === undefined && decode === undefined) {
    const builtin = builtinOf(prototype);
    return { id, prototype, registrations: [], ...(builtin !== undefined && { builtin }) };
  }
  if (encode === undefined || decode === undefined) {
    throw new MisuseError(codecIncomplete(id));
  }
  return { id, prototype, registrations: [], encode, decode };
}

function builtinOf(prototype: object): string | undefined {
  let base: object | null = prototype;
  while (base !== null && base !== Object.prototype) {
    if (isNative(base.constructor)) return base.constructor.name;
    base = Object.getPrototypeOf(base);
  }
  return undefined;
}

/** Whether a function is one of the engine's, in any realm. */
export const isNative = (value: object): boolean =>
  typeof value === 'function' && Function.prototype.toString.call(value).includes('[native code]');

function ownEncode(prototype: object): ClassEntry['encode'] | undefined {
  if (typeof Reflect.get(prototype, ENCODE) !== 'function') return undefined;
  return (instance) => (instance as { [ENCODE](): unknown })[ENCODE]();
}

function ownDecode(cls: AnyClass): ClassEntry['decode'] | undefined {
  const decode: unknown = Reflect.get(cls, DECODE);
  return typeof decode === 'function' ? (data) => Reflect.apply(decode, cls, [data]) : undefined;
}
