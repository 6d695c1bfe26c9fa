/** Properties of instances of classes that are not registered. */

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
