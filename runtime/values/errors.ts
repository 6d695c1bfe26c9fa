/**
 * Errors in the journal. They come back as real errors of their class, without its constructor being run: programs test
 * `instanceof`, `name`, `code` and `cause`, people read the stack.
 */
import { types } from 'node:util';
import * as publicErrors from '../errors.ts';
import { type ClassEntry, type ClassScope, findById, isNative } from './classes.ts';
import { define, fieldKey, fieldsOf, META, type Payload } from './layout.ts';

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

export const isError = (value: object): value is Error =>
  types.isNativeError(value) || value instanceof Error;

/**
 * @param entry the most derived registered class of the error, if there is one
 * @param pick reads a property and gives it in a list; an empty list leaves the property out
 */
export function errorPayload(
  error: Error,
  entry: ClassEntry | undefined,
  pick: (error: Error, key: string) => readonly unknown[],
): Payload {
  const visible: string[] = [];
  const fields: Payload = {};
  for (const key of Object.getOwnPropertyNames(error)) {
    const { enumerable } = Object.getOwnPropertyDescriptor(error, key)!;
    if (!enumerable && !HIDDEN.includes(key)) continue;
    for (const value of pick(error, key)) {
      // Under Error.prepareStackTrace a stack may be a list of live call sites.
      if (key === 'stack' && typeof value !== 'string') continue;
      if (enumerable && HIDDEN.includes(key)) visible.push(key);
      fields[fieldKey(key)] = value;
    }
  }
  const name: unknown = error.name;
  const kind = error instanceof DOMException ? 'dom-exception' : 'error';
  const meta = [kind, entry?.id ?? null, baseOf(error), typeof name === 'string' ? name : null, visible];
  // A DOMException keeps its message inside, where only its constructor can put it.
  if (kind === 'dom-exception') meta.push(error.message);
  return { [META]: meta, ...fields };
}

const warned = new Set<string>();

/** Says once for each class that its errors come back as another one: after a restart, and so at once too. */
export function warnOfUnknownClass(error: Error, entry: ClassEntry | undefined): void {
  const prototype = Object.getPrototypeOf(error) as {
    readonly constructor?: { readonly name?: unknown };
  } | null;
  if (prototype === null || entry?.prototype === prototype || [...prototypes.values()].includes(prototype))
    return;
  const cls = prototype.constructor;
  const name = typeof cls === 'function' ? cls.name : '';
  // What Node throws itself says what it is by its `code`.
  if (
    error instanceof DOMException ||
    name === '' ||
    name === 'NodeError' ||
    isNative(cls as object) ||
    warned.has(name)
  )
    return;
  warned.add(name);
  process.emitWarning(
    `A step threw a ${name}, a class that no durable function names, so it is caught as ${entry?.id ?? baseOf(error)}: ` +
      `\`instanceof ${name}\` is false. Name it in the module of a durable function, or call registerClass(${name}).`,
    { code: 'USE_DURABLE_ERROR_CLASS' },
  );
}

/** The nearest class that every process knows. */
function baseOf(error: Error): string {
  let prototype: object | null = Object.getPrototypeOf(error);
  while (prototype !== null) {
    const cls: unknown = Object.getOwnPropertyDescriptor(prototype, 'constructor')?.value;
    if (typeof cls === 'function') {
      const known = prototypes.get(cls.name);
      // An error from another realm (node:vm) has another prototype; a user's class may have the name of one of ours.
      if (known === prototype || (known !== undefined && isNative(cls))) return cls.name;
    }
    prototype = Object.getPrototypeOf(prototype);
  }
  return 'Error';
}

/** Makes the error without its fields, so that a cycle can refer to it already. */
export function errorShell(meta: readonly unknown[], classes?: ClassScope): Error {
  const [kind, id, base, name, , message] = meta;
  if (kind === 'dom-exception') return new DOMException(String(message), String(name)) as Error;
  const known = typeof id === 'string' ? findById(id, classes)?.prototype : undefined;
  const prototype = known ?? prototypes.get(String(base)) ?? Error.prototype;
  // `Error` as the target makes a native error; the prototype makes it one of the class.
  const error: Error = new Error();
  Object.setPrototypeOf(error, prototype);
  return error;
}

export function fillError(error: Error, payload: Payload): void {
  const [, , , name, visible] = payload[META] as [unknown, unknown, unknown, unknown, readonly string[]];
  for (const [key, value] of fieldsOf(payload)) {
    define(error, key, value, !HIDDEN.includes(key) || visible.includes(key));
  }
  // Its name came from a class that isn't known here.
  if (typeof name === 'string' && error.name !== name) define(error, 'name', name, false);
  if (!Object.hasOwn(payload, 'stack')) Reflect.deleteProperty(error, 'stack');
}
