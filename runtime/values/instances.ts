/** What can be told of an instance of a class that nobody registered. */
import { isNative } from './classes.ts';

const WELL_KNOWN = ['iterator', 'asyncIterator', 'toPrimitive', 'dispose', 'asyncDispose'] as const;

export function nameOf(value: object): string {
  const name: unknown = (value.constructor as { readonly name?: unknown } | undefined)?.name;
  return typeof name === 'string' && name !== '' ? name : 'nameless class';
}

/** What a class and those it extends give their instances: methods, and getters or values that aren't. */
export function inherited(
  prototype: object,
  end: object = Object.prototype,
): { methods: string[]; getters: string[] } {
  const methods = new Set<string>();
  const getters = new Set<string>();
  for (let at: object | null = prototype; at !== null && at !== end; at = Object.getPrototypeOf(at)) {
    for (const [key, { get, value }] of Object.entries(Object.getOwnPropertyDescriptors(at))) {
      if (key === 'constructor' || methods.has(key) || getters.has(key)) continue;
      if (typeof value === 'function') methods.add(key);
      else if (get !== undefined || value !== undefined) getters.add(key);
    }
    for (const name of WELL_KNOWN) {
      const symbol: unknown = Reflect.get(Symbol, name);
      if (typeof symbol === 'symbol' && Object.hasOwn(at, symbol)) methods.add(`@@${name}`);
    }
  }
  return { methods: [...methods], getters: [...getters] };
}

/**
 * Whether an object is more than its data: it waits for something, is the end of a connection, has a position, or is one
 * of the language's or of Node's whose contents are no properties.
 */
export function isAlive(value: object): boolean {
  const is = (key: string): boolean => typeof Reflect.get(value, key) === 'function';
  if (is('then') || is('next') || is('pipe') || is('getReader') || (is('on') && is('emit'))) return true;
  if (Symbol.asyncIterator in value || Symbol.asyncDispose in value || Symbol.dispose in value) return true;
  for (let at: object | null = Object.getPrototypeOf(value); at !== null; at = Object.getPrototypeOf(at)) {
    if (at === Object.prototype) return false;
    const cls: unknown = Object.getOwnPropertyDescriptor(at, 'constructor')?.value;
    if (typeof cls === 'function' && (isNative(cls) || Reflect.get(globalThis, cls.name) === cls))
      return true;
  }
  return false;
}
