/**
 * Errors in the journal. They come back as real errors of their class, without its constructor being run: programs test
 * `instanceof`, `name`, `code` and `cause`, people read the stack.
 */
import { types } from 'node:util';
import * as publicErrors from '../base/errors.ts';
import { nameOfPrototype } from '../base/shared-classes.ts';
import { type ClassEntry, type ClassScope, findById, isNative } from './classes.ts';
import { define, fieldKey, fieldsOf, META, OWN, type Payload, symbolName } from './layout.ts';
import { type Key, type Own, ownMeta } from './own.ts';
import { guardFor } from './private-members.ts';

/** Own properties that the language makes non-enumerable, but that code may have set itself (`this.name = ...`). */
const HIDDEN = ['name', 'message', 'stack', 'cause', 'errors', 'error', 'suppressed'];

const BUILTIN_NAMES = [
  'Error',
  'AggregateError',
  'EvalError',
  'RangeError',
  'ReferenceError',
  'SuppressedError',
  'SyntaxError',
  'TypeError',
  'URIError',
];

/** Prototypes by the name of their class: the language's errors, and those that this package throws itself. */
const prototypes = new Map<string, object>();
for (const name of BUILTIN_NAMES) addClass(name, Reflect.get(globalThis, name));
for (const [name, value] of Object.entries(publicErrors)) addClass(name, value);

function addClass(name: string, cls: unknown): void {
  if (typeof cls === 'function' && (cls === Error || cls.prototype instanceof Error)) {
    prototypes.set(name, cls.prototype);
  }
}

/** Those that say all there is to say of their errors themselves. */
const builtin = new Set<object>([...prototypes.values(), DOMException.prototype, Object.prototype]);

/** Whether an error is of the language, of the DOM or of this package, directly. */
export const isOurs = (error: Error): boolean => isBuiltin(Object.getPrototypeOf(error) as object);

/** Classes of this package are known by their names: another copy of it may have made the error. */
const isBuiltin = (prototype: object): boolean =>
  builtin.has(prototype) || nameOfPrototype(prototype) !== undefined;

const isHidden = (key: Key): boolean => typeof key === 'string' && HIDDEN.includes(key);

export const isError = (value: object): value is Error =>
  types.isNativeError(value) || value instanceof Error;

/**
 * @param entry the most derived known class of the error, if there is one
 * @param own what is carried of its properties, those that its class had for it included
 */
export function errorPayload(
  error: Error,
  entry: ClassEntry | undefined,
  own: Own,
  values: ReadonlyMap<Key, unknown>,
): Payload {
  const visible = own.keys.filter((key) => isHidden(key) && !own.hidden.includes(key));
  const hidden = own.hidden.filter((key) => !isHidden(key));
  const name: unknown = error.name;
  const kind = error instanceof DOMException ? 'dom-exception' : 'error';
  const meta = [kind, entry?.id ?? null, baseOf(error), typeof name === 'string' ? name : null, visible];
  // A DOMException keeps its message inside, where only its constructor can put it.
  if (kind === 'dom-exception') meta.push(error.message);
  const payload: Payload = { [META]: meta };
  const more = ownMeta(own.level, hidden);
  if (more !== undefined) payload[OWN] = more;
  for (const key of own.keys) payload[fieldKey(key)] = values.get(key);
  return payload;
}

/** The prototype that an error will have: of its class, or of the nearest one that every process has. */
export function knownPrototype(error: Error, entry: ClassEntry | undefined): object {
  if (entry !== undefined) return entry.prototype;
  return error instanceof DOMException ? DOMException.prototype : nearestKnown(error).prototype;
}

/** What all errors have in common, and what is carried otherwise. */
const COMMON: readonly Key[] = ['constructor', 'name', 'stack', '__proto__', 'toString'];

/**
 * The keys of what an error has from its class, where that class won't be known: data, and accessors. `status` of
 * http-errors is on the prototype, and so are the marks of many packages.
 */
export function* inheritedMembers(error: object, known: object): Generator<Key> {
  let prototype: object | null = Object.getPrototypeOf(error);
  while (prototype !== null && prototype !== known) {
    const cls: unknown = Object.getOwnPropertyDescriptor(prototype, 'constructor')?.value;
    // An error of another realm, whose classes say nothing new.
    if (typeof cls === 'function' && isNative(cls)) return;
    for (const key of Reflect.ownKeys(prototype)) {
      if (COMMON.includes(key) || (typeof key === 'symbol' && symbolName(key) === undefined)) continue;
      const { value, get } = Object.getOwnPropertyDescriptor(prototype, key)!;
      if (get !== undefined || (value !== undefined && typeof value !== 'function')) yield key;
    }
    prototype = Object.getPrototypeOf(prototype);
  }
}

/** The accessors of a class of errors and of those that it extends, but for the language's. */
export function inheritedAccessors(known: object): Key[] {
  const keys: Key[] = [];
  let prototype: object | null = known;
  while (prototype !== null && !isBuiltin(prototype)) {
    for (const key of Reflect.ownKeys(prototype)) {
      const isAccessor = Object.getOwnPropertyDescriptor(prototype, key)!.get !== undefined;
      if (isAccessor && !COMMON.includes(key) && !keys.includes(key)) keys.push(key);
    }
    prototype = Object.getPrototypeOf(prototype);
  }
  return keys;
}

/** The nearest class that every process knows. */
export const baseOf = (error: Error): string => nearestKnown(error).name;

function nearestKnown(error: Error): { readonly name: string; readonly prototype: object } {
  let prototype: object | null = Object.getPrototypeOf(error);
  while (prototype !== null) {
    const ours = nameOfPrototype(prototype);
    if (ours !== undefined && prototypes.has(ours)) return { name: ours, prototype };
    const cls: unknown = Object.getOwnPropertyDescriptor(prototype, 'constructor')?.value;
    if (typeof cls === 'function') {
      const known = prototypes.get(cls.name);
      // An error from another realm (node:vm) has another prototype; a user's class may have the name of one of ours.
      if (known === prototype || (known !== undefined && isNative(cls)))
        return { name: cls.name, prototype: known };
    }
    prototype = Object.getPrototypeOf(prototype);
  }
  return { name: 'Error', prototype: Error.prototype };
}

/** An error of the same class with nothing that could be hard to write: its texts and numbers. */
export function bareError(error: Error): Error {
  const bare: Error = new Error();
  Object.setPrototypeOf(bare, Object.getPrototypeOf(error));
  for (const [key, { value, enumerable }] of Object.entries(Object.getOwnPropertyDescriptors(error))) {
    if (['string', 'number', 'boolean'].includes(typeof value)) define(bare, key, value, enumerable);
  }
  return bare;
}

/** Makes the error without its fields, so that a cycle can refer to it already. */
export function errorShell(meta: readonly unknown[], classes?: ClassScope): Error {
  const [kind, id, base, name, , message] = meta;
  const known = typeof id === 'string' ? findById(id, classes)?.prototype : undefined;
  const isOfDom = kind === 'dom-exception';
  // The native class as the target makes a native error; the prototype makes it one of its class.
  const error: Error = isOfDom ? new DOMException(String(message), String(name)) : new Error();
  const prototype = known ?? (isOfDom ? undefined : (prototypes.get(String(base)) ?? Error.prototype));
  if (prototype !== undefined)
    Object.setPrototypeOf(error, known === undefined ? prototype : guardFor(known));
  return error;
}

export function fillError(error: Error, payload: Payload): void {
  const [, , , name, visible] = payload[META] as [unknown, unknown, unknown, unknown, readonly string[]];
  const [, ...hidden] = (payload[OWN] ?? []) as readonly string[];
  for (const [key, value] of fieldsOf(payload)) {
    const shown = isHidden(key) ? visible.includes(key as string) : !hidden.includes(fieldKey(key));
    define(error, key, value, shown);
  }
  // Its name came from a class that isn't known here.
  if (typeof name === 'string' && error.name !== name) define(error, 'name', name, false);
  if (!Object.hasOwn(payload, 'stack')) Reflect.deleteProperty(error, 'stack');
}
